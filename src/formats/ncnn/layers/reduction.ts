/** Layers that sum over axes: Reduction, Normalize and LRN. */
import { ShapeError } from '../../../errors.js';
import { formatShape } from '../../../tensor/shape.js';
import type { LayerBuilder, LayerImporter } from '../layerImporter.js';
import {
  integerParameter,
  LARGEST_COUNT,
  LARGEST_FLOAT,
  listParameter,
  numberParameter,
  refuseParameter,
} from '../parameters.js';
import { describeLayer, type ParamLayer } from '../parseParam.js';
import { appendAffine, appendPower } from './arithmetic.js';

/** By ncnn's number of the operation. */
const OPERATIONS = [
  'sum',
  'l1',
  'squares',
  'mean',
  'largest',
  'smallest',
  'product',
  'l1',
  'l2',
  'logSum',
  'logSumOfPowers',
] as const;

/** The axes of the graph that a layer reduces: all but the batch, or those of parameter 3. */
function reducedAxes(layer: ParamLayer, rank: number): readonly number[] {
  const all = Array.from({ length: rank - 1 }, (_, axis) => axis + 1);
  if (integerParameter(layer, 1, 1, 0, 1) === 1) return all;
  const given = listParameter(layer, 3).map((axis) => (axis < 0 ? axis + rank : axis + 1));
  const axes = [...new Set(given)].sort((a, b) => a - b);
  if (axes.length === 0 || axes.some((axis) => !all.includes(axis))) {
    refuseParameter(layer, 3, `a list of axes from ${1 - rank} to ${rank - 2}`);
  }
  return axes;
}

/** Sum, mean, extremes and norms along axes, times the coefficient of parameter 2. */
export const reduction: LayerImporter = {
  type: 'Reduction',
  parameters: [0, 1, 2, 3, 4, 5],
  inputs: [1, 1],
  outputs: [1, 1],
  unsupported(layer) {
    const operation = integerParameter(layer, 0, 0, 0, 1 << 16);
    if (!OPERATIONS[operation]) return `operation ${operation}`;
    const fixed = integerParameter(layer, 5, 0, 0, 1) === 1 || integerParameter(layer, 1, 1, 0, 1) === 1;
    return fixed ? undefined : 'axes as old converters count them (fixbug0 0)';
  },
  inputChannels: () => undefined,
  import(layer, builder) {
    const value = builder.value(layer);
    const rank = builder.shape(value).length;
    const axes = reducedAxes(layer, rank);
    const keepAxes = integerParameter(layer, 4, 0, 0, 1) === 1;
    const coefficient = numberParameter(layer, 2, 1);
    const flattens = !keepAxes && axes.length === rank - 1;
    const steps = [flattens ? 'flat' : undefined, coefficient === 1 ? undefined : 'scaled'].filter(Boolean);
    const operation = OPERATIONS[integerParameter(layer, 0, 0, 0, OPERATIONS.length - 1)]!;
    const attributes = { operation, axes, keepAxes: keepAxes || flattens };
    const reduced = builder.node(layer, 'reduce', [value], attributes, steps.length > 0 ? 'reduced' : undefined);
    if (steps.length === 0) return;
    const flat = flattens
      ? builder.node(layer, 'flatten', [reduced], undefined, steps[1] ? 'flat' : undefined)
      : reduced;
    if (coefficient !== 1) appendAffine(layer, builder, flat, coefficient, 0);
  },
};

/** 1 / √(Σx² + ε), 1 / max(√Σx², ε) or 1 / √max(Σx², ε), by parameter 9. */
function appendInverseNorm(layer: ParamLayer, builder: LayerBuilder, squares: string): string {
  const epsilon = numberParameter(layer, 2, 1e-4);
  const unary = (value: string, operation: string, step: string) =>
    builder.node(layer, 'unary', [value], { operation }, step);
  const atLeast = (value: string) =>
    builder.node(layer, 'clip', [value], { least: epsilon, most: LARGEST_FLOAT }, 'bounded');
  const mode = integerParameter(layer, 9, 0, 0, 2);
  if (mode === 1) return unary(atLeast(unary(squares, 'squareRoot', 'norm')), 'reciprocal', 'inverse');
  const bounded = mode === 0 ? appendAffine(layer, builder, squares, 1, epsilon, 'bounded') : atLeast(squares);
  return unary(unary(bounded, 'squareRoot', 'norm'), 'reciprocal', 'inverse');
}

