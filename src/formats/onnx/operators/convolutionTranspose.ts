/** ConvTranspose over one axis or two. */
import type { NodeImporter } from '../nodeImporter.js';
import type { OnnxNode } from '../onnxNode.js';
import { appendImages, imageValue, type PaddingWay, paddingWay, readLengths, WINDOW_ATTRIBUTES } from './window.js';

/** One axis: what is cut off on both sides of all that is made, and what is added after it. */
interface TransposedAxis {
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
  readonly before: number;
  readonly after: number;
  readonly added: number;
}

const SINGLE: TransposedAxis = { kernel: 1, stride: 1, dilation: 1, before: 0, after: 0, added: 0 };

/** Cuts an axis to the wanted length, or adds to it; of an odd number more is cut off before, or with `upper` after. */
function fitted(axis: TransposedAxis, input: number, wanted: number, way: PaddingWay): TransposedAxis {
  const { kernel, stride, dilation, added } = axis;
  const made = (input - 1) * stride + dilation * (kernel - 1) + 1 + added;
  const total = Math.max(made - wanted, 0);
  const less = Math.floor(total / 2);
  const [before, after] = way === 'upper' ? [less, total - less] : [total - less, less];
  return { ...axis, before, after, added: added + Math.max(wanted - made, 0) };
}

/** The lengths that the output shall have; some files list batch and channels too. */
function wantedLengths(node: OnnxNode, count: number): readonly number[] | undefined {
  const given = node.integers('output_shape');
  if (!given) return undefined;
  if ((given.length !== count && given.length !== count + 2) || given.some((length) => length < 1)) {
    node.refuse(`output_shape is [${given.slice(0, 8).join(', ')}]`, `are ${count} lengths from 1`);
  }
  return given.slice(-count);
}

function readAxes(node: OnnxNode, kernelShape: readonly number[]): readonly TransposedAxis[] {
  const lengths = node.shape().slice(2);
  if (kernelShape.length !== lengths.length) {
    node.refuse(`the kernel has ${kernelShape.length} axes`, `are ${lengths.length} for its input`);
  }
  const ones = lengths.map(() => 1);
  const zeros = lengths.map(() => 0);
  const kernels = readLengths(node, 'kernel_shape', kernelShape, 1);
  const strides = readLengths(node, 'strides', ones, 1);
  const dilations = readLengths(node, 'dilations', ones, 1);
  const added = readLengths(node, 'output_padding', zeros, 0);
  const pads = readLengths(node, 'pads', [...zeros, ...zeros], 0);
  const wanted = wantedLengths(node, lengths.length);
  const way = paddingWay(node);
  return lengths.map((length, index) => {
    const window = { kernel: kernels[index]!, stride: strides[index]!, dilation: dilations[index]! };
    const axis = { ...SINGLE, ...window, added: added[index]! };
    if (wanted) return fitted(axis, length, wanted[index]!, way);
    if (way === 'upper' || way === 'lower') return fitted(axis, length, length * axis.stride, way);
    return way === 'none' ? axis : { ...axis, before: pads[index]!, after: pads[lengths.length + index]! };
  });
}

/** In every form that our transposed convolution has. */
export const convTranspose: NodeImporter = {
  operator: 'ConvTranspose',
  attributes: [...WINDOW_ATTRIBUTES, 'group', 'output_padding', 'output_shape'],
  inputs: [2, 3],
  import(node, graph) {
    const { shape } = node.constant(1, 'weights');
    const input = imageValue(node, graph);
    const axes = readAxes(node, shape.slice(2));
    if (axes.some(({ kernel }, axis) => kernel !== shape[axis + 2])) {
      node.refuse(`kernel_shape is not that of its weights [${shape.join(', ')}]`, 'is the same');
    }
    const [rows = SINGLE, columns = SINGLE] = axes.length === 1 ? [SINGLE, axes[0]!] : axes;
    const kernel = [rows.kernel, columns.kernel];
    const weights = graph.weights(node, 1, 'weights', [shape[0] ?? 0, shape[1] ?? 0, ...kernel]);
    const bias = node.has(2) ? [graph.weights(node, 2, 'bias')] : [];
    appendImages(node, graph, 'convolutionTranspose', [input, weights, ...bias], {
      stride: [rows.stride, columns.stride],
      padding: [rows.before, columns.before, rows.after, columns.after],
      outputPadding: [rows.added, columns.added],
      dilation: [rows.dilation, columns.dilation],
      groups: node.integer('group', 1),
    });
  },
};
