/** The layer names of public PyTorch implementations of MobileFaceNet, as data: one map an implementation. */
import type { Normalisation } from '../../model/card.js';

/** One convolution or linear layer with what follows it. */
export interface LayerNames {
  /** `NAME.weight`, and `NAME.bias` where `bias` is true. */
  readonly layer: string;
  readonly bias?: boolean;
  /** `NAME.weight`, `NAME.bias`, `NAME.running_mean` and `NAME.running_var`. */
  readonly norm: string;
  /** `NAME.weight`, or an activation without tensors; nothing for a linear layer. */
  readonly prelu?: string;
  readonly activation?: 'relu' | 'relu6';
}

/** The layers of a residual bottleneck. */
export interface BlockNames {
  readonly expand: LayerNames;
  readonly depthwise: LayerNames;
  readonly project: LayerNames;
}

/** An implementation: its layers in the order of the paper's Table 1. */
export interface NameMap {
  /** Who published it, for messages. */
  readonly implementation: string;
  readonly stem: LayerNames;
  readonly depthwise: LayerNames;
  /** A 1×1 convolution after the first depthwise one, which the paper does not have. */
  readonly pointwise?: LayerNames;
  /** 15 blocks. */
  readonly blocks: readonly BlockNames[];
  readonly wide: LayerNames;
  readonly global: LayerNames;
  readonly embedding: LayerNames;
  /** How the implementation's own code makes input of pixels. */
  readonly normalisation: Normalisation;
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}

/** (pixel − mean) / divisor in every channel. */
export function evenly(mean: number, divisor: number): Normalisation {
  const scale = 1 / divisor;
  return { mean: [mean, mean, mean], scale: [scale, scale, scale] };
}

/** `NAME.conv`, `NAME.bn` and `NAME.prelu`. */
function block(name: string): LayerNames {
  return { layer: `${name}.conv`, norm: `${name}.bn`, prelu: `${name}.prelu` };
}

/** `NAME.conv` and `NAME.bn`. */
function linear(name: string): LayerNames {
  return { layer: `${name}.conv`, norm: `${name}.bn` };
}

const insightFacePytorch: NameMap = {
  implementation: 'InsightFace_Pytorch',
  stem: block('conv1'),
  depthwise: block('conv2_dw'),
  blocks: [
    'conv_23',
    ...range(4).map((index) => `conv_3.model.${index}`),
    'conv_34',
    ...range(6).map((index) => `conv_4.model.${index}`),
    'conv_45',
    ...range(2).map((index) => `conv_5.model.${index}`),
  ].map((name) => ({
    expand: block(`${name}.conv`),
    depthwise: block(`${name}.conv_dw`),
    project: linear(`${name}.project`),
  })),
  wide: block('conv_6_sep'),
  global: linear('conv_6_dw'),
  embedding: { layer: 'linear', norm: 'bn' },
  normalisation: evenly(127.5, 127.5),
};

const mobileFaceNetPytorch: NameMap = {
  implementation: 'MobileFaceNet_Pytorch',
  stem: block('conv1'),
  depthwise: block('dw_conv1'),
  blocks: range(15).map((index) => {
    const at = (place: number) => `blocks.${index}.conv.${place}`;
    return {
      expand: { layer: at(0), norm: at(1), prelu: at(2) },
      depthwise: { layer: at(3), norm: at(4), prelu: at(5) },
      project: { layer: at(6), norm: at(7) },
    };
  }),
  wide: block('conv2'),
  global: linear('linear7'),
  embedding: linear('linear1'),
  normalisation: evenly(127.5, 128),
};

const foamliu: NameMap = {
  implementation: "foamliu's MobileFaceNet",
  stem: { layer: 'conv1.0', norm: 'conv1.1', activation: 'relu6' },
  depthwise: { layer: 'dw_conv.depthwise', norm: 'dw_conv.bn1', activation: 'relu' },
  pointwise: { layer: 'dw_conv.pointwise', norm: 'dw_conv.bn2', activation: 'relu' },
  blocks: range(15).map((index) => {
    const at = (place: string) => `features.${index}.conv.${place}`;
    return {
      expand: { layer: at('0.0'), norm: at('0.1'), activation: 'relu6' },
      depthwise: { layer: at('1.0'), norm: at('1.1'), activation: 'relu6' },
      project: { layer: at('2'), norm: at('3') },
    };
  }),
  wide: { layer: 'conv2.0', norm: 'conv2.1', activation: 'relu6' },
  global: { layer: 'gdconv.depthwise', norm: 'gdconv.bn' },
  embedding: { layer: 'conv3', bias: true, norm: 'bn' },
  normalisation: { mean: [123.675, 116.28, 103.53], scale: [1 / 58.395, 1 / 57.12, 1 / 57.375] },
};

/** Every implementation that is known. */
export const NAME_MAPS: readonly NameMap[] = [insightFacePytorch, mobileFaceNetPytorch, foamliu];

function tensorsOf({ layer, bias, norm, prelu }: LayerNames): readonly string[] {
  return [
    `${layer}.weight`,
    ...(bias ? [`${layer}.bias`] : []),
    ...['weight', 'bias', 'running_mean', 'running_var'].map((name) => `${norm}.${name}`),
    ...(prelu === undefined ? [] : [`${prelu}.weight`]),
  ];
}

/** Every tensor that an implementation's state dictionary has. */
export function expectedTensors(map: NameMap): readonly string[] {
  const blocks = map.blocks.flatMap(({ expand, depthwise, project }) => [expand, depthwise, project]);
  const first = [map.stem, map.depthwise, ...(map.pointwise ? [map.pointwise] : [])];
  return [...first, ...blocks, map.wide, map.global, map.embedding].flatMap(tensorsOf);
}
