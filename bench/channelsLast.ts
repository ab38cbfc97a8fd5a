/** Networks as engines with channels last take them: layers in running order, weights `[height, width, in, out]`. */
import { inferShapes } from '../src/build/infer.js';
import { ModelError } from '../src/errors.js';
import type { Graph, Node } from '../src/graph/types.js';
import type { Activation } from '../src/ops/activation.js';
import { isReshape } from '../src/ops/reshape.js';
import { optimise } from '../src/passes/index.js';
import { elementCount, type Shape } from '../src/tensor/shape.js';
import type { Tensor } from '../src/tensor/tensor.js';

/** A tensor among a network's values: where it begins, in floats, and its shape. */
export interface Place {
  readonly offset: number;
  readonly shape: Shape;
}

/** What every layer has: its name, which is its output's, and that output's height, width and channels. */
interface LayerBase {
  readonly name: string;
  readonly source: string;
  readonly output: readonly [height: number, width: number, channels: number];
}

/** A dense, grouped or depthwise convolution; a depthwise one has weights `[height, width, channels, 1]`. */
export interface ConvolutionLayer extends LayerBase {
  readonly op: 'conv';
  readonly depthwise: boolean;
  readonly groups: number;
  readonly stride: number;
  /** Rows and columns of zeros on every side. */
  readonly pad: number;
  readonly weight: Place;
  readonly bias: Place;
  readonly activation: Activation;
  /** Of the prelu activation. */
  readonly slope?: Place;
}

/** 3×3 pooling and the like; the average counts padding. */
export interface PoolLayer extends LayerBase {
  readonly op: 'maxPool' | 'averagePool';
  readonly kernel: number;
  readonly stride: number;
  readonly pad: number;
}

/** A channel shuffle. */
export interface ShuffleLayer extends LayerBase {
  readonly op: 'shuffle';
  readonly groups: number;
}

/** One layer. */
export type ChannelsLastLayer =
  | ConvolutionLayer
  | PoolLayer
  | (LayerBase & { readonly op: 'add'; readonly shortcut: string; readonly activation: Activation })
  | (LayerBase & { readonly op: 'concat'; readonly other: string })
  | ShuffleLayer
  | (LayerBase & { readonly op: 'relu' | 'mean' });

/** A network; the last layer's output is its own. */
export interface ChannelsLastNetwork {
  readonly input: readonly [height: number, width: number, channels: number];
  readonly layers: readonly ChannelsLastLayer[];
  readonly values: Float32Array;
}

/** Collects the layers and values of one graph. */
class Collector {
  readonly layers: ChannelsLastLayer[] = [];
  readonly #graph: Graph;
  readonly #shapes: ReadonlyMap<string, Shape>;
  readonly #values: Float32Array[] = [];
  #count = 0;

  constructor(graph: Graph) {
    this.#graph = graph;
    this.#shapes = inferShapes(graph);
  }

  get values(): Float32Array {
    const all = new Float32Array(this.#count);
    let offset = 0;
    for (const values of this.#values) {
      all.set(values, offset);
      offset += values.length;
    }
    return all;
  }

  image(name: string): [number, number, number] {
    const [, channels = 1, height = 1, width = 1] = this.#shapes.get(name)!;
    return [height, width, channels];
  }

  add(node: Node): void {
    const base = { name: node.outputs[0]!, source: node.inputs[0]!, output: this.image(node.outputs[0]!) };
    const [stride = 1] = (node.attributes.stride ?? []) as readonly number[];
    const [pad = 0] = (node.attributes.padding ?? []) as readonly number[];
    switch (node.operator) {
      case 'convolution':
      case 'fullyConnected':
        this.#addConvolution(node, base, stride, pad);
        return;
      case 'maxPool':
      case 'averagePool': {
        const [kernel = 1] = node.attributes.kernel as readonly number[];
        this.layers.push({ ...base, op: node.operator, kernel, stride, pad });
        return;
      }
      case 'globalAveragePool':
        this.layers.push({ ...base, op: 'mean' });
        return;
      case 'concat':
        this.layers.push({ ...base, op: 'concat', other: node.inputs[1]! });
        return;
      case 'channelShuffle':
        this.layers.push({ ...base, op: 'shuffle', groups: node.attributes.groups as number });
        return;
      case 'relu':
        this.layers.push({ ...base, op: 'relu' });
        return;
      default:
        throw new ModelError('UNSUPPORTED_OPERATOR', `${node.operator} is in no network of Table 2.`);
    }
  }

  #addConvolution(node: Node, base: LayerBase, stride: number, pad: number): void {
    const { tensors } = this.#graph;
    const [, weights, bias, slopes, residual] = node.inputs;
    const groups = (node.attributes.groups as number | undefined) ?? 1;
    const activation = node.attributes.activation as Activation;
    const tensor = tensors.get(weights!)!;
    const depthwise = groups > 1 && groups === tensor.shape[0];
    const layer = {
      ...base,
      op: 'conv',
      depthwise,
      groups: depthwise ? 1 : groups,
      stride,
      pad,
      weight: this.#placeWeights(tensor, depthwise),
      bias: this.#place(tensors.get(bias!)!.data, tensors.get(bias!)!.shape),
      activation: residual ? 'none' : activation,
      ...(slopes ? { slope: this.#place(tensors.get(slopes)!.data, [1, 1, base.output[2]]) } : {}),
    } as const;
    if (!residual) {
      this.layers.push(layer);
      return;
    }
    const name = `${base.name}.sum`;
    this.layers.push({ ...layer, name });
    this.layers.push({ op: 'add', name: base.name, source: name, output: base.output, shortcut: residual, activation });
  }

  #place(values: Float32Array, shape: Shape): Place {
    const offset = this.#count;
    this.#values.push(values);
    this.#count += values.length;
    return { offset, shape };
  }

  /** `[out, in, height, width]` to `[height, width, in, out]`, depthwise to `[height, width, channels, 1]`. */
  #placeWeights({ shape, data }: Tensor, depthwise: boolean): Place {
    const [outputs = 1, inputs = 1, height = 1, width = 1] = shape;
    const pixels = height * width;
    const placed = new Float32Array(elementCount(shape));
    let to = 0;
    for (let pixel = 0; pixel < pixels; pixel++) {
      for (let i = 0; i < inputs; i++) {
        for (let o = 0; o < outputs; o++) placed[to++] = data[(o * inputs + i) * pixels + pixel]!;
      }
    }
    return this.#place(placed, depthwise ? [height, width, outputs, 1] : [height, width, inputs, outputs]);
  }
}

/** Writes a network of Table 2 with channels last. Throws ModelError UNSUPPORTED_OPERATOR for other operators. */
export function channelsLast(graph: Graph): ChannelsLastNetwork {
  const fused = optimise(graph);
  const collector = new Collector(fused);
  for (const node of fused.nodes) if (!isReshape(node)) collector.add(node);
  const { layers, values } = collector;
  return { input: collector.image(fused.inputs[0]!.name), layers, values };
}
