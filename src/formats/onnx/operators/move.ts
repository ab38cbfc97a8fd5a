/** ONNX operators that join, cut and turn values. */
import { elementCount, type Shape } from '../../../tensor/shape.js';
import type { NodeImporter } from '../nodeImporter.js';
import { type OnnxNode, unsupported } from '../onnxNode.js';
import { operandTerm, termValue } from './term.js';

/** Kernels join along four axes; along a later one of more the axes before and after it are taken together. */
export const concat: NodeImporter = {
  operator: 'Concat',
  attributes: ['axis'],
  inputs: [1, 1 << 10],
  wholeNumbers: 'moved',
  import(node, graph) {
    const shape = node.shape();
    const axis = node.axis(node.integer('axis', 1), shape.length);
    const values = node.operands.map((_operand, index) => termValue(node, graph, operandTerm(node, graph, index)));
    if (values.length === 1) graph.alias(node, values[0]!);
    else if (axis < 3 || shape.length === 4) graph.append(node, 'concat', values, { axis });
    else {
      const [outer, inner] = [elementCount(shape.slice(0, axis)), elementCount(shape.slice(axis + 1))];
      const parts = values.map((value) =>
        graph.reshape(node, value, [outer, elementCount(graph.shape(value)) / (outer * inner), inner], 'part'),
      );
      const joined = graph.append(node, 'concat', parts, { axis: 1 }, 'joined');
      graph.reshape(node, joined, shape.with(axis, graph.shape(joined)[1]!));
    }
  },
};

/** Lengths of the parts: given, or the axis in equal parts of which the last may be shorter. */
function partLengths(node: OnnxNode, length: number): readonly number[] {
  const given = node.integersOrOperand('split', 1);
  const parts = node.outputs.length;
  const most = Math.ceil(length / node.integer('num_outputs', parts));
  const lengths = given ?? Array.from({ length: parts }, (_, index) => Math.min(most, length - index * most));
  const fits = lengths.length >= parts && lengths.every((part) => part > 0);
  if (!fits || lengths.reduce((sum, part) => sum + part, 0) !== length) {
    node.refuse(`parts are [${lengths.slice(0, 8).join(', ')}]`, `are lengths whose sum is the axis's ${length}`);
  }
  return lengths;
}

export const split: NodeImporter = {
  operator: 'Split',
  attributes: ['axis', 'split', 'num_outputs'],
  inputs: [1, 2],
  wholeNumbers: 'moved',
  outputs: 1 << 10,
  import(node, graph) {
    const axis = node.axis(node.integer('axis', 0), node.shape().length);
    const lengths = partLengths(node, node.shape()[axis]!);
    let begin = 0;
    for (const [index, output] of node.outputs.entries()) {
      const end = begin + lengths[index]!;
      if (output !== '') graph.append(node, 'slice', [node.value()], { axis, begin, end }, undefined, index);
      begin = end;
    }
  },
};

/** One axis's part of a slice. */
export interface SliceRange {
  readonly axis: number;
  readonly begin: number;
  readonly end: number;
  readonly step: number;
}

/** The ranges of a Slice, ends within the axes. Steps below 0 begin at `begin` and stop before `end`. */
export function sliceRanges(node: OnnxNode): readonly SliceRange[] {
  const shape = node.shape();
  const begins = node.integersOrOperand('starts', 1) ?? node.refuse('has no starts', 'are slices with them');
  const ends = node.integersOrOperand('ends', 2) ?? node.refuse('has no ends', 'are slices with them');
  const axes = node.integersOrOperand('axes', 3) ?? begins.map((_, index) => index);
  const steps = node.has(4) ? node.constantIntegers(4, 'steps') : begins.map(() => 1);
  if (ends.length !== begins.length || axes.length !== begins.length || steps.length !== begins.length) {
    node.refuse('its lists differ in length', 'are starts, ends, axes and steps of one length');
  }
  return begins.map((first, index) => {
    const axis = node.axis(axes[index]!, shape.length);
    const length = shape[axis]!;
    const step = steps[index]!;
    if (step === 0) node.refuse('a step is 0', 'are steps other than 0');
    const [least, most] = step > 0 ? [0, length] : [-1, length - 1];
    const clamp = (place: number) => Math.min(Math.max(place < 0 ? place + length : place, least), most);
    return { axis, begin: clamp(first), end: clamp(ends[index]!), step };
  });
}

export const slice: NodeImporter = {
  operator: 'Slice',
  attributes: ['starts', 'ends', 'axes'],
  inputs: [1, 5],
  wholeNumbers: 'moved',
  import(node, graph) {
    const shape = node.shape();
    const ranges = sliceRanges(node).filter(({ axis, begin, end, step }) => {
      if (Math.ceil((end - begin) / step) < 1)
        unsupported('nothing is left of an axis', 'are slices of one element or more');
      return step !== 1 || begin !== 0 || end !== shape[axis];
    });
    let value = node.value();
    if (ranges.length === 0) graph.alias(node, value);
    for (const [index, { axis, begin, end, step }] of ranges.entries()) {
      const name = index === ranges.length - 1 ? undefined : `axis${axis}`;
      const attributes = step === 1 ? { axis, begin, end } : { axis, begin, end, step };
      value = graph.append(node, 'slice', [value], attributes, name);
    }
  },
};

