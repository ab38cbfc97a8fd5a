/** Pooling: windows of four padding modes, and whole images. */
import { ModelError } from '../../../errors.js';
import { pooledLength } from '../../../ops/pool.js';
import type { LayerBuilder, LayerImporter } from '../layerImporter.js';
import { integerParameter, LARGEST_COUNT } from '../parameters.js';
import { describeLayer, type ParamLayer } from '../parseParam.js';
import { LARGEST_SIDE, pairParameter, samePadding } from './window.js';

/** The padding modes of parameter 5. */
const FULL = 0;
const VALID = 1;
const SAME_UPPER = 2;
const SAME_LOWER = 3;

/** In an adaptive mode: as many rows or columns as the input has. */
const KEPT = -233;

type Sides = [top: number, left: number, bottom: number, right: number];

interface Window {
  readonly kernel: readonly [number, number];
  readonly stride: readonly [number, number];
  readonly mode: number;
  readonly padding: Sides;
  readonly countPadding: boolean;
}

function takesMean(layer: ParamLayer): boolean {
  return integerParameter(layer, 0, 0, 0, 1) === 1;
}

function isGlobal(layer: ParamLayer): boolean {
  return integerParameter(layer, 4, 0, 0, 1) === 1;
}

function isAdaptive(layer: ParamLayer): boolean {
  return integerParameter(layer, 7, 0, 0, 1) === 1;
}

function readWindow(layer: ParamLayer): Window {
  const side = (key: number, fallback: number) => integerParameter(layer, key, fallback, 0, LARGEST_SIDE);
  const left = side(3, 0);
  const top = side(13, left);
  return {
    kernel: pairParameter(layer, 1, 11, 0),
    stride: pairParameter(layer, 2, 12, 1),
    mode: integerParameter(layer, 5, FULL, FULL, SAME_LOWER),
    padding: [top, left, side(15, top), side(14, left)],
    countPadding: integerParameter(layer, 6, 0, 0, 1) === 1,
  };
}

/** Rows or columns that the full mode adds after the padding, so that the last window ends with them. */
function tail(length: number, axis: 0 | 1, { kernel, stride, padding }: Window): number {
  const rest = (length + padding[axis] + padding[axis + 2]! - kernel[axis]) % stride[axis];
  return rest > 0 ? stride[axis] - rest : 0;
}

/** ncnn computes a window that holds nothing but padding; a graph has none. */
function checkWindows(layer: ParamLayer, lengths: readonly [number, number], window: Window): void {
  for (const axis of [0, 1] as const) {
    const length = lengths[axis];
    const { kernel, stride, padding } = window;
    const [before, after] = [padding[axis], padding[axis + 2]!];
    const full = (length + before + after + tail(length, axis, window) - kernel[axis]) / stride[axis] + 1;
    if (full !== pooledLength(length, kernel[axis], stride[axis], before, after, 'up')) {
      const found = `its last window lies wholly in the padding of an input of ${lengths.join('×')}`;
      throw new ModelError(
        'UNSUPPORTED_ATTRIBUTE',
        `${describeLayer(layer)}: ${found}; windows with values are supported.`,
      );
    }
  }
}

/**
 * Padding, rounding and counting as a graph says them. A mean that counts the padding counts in ncnn also the tail of
 * the full mode, and that of a SAME mode always; padding that follows from a size is that of the model's own input.
 */
function placement(layer: ParamLayer, window: Window, lengths: readonly [number, number], mean: boolean) {
  const { mode, padding, kernel, stride, countPadding } = window;
  const counts = mean ? { countPadding } : {};
  if (mode === VALID) return { padding, rounding: 'down', ...counts };
  if (mode === FULL) {
    checkWindows(layer, lengths, window);
    const [below, after] = [tail(lengths[0], 0, window), tail(lengths[1], 1, window)];
    if (!mean || !countPadding || below + after === 0) return { padding, rounding: 'up', ...counts };
    const [top, left, bottom, right] = padding;
    return { padding: [top, left, bottom + below, right + after], rounding: 'down', ...counts };
  }
  const [above, below] = samePadding(lengths[0], kernel[0], stride[0], mode === SAME_LOWER);
  const [before, after] = samePadding(lengths[1], kernel[1], stride[1], mode === SAME_LOWER);
  return { padding: [above, before, below, after], rounding: 'down', ...(mean ? { countPadding: true } : {}) };
}

