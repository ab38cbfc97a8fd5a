/** Nodes that compute from constants and shapes alone, folded at import: whole numbers stay exact. */
import { rowMajorStrides } from '../../ops/permute.js';
import { elementCount, formatShape, type Shape } from '../../tensor/shape.js';
import { type Constant, integerConstant, readConstant } from './constant.js';
import type { FoldContext, Folder } from './folder.js';
import { dequantizeConstant, quantizeConstant } from './foldQuantised.js';
import { compared, not, range, where } from './foldTruth.js';
import { DATA_TYPES } from './messages.js';
import { alignedShape } from './nodeImporter.js';
import type { OnnxNode } from './onnxNode.js';
import { unsupported } from './onnxNode.js';
import {
  flattenedShape,
  reshapedShape,
  sliceRanges,
  squeezedShape,
  transposeOrder,
  unsqueezedShape,
} from './operators/move.js';

function operand(node: OnnxNode, index: number): Constant {
  return node.constant(index, 'operands');
}

/** A constant of `shape` whose element at each place is that of the source at `from(place)`. */
function gathered(
  source: Constant,
  shape: Shape,
  node: OnnxNode,
  context: FoldContext,
  from: (index: number) => number,
) {
  const count = elementCount(shape);
  context.graph.spend(count, node.where);
  const data = source.data instanceof Float32Array ? new Float32Array(count) : new Float64Array(count);
  for (let index = 0; index < count; index++) data[index] = source.data[from(index)]!;
  return { kind: source.kind, shape, data } satisfies Constant;
}

/** Maps places of `shape` to places of a source, by a step along each axis and a first place. */
function strided(shape: Shape, steps: readonly number[], first = 0): (index: number) => number {
  const places = rowMajorStrides(shape);
  return (index) => {
    let from = first;
    for (const [axis, step] of steps.entries()) from += (Math.floor(index / places[axis]!) % shape[axis]!) * step;
    return from;
  };
}

function constantOf(node: OnnxNode, { readFile }: FoldContext): Constant {
  const tensor = node.tensor('value');
  if (tensor) return readConstant(tensor, node.where, readFile);
  const integers = node.integers('value_ints');
  if (integers) return integerConstant([integers.length], integers);
  const floats = node.floats('value_floats');
  if (floats) return { kind: 'float', shape: [floats.length], data: Float32Array.from(floats) };
  if (node.hasAttribute('value_int')) return integerConstant([], [node.integer('value_int', 0)]);
  if (!node.hasAttribute('value_float')) node.refuse('has no value', 'are numbers and tensors of them');
  return { kind: 'float', shape: [], data: Float32Array.of(node.float('value_float', 0)) };
}

function constantOfShape(node: OnnxNode, context: FoldContext): Constant {
  const shape = node.constantIntegers(0, 'shape');
  const tensor = node.tensor('value');
  const value = tensor ? readConstant(tensor, node.where, context.readFile) : undefined;
  if (shape.some((length) => length < 0) || (value && value.data.length !== 1)) {
    node.refuse(`shape is ${formatShape(shape.slice(0, 8))}`, 'are lengths from 0, and one value');
  }
  const zero: Constant = { kind: 'float', shape: [1], data: new Float32Array(1) };
  return gathered(value ?? zero, shape, node, context, () => 0);
}

function shapeOf(node: OnnxNode): Constant {
  const shape = node.shape();
  const within = (place: number) => Math.min(Math.max(place < 0 ? place + shape.length : place, 0), shape.length);
  const part = shape.slice(within(node.integer('start', 0)), within(node.integer('end', shape.length)));
  return integerConstant([part.length], part);
}

function gather(node: OnnxNode, context: FoldContext): Constant {
  const source = operand(node, 0);
  const indices = operand(node, 1);
  const axis = node.axis(node.integer('axis', 0), source.shape.length);
  const length = source.shape[axis]!;
  const inner = elementCount(source.shape.slice(axis + 1));
  const count = indices.data.length;
  const shape = [...source.shape.slice(0, axis), ...indices.shape, ...source.shape.slice(axis + 1)];
  const places = Array.from(indices.data, (place) => node.axis(place, length));
  return gathered(source, shape, node, context, (index) => {
    const outer = Math.floor(index / (count * inner));
    return (outer * length + places[Math.floor(index / inner) % count]!) * inner + (index % inner);
  });
}

