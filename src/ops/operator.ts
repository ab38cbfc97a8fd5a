/** What an operator is: one row of the table in index.ts, known here by its contract alone. */
import { ModelError, ShapeError } from '../errors.js';
import type { Attribute, Attributes, Node } from '../graph/types.js';
import { formatShape, type Shape } from '../tensor/shape.js';
import type { ReferenceTensor } from '../tensor/tensor.js';

/**
 * An operator's contract. Shapes and tensors come by input position; an absent optional input is `undefined`.
 * Every function is pure.
 */
export interface Operator {
  readonly name: string;
  /** Names of the inputs by position, for messages; those from `required` on may be absent. */
  readonly inputNames: readonly string[];
  readonly required: number;
  /** Whether the last input may be given more than once. */
  readonly repeatsLast?: boolean;
  /** Positions of the inputs that are int8 values, or all of them; all others are float32. None where absent. */
  readonly int8Inputs?: readonly number[] | 'all';
  /** Whether the output is an int8 value. */
  readonly int8Output?: boolean;
  /** Checks every attribute's type and range, and refuses unknown ones. Throws ModelError. */
  checkAttributes(node: Node): void;
  /** Shapes of the outputs. Throws ShapeError where the inputs do not fit each other. */
  inferShapes(node: Node, inputs: readonly (Shape | undefined)[]): Shape[];
  /** The operator in float64: the oracle of kernels and passes, and the constant folder. Never a run-time path. */
  reference(node: Node, inputs: readonly (ReferenceTensor | undefined)[]): ReferenceTensor[];
  /** Multiply-adds, one multiplication and one addition each, as the paper counts them. */
  multiplyAdds(node: Node, inputs: readonly (Shape | undefined)[], outputs: readonly Shape[]): number;
}

/** Where a node stands, for messages. */
export function describeNode(node: Node): string {
  return `node "${node.name}" (${node.operator})`;
}

/** Refuses attributes that an operator does not know. */
export function onlyAttributes(node: Node, known: readonly string[]): void {
  for (const name of Object.keys(node.attributes)) {
    if (!known.includes(name)) {
      const accepted = known.length > 0 ? `accepted are ${known.join(', ')}` : 'it takes none';
      throw new ModelError('UNKNOWN_ATTRIBUTE', `${describeNode(node)}: attribute "${name}" is unknown; ${accepted}.`);
    }
  }
}

/** Refuses an attribute's value. Throws ModelError BAD_ATTRIBUTE. */
export function refuseAttribute(node: Node, name: string, value: Attribute | undefined, accepted: string): never {
  const found = value === undefined ? 'missing' : JSON.stringify(value);
  throw new ModelError('BAD_ATTRIBUTE', `${describeNode(node)}: ${name} is ${found}; accepted is ${accepted}.`);
}

/** Reads a list of whole numbers, each within `[least, most]`. */
export function readIntegers(node: Node, name: string, count: number, least: number, most: number): readonly number[] {
  const value = node.attributes[name];
  const fits =
    Array.isArray(value) &&
    value.length === count &&
    value.every((item) => Number.isInteger(item) && item >= least && item <= most);
  if (!fits) refuseAttribute(node, name, value, `a list of ${count} whole numbers from ${least} to ${most}`);
  return value as readonly number[];
}

/** Reads one whole number within `[least, most]`. */
export function readInteger(node: Node, name: string, least: number, most: number): number {
  const value = node.attributes[name];
  if (typeof value !== 'number' || !Number.isInteger(value) || value < least || value > most) {
    refuseAttribute(node, name, value, `a whole number from ${least} to ${most}`);
  }
  return value;
}

/** Reads one finite number. */
export function readNumber(node: Node, name: string): number {
  const value = node.attributes[name];
  if (typeof value !== 'number' || !Number.isFinite(value)) refuseAttribute(node, name, value, 'a finite number');
  return value;
}

/** Reads a list of finite numbers, each within `[least, most]`. */
export function readNumbers(node: Node, name: string, count: number, least: number, most: number): readonly number[] {
  const value = node.attributes[name];
  const fits = Array.isArray(value) && value.length === count && value.every((item) => item >= least && item <= most);
  if (!fits) refuseAttribute(node, name, value, `a list of ${count} numbers from ${least} to ${most}`);
  return value as readonly number[];
}

/** Reads true or false. */
export function readBoolean(node: Node, name: string): boolean {
  const value = node.attributes[name];
  if (typeof value !== 'boolean') refuseAttribute(node, name, value, 'true or false');
  return value;
}

/** Reads one of the given words. */
export function readWord<W extends string>(node: Node, name: string, words: readonly W[]): W {
  const value = node.attributes[name];
  if (!words.includes(value as W)) refuseAttribute(node, name, value, `one of ${words.join(', ')}`);
  return value as W;
}

/** The name of the input at a position, for messages. */
export function inputName({ inputNames }: Operator, index: number): string {
  return inputNames[Math.min(index, inputNames.length - 1)]!;
}

/** Whether the input at a position is an int8 value. */
export function readsInt8({ int8Inputs = [] }: Operator, index: number): boolean {
  return int8Inputs === 'all' || int8Inputs.includes(index);
}

/** Refuses an input whose shape does not fit. */
export function refuseShape(node: Node, input: string, found: Shape | undefined, accepted: string): never {
  const shape = found ? formatShape(found) : 'nothing';
  throw new ShapeError('NODE_SHAPE', `${describeNode(node)}: ${input} is ${shape}; accepted is ${accepted}.`);
}

/** Refuses an input whose shape is not exactly the expected one. */
export function expectShape(node: Node, input: string, found: Shape | undefined, expected: Shape): void {
  const same = found && found.length === expected.length && found.every((length, axis) => length === expected[axis]);
  if (!same) refuseShape(node, input, found, formatShape(expected));
}

/** The attributes of a node that has none. */
export const NO_ATTRIBUTES: Attributes = {};
