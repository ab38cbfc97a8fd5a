/** The windows of ONNX convolutions and poolings: strides, dilations and paddings, given or derived. */
import type { GraphImporter } from '../graphImporter.js';
import { type OnnxNode, unsupported } from '../onnxNode.js';

/** Attributes that windows have in common. */
export const WINDOW_ATTRIBUTES = ['kernel_shape', 'strides', 'pads', 'dilations', 'auto_pad'];

/** A window along one axis. */
export interface AxisWindow {
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
  readonly before: number;
  readonly after: number;
}

/** A window over rows and columns, as our operators take it. */
export interface Window {
  readonly kernel: readonly [number, number];
  readonly stride: readonly [number, number];
  /** Top, left, bottom, right. */
  readonly padding: readonly [number, number, number, number];
  readonly dilation: readonly [number, number];
}

/** One place, and nothing around it. */
export const SINGLE: AxisWindow = { kernel: 1, stride: 1, dilation: 1, before: 0, after: 0 };

const LARGEST = 1 << 20;

/** A list with a number for each of the given ones. Throws ModelError BAD_NODE. */
export function readLengths(
  node: OnnxNode,
  name: string,
  fallback: readonly number[],
  least: number,
): readonly number[] {
  const lengths = node.integers(name) ?? fallback;
  const fits = lengths.length === fallback.length && lengths.every((length) => length >= least && length <= LARGEST);
  if (!fits) {
    node.refuse(`${name} is [${lengths.slice(0, 8).join(', ')}]`, `are ${fallback.length} from ${least} to ${LARGEST}`);
  }
  return lengths;
}

/** How the padding is chosen: by attribute `pads`, none, or so that outputs are as many as inputs / strides. */
export type PaddingWay = 'given' | 'none' | 'upper' | 'lower';

const WAYS: ReadonlyMap<string, PaddingWay> = new Map([
  ['NOTSET', 'given'],
  ['', 'given'],
  ['VALID', 'none'],
  ['SAME_UPPER', 'upper'],
  ['SAME_LOWER', 'lower'],
]);

export function paddingWay(node: OnnxNode): PaddingWay {
  const way = WAYS.get(node.text('auto_pad', 'NOTSET'));
  return way ?? node.refuse('auto_pad is another word', 'are NOTSET, VALID, SAME_UPPER and SAME_LOWER');
}

/** Padding that makes the output length ⌈input / stride⌉; an odd row goes after (upper) or before (lower). */
function samePadding(
  length: number,
  { kernel, stride, dilation }: AxisWindow,
  way: PaddingWay,
): readonly [number, number] {
  const outputs = Math.ceil(length / stride);
  const reach = (outputs - 1) * stride + dilation * (kernel - 1) + 1;
  const total = Math.max(reach - length, 0);
  const less = Math.floor(total / 2);
  return way === 'upper' ? [less, total - less] : [total - less, less];
}

/** Reads a window over the axes after the second, axis by axis. */
export function readWindows(node: OnnxNode, kernelShape: readonly number[]): readonly AxisWindow[] {
  const lengths = node.shape().slice(2);
  const ones = lengths.map(() => 1);
  if (kernelShape.length !== lengths.length) {
    node.refuse(`the kernel has ${kernelShape.length} axes`, `are ${lengths.length} for its input`);
  }
  const kernels = readLengths(node, 'kernel_shape', kernelShape, 1);
  const strides = readLengths(node, 'strides', ones, 1);
  const dilations = readLengths(node, 'dilations', ones, 1);
  const way = paddingWay(node);
  const pads = readLengths(
    node,
    'pads',
    [...ones, ...ones].map(() => 0),
    0,
  );
  return lengths.map((length, axis) => {
    const window = { ...SINGLE, kernel: kernels[axis]!, stride: strides[axis]!, dilation: dilations[axis]! };
    if (way === 'none') return window;
    const given = [pads[axis]!, pads[lengths.length + axis]!] as const;
    const [before, after] = way === 'given' ? given : samePadding(length, window, way);
    return { ...window, before, after };
  });
}

/** Two axes' windows as one over rows and columns. */
export function joinWindows(rows: AxisWindow, columns: AxisWindow): Window {
  return {
    kernel: [rows.kernel, columns.kernel],
    stride: [rows.stride, columns.stride],
    padding: [rows.before, columns.before, rows.after, columns.after],
    dilation: [rows.dilation, columns.dilation],
  };
}

/** Reads a window over rows and columns; one axis becomes the columns of one row. */
export function readWindow(node: OnnxNode, kernelShape: readonly number[]): Window {
  const [first, second, ...others] = readWindows(node, kernelShape);
  if (!first || others.length > 0) {
    unsupported(`its input has ${node.shape().length} axes`, 'are images of 4 axes, or 3');
  }
  return second ? joinWindows(first, second) : joinWindows(SINGLE, first);
}

/** The node's first operand as images: a value of three axes becomes images of one row. */
export function imageValue(node: OnnxNode, graph: GraphImporter): string {
  const value = node.value();
  const [batch = 0, channels = 0, ...lengths] = node.shape();
  if (lengths.length === 2) return value;
  if (lengths.length !== 1) unsupported(`its input has ${lengths.length + 2} axes`, 'are images of 4 axes, or 3');
  return graph.reshape(node, value, [batch, channels, 1, lengths[0]!], 'rows');
}

/** Appends what makes the node's output of images, without the row that `imageValue` added. */
export function appendImages(
  node: OnnxNode,
  graph: GraphImporter,
  operator: string,
  inputs: readonly string[],
  attributes: Readonly<Record<string, string | number | boolean | readonly number[]>>,
): void {
  if (node.shape().length === 4) {
    graph.append(node, operator, inputs, attributes);
    return;
  }
  const images = graph.append(node, operator, inputs, attributes, 'images');
  const [batch = 0, channels = 0, , columns = 0] = graph.shape(images);
  graph.reshape(node, images, [batch, channels, columns]);
}