function concat(node: OnnxNode, context: FoldContext): Constant {
  const first = operand(node, 0);
  const parts = node.operands.map((_operand, index) => operand(node, index));
  const axis = node.axis(node.integer('axis', 0), first.shape.length);
  const lengths = parts.map(({ shape }) => shape[axis] ?? 0);
  for (const part of parts) {
    const same = part.shape.length === first.shape.length;
    if (!same || part.kind !== first.kind || part.shape.some((n, at) => at !== axis && n !== first.shape[at])) {
      node.refuse(`${formatShape(part.shape)} joins ${formatShape(first.shape)}`, 'are equal shapes but for the axis');
    }
  }
  const total = lengths.reduce((sum, length) => sum + length, 0);
  const shape = first.shape.with(axis, total);
  context.graph.spend(elementCount(shape), node.where);
  const isFloat = parts.every(({ data }) => data instanceof Float32Array);
  const data = isFloat ? new Float32Array(elementCount(shape)) : new Float64Array(elementCount(shape));
  const outer = elementCount(shape.slice(0, axis));
  let begin = 0;
  for (const part of parts) {
    const run = part.data.length / Math.max(outer, 1);
    for (let index = 0; index < outer; index++) {
      data.set(part.data.subarray(index * run, (index + 1) * run), index * (data.length / outer) + begin);
    }
    begin += run;
  }
  return { kind: first.kind, shape, data };
}

function slice(node: OnnxNode, context: FoldContext): Constant {
  const source = operand(node, 0);
  const strides = rowMajorStrides(source.shape);
  const shape = [...source.shape];
  const steps = [...strides];
  let first = 0;
  for (const { axis, begin, end, step } of sliceRanges(node)) {
    shape[axis] = Math.max(0, Math.ceil((end - begin) / step));
    steps[axis] = strides[axis]! * step;
    first += begin * strides[axis]!;
  }
  return gathered(source, shape, node, context, strided(shape, steps, first));
}

function transpose(node: OnnxNode, context: FoldContext): Constant {
  const source = operand(node, 0);
  const order = transposeOrder(node);
  const strides = rowMajorStrides(source.shape);
  const shape = order.map((axis) => source.shape[axis]!);
  const steps = order.map((axis) => strides[axis]!);
  return gathered(source, shape, node, context, strided(shape, steps));
}

function cast(node: OnnxNode, context: FoldContext): Constant {
  const source = operand(node, 0);
  const to = node.integer('to', 0);
  context.graph.spend(source.data.length, node.where);
  const { float, float16, bfloat16, double, int64, int32, bool } = DATA_TYPES;
  if (to === float || to === double) {
    const data = to === float ? Float32Array.from(source.data) : Float64Array.from(source.data);
    return { kind: 'float', shape: source.shape, data };
  }
  if (to === bool)
    return integerConstant(
      source.shape,
      source.data.map((value) => (value === 0 ? 0 : 1)),
    );
  if (to === int64 || to === int32) return integerConstant(source.shape, Float64Array.from(source.data, Math.trunc));
  if (to === float16 || to === bfloat16) unsupported('a constant becomes float16', 'are float, int64, int32 and bool');
  return unsupported(`a constant becomes type ${to}`, 'are float, int64, int32 and bool');
}

/** The shape that two shapes broadcast to. */
function broadcastShape(node: OnnxNode, a: Shape, b: Shape): Shape {
  const rank = Math.max(a.length, b.length);
  const [first, second] = [alignedShape(a, rank), alignedShape(b, rank)];
  return first.map((length, axis) => {
    const other = second[axis]!;
    if (length !== other && length !== 1 && other !== 1) {
      node.refuse(`${formatShape(a)} meets ${formatShape(b)}`, 'are shapes that broadcast');
    }
    return length === 1 ? other : length;
  });
}

/** Steps through a constant that is repeated along the axes that it lacks. */
function broadcastSteps(shape: Shape, rank: number): number[] {
  const aligned = alignedShape(shape, rank);
  return rowMajorStrides(aligned).map((step, axis) => (aligned[axis] === 1 ? 0 : step));
}

