/** The windows of ONNX convolutions and poolings: strides, dilations and paddings, given or derived. */
import type { GraphImporter } from '../graphImporter.js';
import { type OnnxNode, unsupported } from '../onnxNode.js';

/** Attributes that windows have in common. */
export const WINDOW_ATTRIBUTES = ['kernel_shape', 'strides', 'pads', 'dilations', 'auto_pad'];

/** A window over rows and columns, as our operators take it. */
export interface Window {
  readonly kernel: readonly [number, number];
  readonly stride: readonly [number, number];
  /** Top, left, bottom, right. */
  readonly padding: readonly [number, number, number, number];
  readonly dilation: readonly [number, number];
}

const LARGEST = 1 << 20;

function readLengths(node: OnnxNode, name: string, fallback: readonly number[], least: number): readonly number[] {
  const lengths = node.integers(name) ?? fallback;
  const fits = lengths.length === fallback.length && lengths.every((length) => length >= least && length <= LARGEST);
  if (!fits) {
    node.refuse(`${name} is [${lengths.slice(0, 8).join(', ')}]`, `are ${fallback.length} from ${least} to ${LARGEST}`);
  }
  return lengths;
}

/** Padding that makes each output length ⌈input / stride⌉; an odd row goes after (upper) or before (lower). */
function samePadding(
  lengths: readonly number[],
  kernel: readonly number[],
  stride: readonly number[],
  dilation: readonly number[],
  upper: boolean,
): number[] {
  const both = lengths.map((length, axis) => {
    const outputs = Math.ceil(length / stride[axis]!);
    const reach = (outputs - 1) * stride[axis]! + dilation[axis]! * (kernel[axis]! - 1) + 1;
    return Math.max(reach - length, 0);
  });
  const less = both.map((total) => Math.floor(total / 2));
  const more = both.map((total) => Math.ceil(total / 2));
  return upper ? [...less, ...more] : [...more, ...less];
}

/** Reads a window over the axes after the second; one axis becomes the columns of one row. */
export function readWindow(node: OnnxNode, kernelShape: readonly number[]): Window {
  const lengths = node.shape().slice(2);
  const ones = lengths.map(() => 1);
  if (kernelShape.length !== lengths.length) {
    node.refuse(`the kernel has ${kernelShape.length} axes`, `are ${lengths.length} for its input`);
  }
  const kernel = kernelShape.length === 0 ? [] : readLengths(node, 'kernel_shape', kernelShape, 1);
  const stride = readLengths(node, 'strides', ones, 1);
  const dilation = readLengths(node, 'dilations', ones, 1);
  const way = node.text('auto_pad', 'NOTSET');
  const given = way === 'NOTSET' || way === 'VALID' || way === '';
  if (!given && way !== 'SAME_UPPER' && way !== 'SAME_LOWER') {
    node.refuse('auto_pad is another word', 'are NOTSET, VALID, SAME_UPPER and SAME_LOWER');
  }
  const zeros = [...ones, ...ones].map(() => 0);
  let pads = zeros;
  if (way === 'NOTSET' || way === '') pads = [...readLengths(node, 'pads', zeros, 0)];
  else if (!given) pads = samePadding(lengths, kernel, stride, dilation, way === 'SAME_UPPER');
  const pair = (list: readonly number[], fill: number) => (list.length === 1 ? [fill, list[0]!] : list);
  const [top, bottom] = [pair(pads.slice(0, lengths.length), 0), pair(pads.slice(lengths.length), 0)];
  return {
    kernel: pair(kernel, 1) as [number, number],
    stride: pair(stride, 1) as [number, number],
    padding: [...top, ...bottom] as [number, number, number, number],
    dilation: pair(dilation, 1) as [number, number],
  };
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