function appendGlobal(layer: ParamLayer, builder: LayerBuilder, value: string, step?: string): string {
  if (takesMean(layer)) return builder.node(layer, 'globalAveragePool', [value], undefined, step);
  const kernel = builder.shape(value).slice(2);
  const attributes = { kernel, stride: [1, 1], padding: [0, 0, 0, 0], rounding: 'down' };
  return builder.node(layer, 'maxPool', [value], attributes, step);
}

/** Windows of equal size side by side; the kernel is that of the model's own input size. */
function appendAdaptive(layer: ParamLayer, builder: LayerBuilder, value: string): void {
  const [, , height = 1, width = 1] = builder.shape(value);
  const wantedWidth = integerParameter(layer, 8, 0, -LARGEST_COUNT, LARGEST_COUNT);
  const wantedHeight = integerParameter(layer, 18, wantedWidth, -LARGEST_COUNT, LARGEST_COUNT);
  const rows = wantedHeight === KEPT ? height : wantedHeight;
  const columns = wantedWidth === KEPT ? width : wantedWidth;
  if (rows === 1 && columns === 1) {
    appendGlobal(layer, builder, value);
    return;
  }
  if (height % rows !== 0 || width % columns !== 0) {
    const found = `adaptive pooling of ${height}×${width} to ${rows}×${columns}`;
    const accepted = 'sizes that divide the input, so that all windows are equal, are supported';
    throw new ModelError('UNSUPPORTED_ATTRIBUTE', `${describeLayer(layer)}: ${found}; ${accepted}.`);
  }
  const kernel = [height / rows, width / columns];
  const window = { kernel, stride: kernel, padding: [0, 0, 0, 0], rounding: 'down' };
  if (takesMean(layer)) builder.node(layer, 'averagePool', [value], { ...window, countPadding: false });
  else builder.node(layer, 'maxPool', [value], window);
}

/**
 * The largest (parameter 0 is 0) or the mean value (1) of each window. The global mode gives a vector of channels, the
 * adaptive one an image of a given size; the kernel of a global maximum is that of the model's own input size.
 */
export const pooling: LayerImporter = {
  type: 'Pooling',
  parameters: [0, 1, 2, 3, 4, 5, 6, 7, 8, 11, 12, 13, 14, 15, 18],
  inputs: [1, 1],
  outputs: [1, 1],
  unsupported(layer) {
    if (isGlobal(layer)) return undefined;
    if (isAdaptive(layer)) {
      const width = integerParameter(layer, 8, 0, -LARGEST_COUNT, LARGEST_COUNT);
      const height = integerParameter(layer, 18, width, -LARGEST_COUNT, LARGEST_COUNT);
      const given = [height, width].every((length) => length > 0 || length === KEPT);
      return given ? undefined : `adaptive pooling to ${height}×${width}`;
    }
    const { mode, padding } = readWindow(layer);
    const same = mode === SAME_UPPER || mode === SAME_LOWER;
    return same && padding.some((side) => side !== 0) ? `pad_mode ${mode} with sides of its own` : undefined;
  },
  inputChannels: () => 'passes',
  import(layer, builder) {
    const value = builder.value(layer);
    if (isGlobal(layer)) {
      builder.node(layer, 'flatten', [appendGlobal(layer, builder, value, 'pooled')]);
      return;
    }
    if (isAdaptive(layer)) {
      appendAdaptive(layer, builder, value);
      return;
    }
    const window = readWindow(layer);
    const mean = takesMean(layer);
    const [, , height = 1, width = 1] = builder.shape(value);
    const place = placement(layer, window, [height, width], mean);
    const attributes = { kernel: window.kernel, stride: window.stride, ...place };
    builder.node(layer, mean ? 'averagePool' : 'maxPool', [value], attributes);
  },
};