/** The order of a Transpose: given, or all axes reversed. */
export function transposeOrder(node: OnnxNode): readonly number[] {
  const rank = node.shape().length;
  const order = node.integers('perm') ?? Array.from({ length: rank }, (_, axis) => rank - 1 - axis);
  if (order.length !== rank || [...order].sort((a, b) => a - b).some((axis, index) => axis !== index)) {
    node.refuse(`perm is [${order.slice(0, 8).join(', ')}]`, `are the axes 0 to ${rank - 1} once each`);
  }
  return order;
}

export const transpose: NodeImporter = {
  operator: 'Transpose',
  attributes: ['perm'],
  inputs: [1, 1],
  wholeNumbers: 'moved',
  import(node, graph) {
    const order = transposeOrder(node);
    if (order.every((axis, index) => axis === index)) graph.alias(node, node.value());
    else graph.append(node, 'permute', [node.value()], { order });
  },
};

/** The shape that a Reshape asks for; `rest` says that its last length was left open. */
export function reshapedShape(node: OnnxNode): { readonly shape: Shape; readonly rest: boolean } {
  const from = node.shape();
  const wanted = node.constantIntegers(1, 'shape');
  const copies = node.integer('allowzero', 0) === 0;
  const copied = wanted.map((length, axis) => (length === 0 && copies ? (from[axis] ?? -2) : length));
  const known = elementCount(copied.filter((length) => length !== -1));
  const shape = copied.map((length) => (length === -1 ? elementCount(from) / known : length));
  const open = copied.filter((length) => length === -1).length;
  const whole = shape.every((length) => Number.isSafeInteger(length) && length >= 0);
  if (open > 1 || !whole || elementCount(shape) !== elementCount(from)) {
    node.refuse(`[${from.join(', ')}] cannot become [${wanted.slice(0, 8).join(', ')}]`, 'is as many elements');
  }
  return { shape, rest: copied.at(-1) === -1 };
}

export const reshape: NodeImporter = {
  operator: 'Reshape',
  attributes: ['allowzero'],
  inputs: [2, 2],
  wholeNumbers: 'moved',
  import(node, graph) {
    const { shape, rest } = reshapedShape(node);
    graph.reshape(node, node.value(), shape, undefined, rest);
  },
};

/** The shape of a Flatten: the axes before one, and those from it on. */
export function flattenedShape(node: OnnxNode): Shape {
  const shape = node.shape();
  const given = node.integer('axis', 1);
  const axis = given === shape.length ? given : node.axis(given, shape.length);
  return [elementCount(shape.slice(0, axis)), elementCount(shape.slice(axis))];
}

export const flatten: NodeImporter = {
  operator: 'Flatten',
  attributes: ['axis'],
  inputs: [1, 1],
  wholeNumbers: 'moved',
  import: (node, graph) => void graph.reshape(node, node.value(), flattenedShape(node)),
};

/** The shape without axes of length 1: the given ones, or all. */
export function squeezedShape(node: OnnxNode): Shape {
  const shape = node.shape();
  const given = node.integersOrOperand('axes', 1);
  const axes = given?.map((axis) => node.axis(axis, shape.length));
  if (axes?.some((axis) => shape[axis] !== 1)) {
    node.refuse(`an axis of [${shape.join(', ')}] to drop is longer than 1`, 'are axes of length 1');
  }
  return shape.filter((length, axis) => (axes ? !axes.includes(axis) : length !== 1));
}

export const squeeze: NodeImporter = {
  operator: 'Squeeze',
  attributes: ['axes'],
  inputs: [1, 2],
  wholeNumbers: 'moved',
  import: (node, graph) => void graph.reshape(node, node.value(), squeezedShape(node)),
};

/** The shape with axes of length 1 put in. */
export function unsqueezedShape(node: OnnxNode): Shape {
  const given = node.integersOrOperand('axes', 1) ?? node.refuse('has no axes', 'are nodes with them');
  const shape = node.shape();
  const rank = shape.length + given.length;
  const axes = new Set(given.map((axis) => node.axis(axis, rank)));
  if (axes.size !== given.length) node.refuse('an axis stands twice', 'are axes once each');
  let next = 0;
  return Array.from({ length: rank }, (_, axis) => (axes.has(axis) ? 1 : shape[next++]!));
}

export const unsqueeze: NodeImporter = {
  operator: 'Unsqueeze',
  attributes: ['axes'],
  inputs: [1, 2],
  wholeNumbers: 'moved',
  import: (node, graph) => void graph.reshape(node, node.value(), unsqueezedShape(node)),
};
