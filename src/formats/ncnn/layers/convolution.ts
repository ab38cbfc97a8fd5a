/** Convolution and ConvolutionDepthWise, which is ncnn's name for any convolution with groups. */
import { ShapeError } from '../../../errors.js';
import type { LayerBuilder, LayerImporter } from '../layerImporter.js';
import { countParameter, integerParameter, numberParameter, refuseParameter } from '../parameters.js';
import { describeLayer, type ParamLayer } from '../parseParam.js';
import { ACTIVATION_KEYS, unsupportedActivation, withActivation } from './activation.js';
import { int8Part, int8Terms, int8Vector, readInt8Layer, unsupportedScaleTerm } from './quantised.js';
import { LARGEST_SIDE, pairParameter, samePadding } from './window.js';

const SAME_UPPER = -233;
const SAME_LOWER = -234;

/** The window of a convolution; pairs are vertical, horizontal. */
interface Window {
  readonly kernel: readonly [number, number];
  readonly stride: readonly [number, number];
  readonly dilation: readonly [number, number];
}

function readWindow(layer: ParamLayer): Window {
  return {
    kernel: pairParameter(layer, 1, 11, 0),
    dilation: pairParameter(layer, 2, 12, 1),
    stride: pairParameter(layer, 3, 13, 1),
  };
}

/** Left, top, right, bottom as the layer gives them; −233 and −234 stand for SAME_UPPER and SAME_LOWER. */
function givenPadding(layer: ParamLayer): readonly [number, number, number, number] {
  const left = integerParameter(layer, 4, 0, SAME_LOWER, LARGEST_SIDE);
  const top = integerParameter(layer, 14, left, SAME_LOWER, LARGEST_SIDE);
  const right = integerParameter(layer, 15, left, SAME_LOWER, LARGEST_SIDE);
  const bottom = integerParameter(layer, 16, top, SAME_LOWER, LARGEST_SIDE);
  const given = [left, top, right, bottom] as const;
  const same = left === SAME_UPPER || left === SAME_LOWER;
  if (same ? given.some((side) => side !== left) : given.some((side) => side < 0)) {
    refuseParameter(layer, 4, `0 to ${LARGEST_SIDE} on each side, or ${SAME_UPPER} or ${SAME_LOWER} on all four`);
  }
  return given;
}

/** Top, left, bottom, right; SAME padding is resolved for the shape that the layer reads. */
function readPadding(layer: ParamLayer, window: Window, height: number, width: number): readonly number[] {
  const [left, top, right, bottom] = givenPadding(layer);
  if (left >= 0) return [top, left, bottom, right];
  const { kernel, stride, dilation } = window;
  const lower = left === SAME_LOWER;
  const [above, below] = samePadding(height, dilation[0] * (kernel[0] - 1) + 1, stride[0], lower);
  const [before, after] = samePadding(width, dilation[1] * (kernel[1] - 1) + 1, stride[1], lower);
  return [above, before, below, after];
}

function unsupported(layer: ParamLayer): string | undefined {
  const scaleTerm = unsupportedScaleTerm(layer);
  if (scaleTerm !== undefined) return scaleTerm;
  if (integerParameter(layer, 19, 0, 0, 1) !== 0) return 'weights from a blob (dynamic_weight)';
  const padValue = numberParameter(layer, 18, 0);
  if (padValue !== 0 && givenPadding(layer).some((side) => side !== 0)) return `pad_value ${padValue}`;
  return unsupportedActivation(layer);
}

function groupsOf(layer: ParamLayer): number {
  return layer.parameters.has(7) ? countParameter(layer, 7) : 1;
}

function inputChannels(layer: ParamLayer): number | undefined {
  const [rows, columns] = readWindow(layer).kernel;
  const channels = (countParameter(layer, 6) * groupsOf(layer)) / (countParameter(layer, 0) * rows * columns);
  return Number.isInteger(channels) ? channels : undefined;
}

function importConvolution(layer: ParamLayer, builder: LayerBuilder): void {
  const outputs = countParameter(layer, 0);
  const size = countParameter(layer, 6);
  const groups = groupsOf(layer);
  const window = readWindow(layer);
  const shape = builder.inputShape(layer);
  const [, channels = 1, height = 1, width = 1] = shape;
  const groupInputs = channels / groups;
  const [rows, columns] = window.kernel;
  if (size !== outputs * groupInputs * rows * columns) {
    const expected = `${outputs} outputs of ${rows}×${columns} over ${channels} channels in ${groups} groups`;
    throw new ShapeError('WEIGHT_COUNT', `${describeLayer(layer)}: claims ${size} weights, which is not ${expected}.`);
  }
  const attributes = {
    stride: window.stride,
    padding: readPadding(layer, window, height, width),
    dilation: window.dilation,
    groups,
    activation: 'none',
  };
  // ncnn computes a 1×1 convolution of a vector as an inner product.
  const isVector = shape.length === 2 && rows * columns === 1 && groups === 1;
  if (int8Terms(layer)) {
    const weightShape = [outputs, groupInputs, rows, columns];
    const layerShape = { weights: weightShape, input: [1, channels, height, width], groups };
    const int8 = readInt8Layer(layer, builder, layerShape, integerParameter(layer, 5, 0, 0, 1) === 1);
    withActivation(layer, builder, (step) =>
      isVector ? int8Vector(layer, builder, int8, step) : int8Part(layer, builder, int8, attributes, step),
    );
    if (int8.outputScale !== undefined) builder.requantise(layer, int8.outputScale);
    return;
  }
  const data = builder.weights.tagged(size, layer, 'weights');
  const biased = integerParameter(layer, 5, 0, 0, 1) === 1;
  const biasData = biased ? builder.weights.plain(outputs, layer, 'bias') : undefined;
  const bias = biasData ? [builder.tensor(layer, 'bias', [outputs], biasData)] : [];

  const value = builder.value(layer);
  if (isVector) {
    const weights = builder.tensor(layer, 'weights', [outputs, channels], data);
    withActivation(layer, builder, (step) =>
      builder.node(layer, 'fullyConnected', [value, weights, ...bias], { activation: 'none' }, step),
    );
    return;
  }
  const weights = builder.tensor(layer, 'weights', [outputs, groupInputs, rows, columns], data);
  withActivation(layer, builder, (step) =>
    builder.node(layer, 'convolution', [value, weights, ...bias], attributes, step),
  );
}

const KEYS = [0, 1, 2, 3, 4, 5, 6, 8, ...ACTIVATION_KEYS, 11, 12, 13, 14, 15, 16, 17, 18, 19];

const shared = { inputs: [1, 2], outputs: [1, 1], unsupported, inputChannels, import: importConvolution } as const;

/** A convolution of one group. SAME padding is resolved for the model's own input size. */
export const convolution: LayerImporter = { type: 'Convolution', parameters: KEYS, ...shared };

/** A convolution whose parameter 7 is its groups. */
export const convolutionDepthWise: LayerImporter = {
  type: 'ConvolutionDepthWise',
  parameters: [...KEYS, 7],
  ...shared,
};