/** x / ‖x‖ over channels, over rows and columns, or over all, times the scales that the layer stores. */
export const normalize: LayerImporter = {
  type: 'Normalize',
  parameters: [0, 1, 2, 3, 4, 9],
  inputs: [1, 1],
  outputs: [1, 1],
  unsupported(layer) {
    const over = integerParameter(layer, 0, 0, 0, 1) + integerParameter(layer, 4, 1, 0, 1);
    return over === 0 ? 'neither rows and columns nor channels to sum over' : undefined;
  },
  inputChannels: () => 'passes',
  import(layer, builder) {
    const value = builder.value(layer);
    const shape = builder.shape(value);
    const spatial = integerParameter(layer, 0, 0, 0, 1) === 1 ? shape.map((_, axis) => axis).slice(2) : [];
    const axes = integerParameter(layer, 4, 1, 0, 1) === 1 ? [1, ...spatial] : spatial;
    if (axes.length === 0) {
      throw new ShapeError(
        'NODE_SHAPE',
        `${describeLayer(layer)}: has an input of shape ${formatShape(shape)}, without rows.`,
      );
    }
    const shared = integerParameter(layer, 1, 0, 0, 1) === 1;
    const count = integerParameter(layer, 3, 0, 1, LARGEST_COUNT);
    const scales = builder.weights.plain(count, layer, 'scales');
    const channels = shared ? 1 : builder.channels(value);
    if (count < channels) refuseParameter(layer, 3, `at least ${channels}`);
    const attributes = { operation: 'squares', axes, keepAxes: true };
    const squares = builder.node(layer, 'reduce', [value], attributes, 'squares');
    const inverse = appendInverseNorm(layer, builder, squares);
    const unit = builder.node(layer, 'binary', [value, inverse], { operation: 'multiply' }, 'unit');
    const factors = builder.tensor(layer, 'scales', [channels], scales.slice(0, channels));
    builder.node(layer, 'affine', [unit, factors, builder.filled(layer, 'offsets', channels, 0)]);
  },
};

/**
 * x / (bias + alpha / n · Σx²)^beta over a window of n neighbouring channels (parameter 0 is 0) or of pixels (1): the sum
 * over n is a mean that counts what lies outside as zeros.
 */
export const lrn: LayerImporter = {
  type: 'LRN',
  parameters: [0, 1, 2, 3, 4],
  inputs: [1, 1],
  outputs: [1, 1],
  unsupported(layer) {
    const size = integerParameter(layer, 1, 5, 1, 1 << 16);
    return size % 2 === 1 ? undefined : `an even window of ${size}`;
  },
  inputChannels: () => 'passes',
  import(layer, builder) {
    const value = builder.value(layer);
    const shape = builder.shape(value);
    if (shape.length !== 4) {
      const found = `has an input of shape ${formatShape(shape)}; accepted is [N, C, H, W]`;
      throw new ShapeError('NODE_SHAPE', `${describeLayer(layer)}: ${found}.`);
    }
    const size = integerParameter(layer, 1, 5, 1, 1 << 16);
    const within = integerParameter(layer, 0, 0, 0, 1) === 1;
    const [, channels = 1, height = 1, width = 1] = shape;
    const half = (size - 1) / 2;
    const squares = builder.node(layer, 'binary', [value, value], { operation: 'multiply' }, 'squares');
    const columns = within ? [half, half] : [half, 0];
    const window = {
      kernel: within ? [size, size] : [size, 1],
      stride: [1, 1],
      padding: [...columns, ...columns],
      rounding: 'down',
      countPadding: true,
    };
    const reshape = (from: string, lengths: readonly number[], step: string) =>
      builder.node(layer, 'reshape', [from], { shape: lengths }, step);
    const laid = within ? squares : reshape(squares, [1, channels, height * width], 'laid');
    const mean = builder.node(layer, 'averagePool', [laid], window, 'mean');
    const means = within ? mean : reshape(mean, [channels, height, width], 'means');
    const base = appendAffine(
      layer,
      builder,
      means,
      numberParameter(layer, 2, 1),
      numberParameter(layer, 4, 1),
      'base',
    );
    const factor = appendPower(layer, builder, base, -numberParameter(layer, 3, 0.75), 'factor');
    builder.node(layer, 'binary', [value, factor], { operation: 'multiply' });
  },
};
