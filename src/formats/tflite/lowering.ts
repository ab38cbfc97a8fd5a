/**
 * The network of a TFLite file as nodes of ONNX under construction. What has four axes may stand with its channels
 * first, as convolutions leave it; it is turned where an operator needs the file's own order. A quantised value is
 * float32 between QuantizeLinear and DequantizeLinear.
 */
import { ModelError } from '../../errors.js';
import { describeValue } from '../../model/json.js';
import { elementCount, type Shape } from '../../tensor/shape.js';
import {
  ATTRIBUTE_TYPES,
  type AttributeMessage,
  DATA_TYPES,
  type NodeMessage,
  type TensorMessage,
} from '../onnx/messages.js';
import { LONGEST_NAME } from '../onnx/readModel.js';
import type { ElementType, TfliteTensor } from './schema.js';
import { turned } from './turned.js';

/** Where an axis of `[N, H, W, C]` stands in `[N, C, H, W]`, and the orders that turn one into the other. */
const CHANNELS_FIRST = [0, 2, 3, 1] as const;
const TO_CHANNELS_FIRST = [0, 3, 1, 2] as const;

/** A computed value: its name among the ONNX nodes, whether channels stand first, and the file's number of axes. */
export interface Value {
  readonly name: string;
  readonly channelsFirst: boolean;
  readonly rank: number;
  /** Rows and columns that SPACE_TO_BATCH_ND dealt out to so many batches each, which stand in their places here. */
  readonly blocks?: Blocks | undefined;
}

/** Rows and columns of a block. */
export type Blocks = readonly [rows: number, columns: number];

/** Values of attributes. */
export type Attributes = Readonly<Record<string, number | string | readonly number[]>>;

/** Attributes that are numbers with a fraction. */
const FLOAT_ATTRIBUTES: readonly string[] = ['alpha', 'beta', 'bias'];

function attributeMessage(name: string, value: number | string | readonly number[]): AttributeMessage {
  if (typeof value === 'string') return { name, type: ATTRIBUTE_TYPES.string, s: value };
  if (typeof value !== 'number') return { name, type: ATTRIBUTE_TYPES.ints, ints: value };
  if (FLOAT_ATTRIBUTES.includes(name)) return { name, type: ATTRIBUTE_TYPES.float, f: value };
  return { name, type: ATTRIBUTE_TYPES.int, i: value };
}

/** The element types that ONNX has under other numbers. */
const DATA_TYPE_OF: Partial<Record<ElementType, number>> = {
  float32: DATA_TYPES.float,
  float16: DATA_TYPES.float16,
  float64: DATA_TYPES.double,
  int32: DATA_TYPES.int32,
  int64: DATA_TYPES.int64,
  int8: DATA_TYPES.int8,
  uint8: DATA_TYPES.uint8,
  bool: DATA_TYPES.bool,
};

/** The number of an element type in ONNX. Throws ModelError UNSUPPORTED_WEIGHTS. */
export function dataTypeOf(type: ElementType, where: string): number {
  const found = DATA_TYPE_OF[type];
  if (found !== undefined) return found;
  const accepted = Object.keys(DATA_TYPE_OF).join(', ');
  throw new ModelError('UNSUPPORTED_WEIGHTS', `${where}: has elements of type ${type}; accepted are ${accepted}.`);
}

/** A name of the file as ONNX's may be. */
function printable(base: string): string {
  return base.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '_').slice(0, LONGEST_NAME - 20) || 'value';
}

/** Collects nodes and constants. */
export class Lowering {
  readonly nodes: NodeMessage[] = [];
  readonly initialisers: TensorMessage[] = [];
  readonly tensors: readonly TfliteTensor[];
  /** Where the operator stands that is being lowered, for messages. */
  where: string;
  readonly #names = new Set<string>();
  readonly #given = new Set<string>();
  readonly #values = new Map<number, Value>();
  /** The other order of a value that was turned already. */
  readonly #turned = new Map<string, Value>();
  /** Tensors that are known at import, and which tensor of the file holds their elements. */
  readonly #constants = new Map<number, number>();
  readonly #made = new Map<string, string>();

  constructor(tensors: readonly TfliteTensor[], where: string) {
    this.tensors = tensors;
    this.where = where;
    for (const [index, { data, shape }] of tensors.entries()) {
      if (data || shape.includes(0)) this.#constants.set(index, index);
    }
  }

  /** Says which operator is lowered now. */
  enter(where: string): void {
    this.where = where;
  }

  /** Keeps a name for an output: others get it with a number. */
  reserve(base: string): void {
    this.#names.add(printable(base));
  }

