/** Pad: places around any axis, or fewer. */
import type { GraphImporter } from '../graphImporter.js';
import type { NodeImporter } from '../nodeImporter.js';
import { type OnnxNode, unsupported } from '../onnxNode.js';

const MODES = ['constant', 'reflect', 'edge', 'wrap'];

/** Pads of all axes: what stands before each, then what stands after. */
function padLengths(node: OnnxNode): { readonly before: readonly number[]; readonly after: readonly number[] } {
  const rank = node.shape().length;
  const given = node.integersOrOperand('pads', 1) ?? node.refuse('has no pads', 'are nodes with them');
  const axes = node.has(3)
    ? node.constantIntegers(3, 'axes').map((axis) => node.axis(axis, rank))
    : Array.from({ length: rank }, (_, axis) => axis);
  if (given.length !== 2 * axes.length) node.refuse(`has ${given.length} pads`, `are ${2 * axes.length}`);
  const [before, after] = [new Array<number>(rank).fill(0), new Array<number>(rank).fill(0)];
  for (const [index, axis] of axes.entries()) {
    before[axis] = given[index]!;
    after[axis] = given[axes.length + index]!;
  }
  return { before, after };
}

/** Cuts off what pads below 0 take away. */
function cut(node: OnnxNode, graph: GraphImporter, before: readonly number[], after: readonly number[]): string {
  let value = node.value();
  for (const [axis, length] of node.shape().entries()) {
    const [begin, end] = [Math.max(-before[axis]!, 0), length + Math.min(after[axis]!, 0)];
    if (begin === 0 && end === length) continue;
    if (end <= begin) unsupported('nothing is left of an axis', 'are pads that leave one element or more');
    value = graph.append(node, 'slice', [value], { axis, begin, end }, 'cut');
  }
  return value;
}

/** Rows and columns of images have a kernel of their own. */
function isSpatial(mode: string, before: readonly number[], after: readonly number[]): boolean {
  return mode !== 'wrap' && before.length === 4 && [...before.slice(0, 2), ...after.slice(0, 2)].every((n) => n <= 0);
}

export const pad: NodeImporter = {
  operator: 'Pad',
  attributes: ['mode', 'pads', 'value'],
  inputs: [1, 4],
  import(node, graph) {
    const mode = node.text('mode', 'constant');
    if (!MODES.includes(mode)) unsupported('mode is another word', `are ${MODES.join(', ')}`);
    const { before, after } = padLengths(node);
    const number = node.has(2) ? node.constantNumber(2, 'constant_value') : node.float('value', 0);
    const filling = mode === 'constant' ? { mode, value: number } : { mode };
    let value = cut(node, graph, before, after);
    const added = (list: readonly number[], axis: number) => Math.max(list[axis] ?? 0, 0);
    const [top, left, bottom, right] = [added(before, 2), added(before, 3), added(after, 2), added(after, 3)];
    if (isSpatial(mode, before, after)) {
      const padding = [top, left, bottom, right];
      if (padding.some((length) => length > 0)) {
        value = graph.append(node, 'pad', [value], { ...filling, padding }, 'padded');
      }
    } else {
      for (const axis of before.keys()) {
        const lengths = { before: added(before, axis), after: added(after, axis) };
        if (lengths.before + lengths.after === 0) continue;
        value = graph.append(node, 'padAxis', [value], { ...filling, axis, ...lengths }, 'padded');
      }
    }
    graph.alias(node, value);
  },
};
