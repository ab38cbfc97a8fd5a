/** Poolings over one, two or three axes. */
import type { GraphImporter } from '../graphImporter.js';
import type { NodeImporter } from '../nodeImporter.js';
import { type OnnxNode, unsupported } from '../onnxNode.js';
import { type AxisWindow, joinWindows, readWindows, SINGLE, WINDOW_ATTRIBUTES } from './window.js';

type Pool = 'maxPool' | 'averagePool';

function isWithin({ kernel, dilation, before, after }: AxisWindow): boolean {
  return Math.max(before, after) <= (kernel - 1) * dilation;
}

/**
 * Zeros around an axis whose padding is as long as its window: means count them, so that windows of padding alone are
 * 0.
 */
function padded(node: OnnxNode, graph: GraphImporter, value: string, axis: number, window: AxisWindow): string {
  const attributes = { mode: 'constant', axis, before: window.before, after: window.after, value: 0 };
  return graph.append(node, 'padAxis', [value], attributes, 'padded');
}

/** Pools images by windows over rows and columns. */
function appendWindow(
  node: OnnxNode,
  graph: GraphImporter,
  operator: Pool,
  images: string,
  windows: readonly [rows: AxisWindow, columns: AxisWindow],
): string {
  const counts = operator === 'averagePool' && node.integer('count_include_pad', 0) !== 0;
  const rounding = node.integer('ceil_mode', 0) === 0 ? 'down' : 'up';
  let value = images;
  const within = windows.map((window, index) => {
    if (isWithin(window)) return window;
    if (!counts || rounding === 'up') {
      const found = `pads are ${window.before} and ${window.after} around windows of ${window.kernel}`;
      unsupported(found, 'are windows that touch the input, or means that count padding and round down');
    }
    value = padded(node, graph, value, 2 + index, window);
    return { ...window, before: 0, after: 0 };
  });
  const { dilation, ...window } = joinWindows(within[0]!, within[1]!);
  const gaps = dilation.every((length) => length === 1) ? {} : { dilation };
  const more = operator === 'averagePool' ? { countPadding: counts } : {};
  return graph.append(node, operator, [value], { ...window, rounding, ...gaps, ...more }, 'pooled');
}

/** Largest values and means of three axes are those of the last two, and then of the first. */
function pool(node: OnnxNode, graph: GraphImporter, operator: Pool): void {
  const kernelShape = node.integers('kernel_shape') ?? node.refuse('has no kernel_shape', 'are poolings with one');
  const windows = readWindows(node, kernelShape);
  const [batch = 0, channels = 0, ...lengths] = node.shape();
  const value = node.value();
  if (lengths.length < 1 || lengths.length > 3) {
    unsupported(`its input has ${lengths.length + 2} axes`, 'are values of 3 to 5 axes');
  }
  if (lengths.length === 2) {
    graph.alias(node, appendWindow(node, graph, operator, value, [windows[0]!, windows[1]!]));
    return;
  }
  if (lengths.length === 1) {
    const rows = graph.reshape(node, value, [batch, channels, 1, lengths[0]!], 'rows');
    const pooled = appendWindow(node, graph, operator, rows, [SINGLE, windows[0]!]);
    graph.reshape(node, pooled, [batch, channels, graph.shape(pooled)[3]!]);
    return;
  }
  const [depth = 0, height = 0, width = 0] = lengths;
  const slices = graph.reshape(node, value, [batch, channels * depth, height, width], 'slices');
  const planes = appendWindow(node, graph, operator, slices, [windows[1]!, windows[2]!]);
  const [, , rows = 0, columns = 0] = graph.shape(planes);
  const stacked = graph.reshape(node, planes, [batch, channels, depth, rows * columns], 'stacked');
  const pooled = appendWindow(node, graph, operator, stacked, [windows[0]!, SINGLE]);
  graph.reshape(node, pooled, [batch, channels, graph.shape(pooled)[2]!, rows, columns]);
}

export const maxPool: NodeImporter = {
  operator: 'MaxPool',
  attributes: [...WINDOW_ATTRIBUTES, 'ceil_mode', 'storage_order'],
  inputs: [1, 1],
  int8: 'kept',
  import: (node, graph) => pool(node, graph, 'maxPool'),
};

export const averagePool: NodeImporter = {
  operator: 'AveragePool',
  attributes: [...WINDOW_ATTRIBUTES, 'ceil_mode', 'count_include_pad'],
  inputs: [1, 1],
  import: (node, graph) => pool(node, graph, 'averagePool'),
};
