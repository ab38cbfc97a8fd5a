/** One convolution or fully connected layer with int8 weights: what its tensors and attributes become. */
import type { Attributes, Graph, Node } from '../graph/types.js';
import { BIAS, type ConvolutionAttributes, SLOPES, WEIGHTS } from '../ops/convolution.js';
import { LARGEST_BIAS } from '../ops/int8Tensors.js';
import { type Quantisation, quantisedBy } from '../ops/quantise.js';
import { holdsChannel, holdsResidual, LARGEST_RATIO, largestSums } from '../ops/requantisation.js';
import { narrowFloat16, widenFloat16 } from '../tensor/float16.js';
import type { Shape } from '../tensor/shape.js';
import { float32Tensor, type Tensor } from '../tensor/tensor.js';
import {
  DENSE_LIMITS,
  DEPTHWISE_3X3_LIMITS,
  DEPTHWISE_LIMITS,
  float16Below,
  roundWeights,
  type WeightLimits,
  weightScale,
} from './chooseQuantisation.js';

/** What calibration saw of a layer. */
export interface LayerStatistics {
  readonly input: Quantisation;
  readonly output: Quantisation;
  readonly residual: Quantisation | undefined;
  /** Mean of each input channel. */
  readonly inputMeans: Float64Array;
  /** Largest magnitude of each output channel before its activation. */
  readonly peaks: Float64Array;
}

/** A quantised layer's tensors and attributes. */
export interface QuantisedLayer {
  readonly weights: Tensor;
  readonly scales: Tensor;
  readonly bias: Tensor;
  readonly slopes: Tensor | undefined;
  readonly attributes: Attributes;
}

/** By how much sums may exceed what calibration saw before they are cut off. */
const HEADROOM = 1.5;

interface RoundedWeights {
  readonly data: Float32Array;
  readonly scales: Float32Array;
}

/** `scalesOf` gives the smallest and the largest scale that an output's weights may have. */
function roundOutputs(
  { data, shape }: Tensor,
  limits: WeightLimits,
  scalesOf: (output: number) => readonly [least: number, most: number],
): RoundedWeights {
  const outputs = shape[0]!;
  const length = data.length / outputs;
  const rounded = new Float32Array(data.length);
  const scales = new Float32Array(outputs);
  for (let output = 0; output < outputs; output++) {
    const begin = output * length;
    const weights = data.subarray(begin, begin + length);
    const scale = weightScale(weights, limits, ...scalesOf(output));
    scales[output] = scale;
    rounded.set(roundWeights(weights, scale, limits.largest), begin);
  }
  return { data: rounded, scales };
}

/** What rounding adds to each output on average, from the inputs' means: taken off the biases (Nagel et al. 2019, section 4.2). */
function meanErrors({ data, shape }: Tensor, rounded: RoundedWeights, means: Float64Array, groups: number) {
  const [outputs = 0, groupInputs = 0] = shape;
  const taps = data.length / (outputs * groupInputs);
  return Float64Array.from({ length: outputs }, (_, output) => {
    const firstInput = Math.floor(output / (outputs / groups)) * groupInputs;
    let error = 0;
    for (let k = 0; k < groupInputs * taps; k++) {
      const at = output * groupInputs * taps + k;
      error += (rounded.data[at]! * rounded.scales[output]! - data[at]!) * means[firstInput + Math.floor(k / taps)]!;
    }
    return error;
  });
}

function roundBiases(biases: Float64Array, scales: Float32Array, input: Quantisation): Float32Array {
  return Float32Array.from(biases, (bias, output) => {
    const whole = Math.round(bias / (input.scale * scales[output]!));
    return Math.min(Math.max(whole, -LARGEST_BIAS), LARGEST_BIAS) + 0;
  });
}

/** True where integers hold every channel and the residual. */
function fits(
  { input, output, residual, peaks }: LayerStatistics,
  scales: Float32Array,
  slopes: Float32Array | undefined,
  sums: Float64Array,
): boolean {
  if (residual && !holdsResidual(residual.scale / output.scale)) return false;
  // What is cut off at 16 bits lies far beyond an int8, and only a slope or a residual could bring it back.
  const counts = slopes || residual ? HEADROOM : 0;
  return scales.every((scale, channel) => {
    const unit = input.scale * scale;
    return holdsChannel({
      ratio: unit / output.scale,
      slope: slopes?.[channel] ?? 1,
      largestSum: sums[channel]!,
      expectedSum: (counts * peaks[channel]!) / unit,
    });
  });
}

function limitsOf([outputs, groupInputs, height, width]: Shape, groups: number): WeightLimits {
  if (groupInputs !== 1 || groups !== outputs) return DENSE_LIMITS;
  return height === 3 && width === 3 ? DEPTHWISE_3X3_LIMITS : DEPTHWISE_LIMITS;
}

/**
 * Quantises a layer's tensors; `weightShape` is what its weights are taken for: `[out, in / groups, height, width]`.
 * `undefined` where its weights, inputs and outputs differ too much in size for integers of 32 and 16 bits.
 */
export function quantiseLayer(
  graph: Graph,
  node: Node,
  weightShape: Shape,
  statistics: LayerStatistics,
  geometry: ConvolutionAttributes,
): QuantisedLayer | undefined {
  const tensorAt = (index: number): Tensor | undefined => graph.tensors.get(node.inputs[index] ?? '');
  const weights = { ...tensorAt(WEIGHTS)!, shape: weightShape };
  const bias = tensorAt(BIAS)?.data;
  const { groups } = geometry;
  const slopeTensor = tensorAt(SLOPES);
  const slopes = slopeTensor && widenFloat16(narrowFloat16(slopeTensor.data));
  const { input: read, output: written } = statistics;
  const rounded = roundOutputs(weights, limitsOf(weightShape, groups), (output) => {
    // Biases and sums far larger than the weights' own share would not fit.
    const largest = Math.max(HEADROOM * statistics.peaks[output]!, Math.abs(bias?.[output] ?? 0));
    // Where one unit of a sum is more than one of the output, the weights that are cut off lead beyond an int8 anyway.
    const ratio = LARGEST_RATIO / Math.max(1, Math.abs(slopes?.[output] ?? 1));
    return [largest / (read.scale * LARGEST_BIAS), float16Below((ratio * written.scale) / read.scale)];
  });
  const outputs = weightShape[0]!;
  const errors = meanErrors(weights, rounded, statistics.inputMeans, groups);
  const biases = roundBiases(
    errors.map((error, output) => (bias?.[output] ?? 0) - error),
    rounded.scales,
    statistics.input,
  );
  const sums = largestSums(rounded.data, biases, statistics.input.zeroPoint);
  if (!fits(statistics, rounded.scales, slopes, sums)) return undefined;
  const { input, output, residual = { scale: 1, zeroPoint: 0 } } = statistics;
  return {
    weights: float32Tensor(weightShape, rounded.data),
    scales: float32Tensor([outputs], rounded.scales),
    bias: float32Tensor([outputs], biases),
    slopes: slopes && float32Tensor([outputs], slopes),
    attributes: {
      ...geometry,
      ...quantisedBy('input', input),
      ...quantisedBy('output', output),
      ...quantisedBy('residual', residual),
    },
  };
}