  /** The name that was kept for an output, for the first that asks for it. */
  outputName(base: string): string {
    const name = printable(base);
    if (this.#given.has(name)) return this.fresh(base);
    this.#given.add(name);
    return name;
  }

  /** A name that nothing else has. */
  fresh(base: string): string {
    const stem = printable(base);
    let name = stem;
    for (let count = 2; this.#names.has(name); count++) name = `${stem}.${count}`;
    this.#names.add(name);
    return name;
  }

  tensor(index: number): TfliteTensor {
    return this.tensors[index]!;
  }

  /** Appends a node; the name of its output, or of each where several are asked for. */
  node(opType: string, input: readonly string[], attributes: Attributes = {}, base: string = opType): string {
    const [name] = this.split(opType, input, attributes, [base]);
    return name!;
  }

  /** Appends a node of several outputs; their names. */
  split(opType: string, input: readonly string[], attributes: Attributes, bases: readonly string[]): readonly string[] {
    const output = bases.map((base) => this.fresh(base));
    const attribute = Object.entries(attributes).map(([name, value]) => attributeMessage(name, value));
    this.nodes.push({ opType, input, output, name: output[0]!, attribute });
    return output;
  }

  /** A constant of whole numbers. */
  integers(values: readonly number[], shape: Shape = [values.length]): string {
    return this.#once(`${shape}:${values}`, { dims: shape, dataType: DATA_TYPES.int64, int64Data: values });
  }

  /** A constant of floating-point numbers. */
  floats(values: readonly number[], shape: Shape = []): string {
    return this.#once(`float ${shape}:${values}`, { dims: shape, dataType: DATA_TYPES.float, floatData: values });
  }

  #once(key: string, message: TensorMessage): string {
    const known = this.#made.get(key);
    if (known !== undefined) return known;
    const name = this.fresh('constant');
    this.initialisers.push({ ...message, name });
    this.#made.set(key, name);
    return name;
  }

  /** Says that a tensor's elements are those of a constant one. */
  alias(output: number, input: number): void {
    this.#constants.set(output, this.#constants.get(input)!);
  }

  isConstant(index: number): boolean {
    return this.#constants.has(index);
  }

  /** A constant tensor of the file. Throws ModelError UNSUPPORTED_ATTRIBUTE where it is computed. */
  constant(index: number, what: string): TfliteTensor {
    const source = this.#constants.get(index);
    if (source !== undefined) return this.tensor(source);
    this.unsupported(`${what} are computed`, 'are constants');
  }

  unsupported(found: string, accepted: string): never {
    throw new ModelError('UNSUPPORTED_ATTRIBUTE', `${this.where}: ${found}; accepted ${accepted}.`);
  }

  /** Whole numbers that the file holds. */
  constantIntegers(index: number, what: string): readonly number[] {
    const { type, data = new Uint8Array() } = this.constant(index, what);
    const { buffer } = Uint8Array.from(data);
    if (type === 'int32') return [...new Int32Array(buffer)];
    if (type === 'int64') return [...new BigInt64Array(buffer)].map(Number);
    this.unsupported(`${what} are of type ${type}`, 'are int32 and int64');
  }

  /**
   * A constant tensor as ONNX has it, its axes in another order and shape where these are given: floating-point numbers
   * where it is quantised.
   */
  weights(index: number, order?: readonly number[], dims?: Shape): string {
    const tensor = this.constant(index, 'weights');
    const { type, data = new Uint8Array(), shape, quantisation } = tensor;
    const key = `tensor ${this.#constants.get(index)} ${order ?? ''}:${dims ?? ''}`;
    const dataType = dataTypeOf(type, `${this.where}, tensor ${describeValue(tensor.name)}`);
    const rawData = order ? turned(data, shape, order) : data;
    const lengths = dims ?? (order ? order.map((axis) => shape[axis]!) : shape);
    const stored = this.#once(key, { dims: lengths, dataType, rawData });
    if (!quantisation) return stored;
    const known = this.#made.get(`float ${key}`);
    if (known !== undefined) return known;
    const { scales, zeroPoints, axis } = quantisation;
    const zeros = zeroPoints.some((zero) => zero !== 0)
      ? [this.#once(`zero ${key}`, { dims: [zeroPoints.length], dataType: DATA_TYPES.int64, int64Data: zeroPoints })]
      : [];
    const at = order ? order.indexOf(axis) : axis + lengths.length - shape.length;
    const scale = this.floats(scales, scales.length === 1 ? [] : [scales.length]);
    const name = this.node('DequantizeLinear', [stored, scale, ...zeros], { axis: at }, `${tensor.name}.float`);
    this.#made.set(`float ${key}`, name);
    return name;
  }

  /** The operand of an operator in the file's order of axes. */
  plain(index: number): Value {
    if (this.isConstant(index)) {
      return { name: this.weights(index), channelsFirst: false, rank: this.constant(index, '').shape.length };
    }
    const value = this.value(index);
    return value.channelsFirst ? this.#turn(value, false) : value;
  }

  /** The operand of an operator that takes images, channels first. */
  images(index: number, acceptsBlocks = false): Value {
    const { length: rank } = this.tensor(index).shape;
    if (rank !== 4) this.unsupported(`an operand has ${rank} axes`, 'are images of four');
    if (this.isConstant(index)) return { name: this.weights(index, TO_CHANNELS_FIRST), channelsFirst: true, rank };
    const value = this.maybeBlocks(index);
    if (value.blocks && !acceptsBlocks) this.value(index);
    return value.channelsFirst ? value : this.#turn(value, true);
  }

  /** An operand to be joined with images: a constant of fewer axes is placed at the file's last ones. */
  besideImages(index: number): Value {
    if (!this.isConstant(index)) return this.images(index);
    const { shape } = this.constant(index, 'operands');
    const lengths = [...new Array<number>(Math.max(4 - shape.length, 0)).fill(1), ...shape];
    if (elementCount(shape) === 1) return { name: this.weights(index, undefined, [1]), channelsFirst: true, rank: 1 };
    if (shape.length === 4) return this.images(index);
    const name = this.node('Reshape', [this.weights(index), this.integers(lengths)]);
    return { name: this.node('Transpose', [name], { perm: TO_CHANNELS_FIRST }), channelsFirst: true, rank: 4 };
  }

  /** A computed value as it stands. Throws ModelError UNDEFINED_VALUE. */
  value(index: number): Value {
    const value = this.maybeBlocks(index);
    if (value.blocks)
      this.unsupported('reads what SPACE_TO_BATCH_ND made', 'are convolutions between it and its inverse');
    return value;
  }

  /** A computed value, which may be dealt out to blocks. */
  maybeBlocks(index: number): Value {
    const value = this.#values.get(index);
    if (value) return value;
    const found = `reads tensor ${describeValue(this.tensor(index).name)}, which nothing before it defines`;
    throw new ModelError('UNDEFINED_VALUE', `${this.where}: ${found}; operators stand in order.`);
  }

  #turn(value: Value, channelsFirst: boolean): Value {
    const known = this.#turned.get(value.name);
    if (known) return known;
    const perm = channelsFirst ? TO_CHANNELS_FIRST : CHANNELS_FIRST;
    const made = {
      ...value,
      name: this.node('Transpose', [value.name], { perm }, `${value.name}.turned`),
      channelsFirst,
    };
    this.#turned.set(value.name, made);
    return made;
  }

  /** Where an axis of the file's order stands in a value; axes below 0 count from the end. */
  axis(value: Value, given: number): number {
    const axis = given < 0 ? given + value.rank : given;
    if (!(axis >= 0 && axis < value.rank)) this.unsupported(`axis is ${given} of ${value.rank}`, 'are those there are');
    return value.channelsFirst ? CHANNELS_FIRST[axis]! : axis;
  }

  /** Declares an input of the network. */
  input(index: number, name: string, channelsFirst: boolean): void {
    this.#define(index, name, channelsFirst);
  }

  /** Says what computes a tensor. */
  define(index: number, name: string, channelsFirst = false, blocks?: Blocks): void {
    if (this.#values.has(index) || this.isConstant(index)) {
      const found = `${describeValue(this.tensor(index).name)} is defined twice`;
      throw new ModelError('DUPLICATE_NAME', `${this.where}: ${found}; tensors are computed once.`);
    }
    this.#define(index, name, channelsFirst, blocks);
  }

  #define(index: number, name: string, channelsFirst: boolean, blocks?: Blocks): void {
    const { shape, quantisation, type, name: base } = this.tensor(index);
    const rank = shape.length;
    if (!quantisation) {
      this.#values.set(index, { name, channelsFirst, rank, blocks });
      return;
    }
    if (type !== 'int8' && type !== 'uint8') this.unsupported(`values are quantised to ${type}`, 'are int8 and uint8');
    if (quantisation.scales.length !== 1) this.unsupported('a computed value has several scales', 'is one');
    const scale = this.floats(quantisation.scales);
    const zero = quantisation.zeroPoints[0] ?? 0;
    const dataType = dataTypeOf(type, this.where);
    const zeroPoint = this.#once(`${type} ${zero}`, { dims: [], dataType, int32Data: [zero] });
    const whole = this.node('QuantizeLinear', [name, scale, zeroPoint], {}, `${base}.int8`);
    const float = this.node('DequantizeLinear', [whole, scale, zeroPoint], {}, `${base}.float`);
    this.#values.set(index, { name: float, channelsFirst, rank, blocks });
  }
}
