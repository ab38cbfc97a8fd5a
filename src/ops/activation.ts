/** Activations: the ones that convolutions can fuse, and the operators of their own that they come from. */

import { imageShape, type Shape } from '../tensor/shape.js';
import { type ReferenceTensor, referenceTensor } from '../tensor/tensor.js';
import { number } from './attributes.js';
import { expectShape, operator, refuseShape } from './operator.js';

/** What a convolution may apply to its sum before storing it. */
export const ACTIVATIONS = ['none', 'relu', 'relu6', 'prelu'] as const;

/** One of the activations that kernels fuse. */
export type Activation = (typeof ACTIVATIONS)[number];

/** Applies an activation in float64; `slope` serves PReLU alone. NaN stays NaN. */
export function activate(activation: Activation, value: number, slope: number): number {
  if (activation === 'relu') return Math.max(value, 0);
  if (activation === 'relu6') return Math.min(Math.max(value, 0), 6);
  if (activation === 'prelu') return value < 0 ? value * slope : value;
  return value;
}

function mapChannels(input: ReferenceTensor, map: (value: number, channel: number) => number): ReferenceTensor {
  const { channels, height, width } = imageShape(input.shape);
  const output = referenceTensor(input.shape);
  const pixels = height * width;
  for (let index = 0; index < input.data.length; index++) {
    output.data[index] = map(input.data[index]!, Math.floor(index / pixels) % channels);
  }
  return output;
}

function oneShape(inputs: readonly (Shape | undefined)[]): Shape[] {
  return [inputs[0]!];
}

/** max(x, 0). */
export const relu = operator({
  name: 'relu',
  inputNames: ['input'],
  inferShapes: (_node, inputs) => oneShape(inputs),
  reference: (_node, [input]) => [mapChannels(input!, (value) => activate('relu', value, 0))],
});

/** min(max(x, `least`), `most`); ReLU6 is 0 to 6. */
export const clip = operator({
  name: 'clip',
  inputNames: ['input'],
  attributes: { least: number('least output'), most: number('greatest output') },
  inferShapes: (_node, inputs) => oneShape(inputs),
  reference(node, [input]) {
    const { least, most } = node.attributes;
    return [mapChannels(input!, (value) => Math.min(Math.max(value, least), most))];
  },
});

/** 1 / (1 + exp(−x)). */
export const sigmoid = operator({
  name: 'sigmoid',
  inputNames: ['input'],
  inferShapes: (_node, inputs) => oneShape(inputs),
  reference: (_node, [input]) => [mapChannels(input!, (value) => 1 / (1 + Math.exp(-value)))],
});

/** x where x ≥ 0, else slope · x, one slope a channel (He et al. 2015; the paper, section 3.3). */
export const prelu = operator({
  name: 'prelu',
  inputNames: ['input', 'slopes'],
  inferShapes(node, [input, slopes]) {
    if (input!.length < 2) refuseShape(node, 'input', input, 'a shape of 2 axes or more');
    expectShape(node, 'slopes', slopes, [input![1]!]);
    return [input!];
  },
  reference: (_node, [input, slopes]) => [
    mapChannels(input!, (value, channel) => activate('prelu', value, slopes!.data[channel]!)),
  ],
});

/** x · scales + offsets, one pair a channel, or one pair for all channels. */
export const affine = operator({
  name: 'affine',
  inputNames: ['input', 'scales', 'offsets'],
  inferShapes(node, [input, scales, offsets]) {
    if (input!.length < 2) refuseShape(node, 'input', input, 'a shape of 2 axes or more');
    if (scales?.length !== 1 || scales[0] !== 1) expectShape(node, 'scales', scales, [input![1]!]);
    expectShape(node, 'offsets', offsets, scales!);
    return [input!];
  },
  reference(_node, [input, scales, offsets]) {
    const one = scales!.data.length === 1;
    return [
      mapChannels(input!, (value, channel) => {
        const index = one ? 0 : channel;
        return value * scales!.data[index]! + offsets!.data[index]!;
      }),
    ];
  },
});

const STATISTICS = ['scales', 'offsets', 'means', 'variances'];

/** (x − means) / √(variances + epsilon) · scales + offsets (Ioffe and Szegedy 2015). Folded before a graph runs. */
export const batchNorm = operator({
  name: 'batchNorm',
  inputNames: ['input', ...STATISTICS],
  attributes: { epsilon: number('added to the variances') },
  inferShapes(node, [input, ...parameters]) {
    if (input!.length < 2) refuseShape(node, 'input', input, 'a shape of 2 axes or more');
    parameters.forEach((shape, index) => {
      expectShape(node, STATISTICS[index]!, shape, [input![1]!]);
    });
    return [input!];
  },
  reference(node, [input, scales, offsets, means, variances]) {
    const { epsilon } = node.attributes;
    return [
      mapChannels(input!, (value, channel) => {
        const deviation = Math.sqrt(variances!.data[channel]! + epsilon);
        return ((value - means!.data[channel]!) / deviation) * scales!.data[channel]! + offsets!.data[channel]!;
      }),
    ];
  },
});