/** Element-wise arithmetic; whole numbers divide towards 0, as in C. */
function binary(compute: (a: number, b: number) => number, divides = false): Folder {
  return {
    attributes: ['axis', 'broadcast'],
    fold(node, context) {
      const [a, b] = [operand(node, 0), operand(node, 1)];
      const shape = broadcastShape(node, a.shape, b.shape);
      const [fromA, fromB] = [a, b].map((part) => strided(shape, broadcastSteps(part.shape, shape.length)));
      context.graph.spend(elementCount(shape), node.where);
      const isInteger = a.kind === 'integer' && b.kind === 'integer';
      const isSingle = a.data instanceof Float32Array || b.data instanceof Float32Array;
      const data = isSingle ? new Float32Array(elementCount(shape)) : new Float64Array(elementCount(shape));
      for (let index = 0; index < data.length; index++) {
        const result = compute(a.data[fromA!(index)]!, b.data[fromB!(index)]!);
        data[index] = isInteger && divides ? Math.trunc(result) : result;
        if (isInteger && !Number.isSafeInteger(data[index])) node.refuse(`gives ${result}`, 'are whole numbers to 2⁵³');
      }
      return { kind: isInteger ? 'integer' : 'float', shape, data };
    },
  };
}

/** Another shape for the same elements. */
function reshaped(attributes: readonly string[], shapeOfNode: (node: OnnxNode) => Shape): Folder {
  return { attributes, fold: (node) => ({ ...operand(node, 0), shape: shapeOfNode(node) }) };
}

/** Every folder by its operator's name in ONNX. */
export const folders: ReadonlyMap<string, Folder> = new Map<string, Folder>([
  ['Constant', { attributes: ['value', 'value_float', 'value_floats', 'value_int', 'value_ints'], fold: constantOf }],
  ['ConstantOfShape', { attributes: ['value'], fold: constantOfShape }],
  ['Shape', { attributes: ['start', 'end'], readsShapes: true, fold: shapeOf }],
  ['Size', { attributes: [], readsShapes: true, fold: (node) => integerConstant([], [elementCount(node.shape())]) }],
  ['Gather', { attributes: ['axis'], fold: gather }],
  ['Concat', { attributes: ['axis'], fold: concat }],
  ['Slice', { attributes: ['starts', 'ends', 'axes'], fold: slice }],
  ['Transpose', { attributes: ['perm'], fold: transpose }],
  ['Cast', { attributes: ['to', 'saturate', 'round_mode'], fold: cast }],
  ['Identity', reshaped([], (node) => node.shape())],
  ['Squeeze', reshaped(['axes'], squeezedShape)],
  ['Unsqueeze', reshaped(['axes'], unsqueezedShape)],
  ['Flatten', reshaped(['axis'], flattenedShape)],
  ['Reshape', reshaped(['allowzero'], (node) => reshapedShape(node).shape)],
  ['Add', binary((a, b) => a + b)],
  ['Sub', binary((a, b) => a - b)],
  ['Mul', binary((a, b) => a * b)],
  ['Div', binary((a, b) => a / b, true)],
  ['Equal', compared((a, b) => a === b)],
  ['Less', compared((a, b) => a < b)],
  ['LessOrEqual', compared((a, b) => a <= b)],
  ['Greater', compared((a, b) => a > b)],
  ['GreaterOrEqual', compared((a, b) => a >= b)],
  ['And', compared((a, b) => a !== 0 && b !== 0)],
  ['Or', compared((a, b) => a !== 0 || b !== 0)],
  ['Not', not],
  ['Where', where],
  ['Range', range],
  ['QuantizeLinear', quantizeConstant],
  ['DequantizeLinear', dequantizeConstant],
]);

/** The folder of a node whose operands are known as far as it asks; `undefined` where the node is computed later. */
export function folderOf(
  operator: string,
  operands: readonly ({ readonly constant?: Constant | undefined } | undefined)[],
) {
  const folder = folders.get(operator);
  const known = folder?.readsShapes || operands.every((item) => item === undefined || item.constant !== undefined);
  return folder && known ? folder : undefined;
}
