/**
 * Layers with an int8_scale_term: x · input scale rounded to −127 to 127, sums of integers divided by input scale ·
 * weight scale, then a float32 bias and the activation; and rounded again by the output's scale where the term is above
 * 100. In the `.bin` stand weights, bias, weight scales, input scale, output scale.
 */
import { ModelError } from '../../../errors.js';
import type { Attributes } from '../../../graph/types.js';
import { elementCount, type Shape } from '../../../tensor/shape.js';
import type { LayerBuilder } from '../layerImporter.js';
import { integerParameter } from '../parameters.js';
import { describeLayer, type ParamLayer } from '../parseParam.js';
import type { StoredWeights } from '../readWeights.js';

const TERM = 8;
/** What is added to a term whose layer rounds its output too. */
const REQUANTISED = 100;
const LARGEST_WEIGHT = 127;

/** What a layer's int8_scale_term says. */
interface ScaleTerms {
  /** One weight scale for all groups; otherwise one for each group, or for each output of a layer without groups. */
  readonly single: boolean;
  readonly requantised: boolean;
}

function scaleTerm(layer: ParamLayer): number {
  return integerParameter(layer, TERM, 0, 0, 1 << 16);
}

/** Says which term is not known. */
export function unsupportedScaleTerm(layer: ParamLayer): string | undefined {
  const accepted = layer.type === 'InnerProduct' ? [0, 1, 2] : [0, 1, 2, 101, 102];
  const term = scaleTerm(layer);
  return accepted.includes(term) ? undefined : `int8_scale_term ${term}`;
}

/** What the term of a layer says; `undefined` for a layer of float32. */
export function int8Terms(layer: ParamLayer): ScaleTerms | undefined {
  const term = scaleTerm(layer);
  if (term === 0) return undefined;
  return { single: layer.type === 'ConvolutionDepthWise' && term % REQUANTISED === 2, requantised: term > REQUANTISED };
}

/** The shapes of a layer: weights `[out, in / groups, height, width]`, and its input as images. */
export interface LayerShape {
  readonly weights: Shape;
  readonly input: Shape;
  readonly groups: number;
}

/** An int8 layer as it was read: its inputs in the graph, and the scales of its values. */
export interface Int8Layer {
  readonly inputs: readonly string[];
  readonly inputScale: number;
  readonly outputScale: number | undefined;
}

/** Weights as whole numbers: those of other types are rounded as they are loaded, halves away from 0. */
function wholeWeights({ data, isWhole }: StoredWeights, scales: Float32Array): Float32Array {
  if (isWhole) return data;
  const depth = data.length / scales.length;
  return data.map((weight, index) => {
    const product = Math.fround(weight * scales[Math.floor(index / depth)]!);
    const whole = Math.sign(product) * Math.floor(Math.abs(product) + 0.5);
    return Math.min(Math.max(whole, -LARGEST_WEIGHT), LARGEST_WEIGHT) + 0;
  });
}

/** Throws ModelError TOO_LARGE for a layer whose sums could leave 32 bits, where ncnn's would be wrong too. */
function checkSums(layer: ParamLayer, weights: Float32Array, outputs: number): void {
  const depth = weights.length / outputs;
  for (let begin = 0; begin < weights.length; begin += depth) {
    let sum = 0;
    for (let k = begin; k < begin + depth; k++) sum += Math.abs(weights[k]!);
    if (sum * LARGEST_WEIGHT < 2 ** 31) continue;
    const found = `the sum of an output's int8 products may reach ${sum * LARGEST_WEIGHT}`;
    throw new ModelError('TOO_LARGE', `${describeLayer(layer)}: ${found}; accepted is what 32 bits hold.`);
  }
}

/** Reads a layer's weights, bias and scales in the file's order. Throws ModelError as `LayerWeights` does, and TOO_LARGE. */
export function readInt8Layer(
  layer: ParamLayer,
  builder: LayerBuilder,
  { weights: shape, input, groups }: LayerShape,
  biased: boolean,
): Int8Layer {
  const { single, requantised } = int8Terms(layer)!;
  const [outputs = 0] = shape;
  const stored = builder.weights.quantised(elementCount(shape), layer, 'weights');
  const bias = biased ? builder.weights.plain(outputs, layer, 'bias') : undefined;
  const count = single ? 1 : layer.type === 'ConvolutionDepthWise' ? groups : outputs;
  const weightScales = builder.weights.scales(count, layer, 'weight scales', true);
  const [inputScale = 1] = builder.weights.scales(1, layer, 'input scale');
  const outputScale = requantised ? builder.weights.scales(1, layer, 'output scale')[0] : undefined;
  const byOutput = Float32Array.from({ length: outputs }, (_, output) => {
    return weightScales[Math.floor((output * count) / outputs)]!;
  });
  const data = wholeWeights(stored, byOutput);
  checkSums(layer, data, outputs);
  // A scale of 0 stands for a channel of zeros: nothing of its sum counts.
  const units = byOutput.map((scale) => (scale === 0 ? 0 : 1 / scale));
  const inputs = [
    builder.int8Value(layer, inputScale, input),
    builder.tensor(layer, 'weights', shape, data),
    builder.tensor(layer, 'scales', [outputs], units),
    ...(bias ? [builder.tensor(layer, 'bias', [outputs], bias)] : []),
  ];
  return { inputs, inputScale, outputScale };
}

/** A fully connected layer's attributes as a convolution of images of one pixel. */
const POINTWISE = { stride: [1, 1], padding: [0, 0, 0, 0], dilation: [1, 1], groups: 1, activation: 'none' };

/** Appends the sums of a layer as float32 numbers, with its bias. */
export function int8Part(
  layer: ParamLayer,
  builder: LayerBuilder,
  { inputs, inputScale }: Int8Layer,
  geometry: Attributes,
  step?: string,
): string {
  const attributes = { ...geometry, inputScale: 1 / inputScale, inputZeroPoint: 0 };
  return builder.node(layer, 'dequantisedConvolution', inputs, attributes, step);
}

/** The same for a layer that gives out vectors. */
export function int8Vector(layer: ParamLayer, builder: LayerBuilder, int8: Int8Layer, step?: string): string {
  const images = int8Part(layer, builder, int8, POINTWISE, 'sums');
  return builder.node(layer, 'flatten', [images], undefined, step);
}
