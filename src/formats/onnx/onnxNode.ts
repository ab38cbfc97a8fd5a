/** One node of an ONNX file as importers read it: attributes and operands, each checked when it is asked for. */
import { ModelError } from '../../errors.js';
import { describeValue } from '../../model/json.js';
import type { Quantisation } from '../../ops/quantise.js';
import { formatShape, type Shape } from '../../tensor/shape.js';
import type { Constant } from './constant.js';
import type { AttributeMessage, NodeMessage, TensorMessage } from './messages.js';

/** An int8 value of the graph, `[N, C, H, W]` whatever axes the file gives it, and what its elements mean. */
export interface Int8Value {
  readonly value: string;
  readonly quantisation: Quantisation;
}

/** How the file's own elements differ from the graph's: uint8 ones are 128 more. */
export interface QuantisedType extends Quantisation {
  readonly unsigned: boolean;
}

/**
 * What a name of the file stands for: a constant, or a value of the graph under construction. `given` are the elements
 * that the caller will supply for an input: a constant for nodes that need one. `quantised` says that the value is int8,
 * and how QuantizeLinear made it; `int8` what a float32 value was dequantised from.
 */
export type Operand =
  | { readonly constant: Constant; readonly name: string }
  | {
      readonly constant?: undefined;
      readonly value: string;
      readonly shape: Shape;
      readonly given?: Constant | undefined;
      readonly quantised?: QuantisedType;
      readonly int8?: Int8Value;
    };

/** A node that cannot be imported although it is well formed; all of a file's are reported at once. */
export class UnsupportedNode extends Error {}

/** Gives up a node: what it has, and what would be accepted. */
export function unsupported(found: string, accepted: string): never {
  throw new UnsupportedNode(`${found}; accepted ${accepted}`);
}

/** A node of the file. Operands come by position and are absent where the file leaves them out. */
export class OnnxNode {
  readonly operator: string;
  /** The file's name of the node, or that of its first output where it has none. */
  readonly name: string;
  readonly operatorSet: number;
  readonly outputs: readonly string[];
  readonly operands: readonly (Operand | undefined)[];
  /** Where the node stands, for messages. */
  readonly where: string;
  readonly #attributes = new Map<string, AttributeMessage>();
  readonly #message: NodeMessage;
  readonly #file: string;

  constructor(
    message: NodeMessage,
    operands: readonly (Operand | undefined)[],
    operatorSet: number,
    known: readonly string[],
    file: string,
  ) {
    this.#message = message;
    this.#file = file;
    this.operator = message.opType ?? '';
    this.outputs = message.output ?? [];
    this.name = message.name || (this.outputs[0] ?? '');
    this.operatorSet = operatorSet;
    this.operands = operands;
    this.where = `${file}, node ${describeValue(this.name)} (${this.operator})`;
    for (const attribute of message.attribute ?? []) {
      const { name = '', refAttrName } = attribute;
      if (!known.includes(name) || refAttrName) {
        const accepted = known.length > 0 ? `are ${known.join(', ')}` : 'is none';
        unsupported(`attribute ${describeValue(name)}`, accepted);
      }
      this.#attributes.set(name, attribute);
    }
  }

  /** The same node on other operands, making other outputs. */
  on(operands: readonly (Operand | undefined)[], outputs: readonly string[]): OnnxNode {
    const message = { ...this.#message, name: this.name, output: outputs };
    return new OnnxNode(message, operands, this.operatorSet, [...this.#attributes.keys()], this.#file);
  }

  /** Refuses the node as malformed. Throws ModelError BAD_NODE. */
  refuse(found: string, accepted: string): never {
    throw new ModelError('BAD_NODE', `${this.where}: ${found}; accepted ${accepted}.`);
  }

  hasAttribute(name: string): boolean {
    return this.#attributes.has(name);
  }

  /** A whole number. */
  integer(name: string, fallback: number): number {
    const { i = 0 } = this.#attributes.get(name) ?? { i: fallback };
    if (!Number.isSafeInteger(i)) this.refuse(`${name} is ${i}`, 'is a whole number below 2⁵³');
    return i;
  }

  /** A list of whole numbers; `undefined` where it is absent. */
  integers(name: string): readonly number[] | undefined {
    const attribute = this.#attributes.get(name);
    return attribute && (attribute.ints ?? []);
  }

  /** A number. */
  float(name: string, fallback: number): number {
    const attribute = this.#attributes.get(name);
    return attribute ? (attribute.f ?? 0) : fallback;
  }

  /** A list of numbers; `undefined` where it is absent. */
  floats(name: string): readonly number[] | undefined {
    const attribute = this.#attributes.get(name);
    return attribute && (attribute.floats ?? []);
  }

  /** A word. */
  text(name: string, fallback: string): string {
    const attribute = this.#attributes.get(name);
    return attribute ? (attribute.s ?? '') : fallback;
  }

  /** A tensor; `undefined` where it is absent. */
  tensor(name: string): TensorMessage | undefined {
    return this.#attributes.get(name)?.t;
  }

  /** Gives up the node unless an attribute has the one value that is supported, which is also its default. */
  expectInteger(name: string, accepted: number): void {
    const value = this.integer(name, accepted);
    if (value !== accepted) unsupported(`${name} is ${value}`, `is ${accepted}`);
  }

  /** True where an operand is given. */
  has(index: number): boolean {
    return this.operands[index] !== undefined;
  }

  /** The operand at a position. Throws ModelError BAD_NODE where the file leaves it out. */
  operand(index: number): Operand {
    return this.operands[index] ?? this.refuse(`has no input ${index}`, 'are nodes with all that they need');
  }

  /** An operand that is computed: its name in the graph. */
  value(index = 0): string {
    const operand = this.operand(index);
    if (operand.constant) unsupported(`input ${index} is a constant`, 'is a computed value');
    return operand.value;
  }

  /** The shape of an operand. */
  shape(index = 0): Shape {
    const operand = this.operand(index);
    return operand.constant ? operand.constant.shape : operand.shape;
  }

  /** An operand that is known at import. `what` names it in messages. */
  constant(index: number, what: string): Constant {
    const operand = this.operand(index);
    const constant = operand.constant ?? operand.given;
    return constant ?? unsupported(`${what} are computed`, 'are constants');
  }

  /** A list of whole numbers that is known at import. */
  constantIntegers(index: number, what: string): readonly number[] {
    const { kind, shape, data } = this.constant(index, what);
    if (kind !== 'integer' || shape.length > 1) {
      this.refuse(`${what} are ${kind}s of shape ${formatShape(shape)}`, 'is a list of whole numbers');
    }
    return Array.from(data);
  }

  /** One number that is known at import. */
  constantNumber(index: number, what: string): number {
    const { data } = this.constant(index, what);
    if (data.length !== 1) this.refuse(`${what} has ${data.length} elements`, 'is one number');
    return data[0]!;
  }

  /** Axes below 0 count from the end. Throws ModelError BAD_NODE for one that the shape does not have. */
  axis(given: number, rank: number): number {
    const axis = given < 0 ? given + rank : given;
    if (!Number.isInteger(axis) || axis < 0 || axis >= rank) {
      this.refuse(`axis is ${given} for a value of ${rank} axes`, `are ${-rank} to ${rank - 1}`);
    }
    return axis;
  }

  /** An attribute of whole numbers, or the operand at a position in later operator sets; `undefined` for neither. */
  integersOrOperand(name: string, index: number): readonly number[] | undefined {
    return this.integers(name) ?? (this.has(index) ? this.constantIntegers(index, name) : undefined);
  }
}
