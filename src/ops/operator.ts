/** What an operator is: one row of the table in index.ts, known here by its contract alone. */
import { ModelError, ShapeError } from '../errors.js';
import { formatShape, type Shape } from '../tensor/shape.js';
import type { ReferenceTensor } from '../tensor/tensor.js';
import {
  type Attribute,
  type AttributeRules,
  type Attributes,
  type AttributesOf,
  accepted,
  applies,
  fits,
} from './attributes.js';

/**
 * One application of an operator, with its attributes.
 * `inputs` are value or tensor names by position, as the operator documents them; an absent optional input is `''`.
 */
export interface OperatorNode<A extends object = Attributes> {
  readonly name: string;
  readonly operator: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: A;
}

/** What a message calls a node by. */
export type NodeName = Pick<OperatorNode, 'name' | 'operator'>;

type Shapes = readonly (Shape | undefined)[];

/**
 * An operator's contract. Shapes and tensors come by input position; an absent optional input is `undefined`.
 * Every function is pure, and takes nodes whose attributes are checked and complete.
 */
export interface Operator<Name extends string = string, D extends AttributeRules = AttributeRules> {
  readonly name: Name;
  /** Names of the inputs by position, for messages; those from `required` on may be absent. */
  readonly inputNames: readonly string[];
  readonly required: number;
  /** Whether the last input may be given more than once. */
  readonly repeatsLast?: boolean;
  /** Positions of the inputs that are int8 values, or all of them; all others are float32. None where absent. */
  readonly int8Inputs?: readonly number[] | 'all';
  /** Whether the output is an int8 value. */
  readonly int8Output?: boolean;
  readonly attributes: D;
  /** What no attribute's own rule says: how they fit each other and the inputs. Throws ModelError. */
  check?(node: OperatorNode<AttributesOf<D>>): void;
  /** Shapes of the outputs. Throws ShapeError where the inputs do not fit each other. */
  inferShapes(node: OperatorNode<AttributesOf<D>>, inputs: Shapes): Shape[];
  /**
   * The operator in float64, for outputs of these shapes: the oracle of kernels and passes, and the constant folder.
   * Never a run-time path.
   */
  reference(
    node: OperatorNode<AttributesOf<D>>,
    inputs: readonly (ReferenceTensor | undefined)[],
    outputs: readonly [Shape, ...Shape[]],
  ): ReferenceTensor[];
  /** Multiply-adds, one multiplication and one addition each, as the paper counts them. */
  multiplyAdds(node: OperatorNode<AttributesOf<D>>, inputs: Shapes, outputs: readonly Shape[]): number;
}

/** A row of the table: what most operators have in common may be left out. */
type OperatorRow<Name extends string, D extends AttributeRules> = Omit<
  Operator<Name, D>,
  'required' | 'attributes' | 'multiplyAdds'
> &
  Partial<Operator<Name, D>>;

/** Completes a row: every input required, no attributes, no multiply-adds. */
export function operator<const Name extends string, D extends AttributeRules = Record<never, never>>(
  row: OperatorRow<Name, D>,
): Operator<Name, D> {
  return { required: row.inputNames.length, attributes: {} as D, multiplyAdds: () => 0, ...row };
}

/** The same operator on int8 values alone, under another name. */
export function onInt8<const Name extends string, D extends AttributeRules>(
  row: Operator<string, D>,
  name: Name,
): Operator<Name, D> {
  return { ...row, name, int8Inputs: 'all', int8Output: true };
}

/** Where a node stands, for messages. */
export function describeNode(node: NodeName): string {
  return `node "${node.name}" (${node.operator})`;
}

/** Refuses an attribute's value. Throws ModelError BAD_ATTRIBUTE. */
export function refuseAttribute(node: NodeName, name: string, value: Attribute | undefined, what: string): never {
  const found = value === undefined ? 'missing' : JSON.stringify(value);
  throw new ModelError('BAD_ATTRIBUTE', `${describeNode(node)}: ${name} is ${found}; accepted is ${what}.`);
}

/** Refuses an attribute that does not belong to a node. Throws ModelError UNKNOWN_ATTRIBUTE. */
export function refuseUnknown(node: NodeName, name: string, known: readonly string[]): never {
  const what = known.length > 0 ? `accepted are ${known.join(', ')}` : 'it takes none';
  throw new ModelError('UNKNOWN_ATTRIBUTE', `${describeNode(node)}: attribute "${name}" is unknown; ${what}.`);
}

/**
 * Checks every attribute of a node by its operator's rules and gives the node with the defaults of those that are left
 * out; the same node where none is. Throws ModelError UNKNOWN_ATTRIBUTE or BAD_ATTRIBUTE.
 */
export function completeNode<N extends OperatorNode>(node: N, row: Operator): N {
  const { attributes: rules } = row;
  const given: Attributes = node.attributes;
  const known = () => Object.keys(rules).filter((key) => applies(rules[key]!, given));
  for (const name of Object.keys(given)) if (!Object.hasOwn(rules, name)) refuseUnknown(node, name, known());
  for (const [name, rule] of Object.entries(rules)) {
    const value = given[name];
    const isNeeded = applies(rule, given);
    if (!isNeeded && value !== undefined) refuseUnknown(node, name, known());
    const mayLack = rule.presence === 'defaulted' || (rule.presence === 'optional' && !(rule.when && isNeeded));
    if (value === undefined ? !mayLack : !fits(rule, value)) refuseAttribute(node, name, value, accepted(rule));
  }
  const complete = withDefaults(node, row);
  row.check?.(complete);
  return complete;
}

/** A node with the defaults of the attributes that it leaves out; the same node where it leaves out none. */
export function withDefaults<N extends OperatorNode>(node: N, { attributes: rules }: Operator): N {
  let complete = node;
  for (const [name, { fallback }] of Object.entries(rules)) {
    if (fallback === undefined || node.attributes[name] !== undefined) continue;
    complete = { ...complete, attributes: { ...complete.attributes, [name]: fallback } };
  }
  return complete;
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
export function refuseShape(node: NodeName, input: string, found: Shape | undefined, accepted: string): never {
  const shape = found ? formatShape(found) : 'nothing';
  throw new ShapeError('NODE_SHAPE', `${describeNode(node)}: ${input} is ${shape}; accepted is ${accepted}.`);
}

/** Refuses an input whose shape is not exactly the expected one. */
export function expectShape(node: NodeName, input: string, found: Shape | undefined, expected: Shape): void {
  const same = found && found.length === expected.length && found.every((length, axis) => length === expected[axis]);
  if (!same) refuseShape(node, input, found, formatShape(expected));
}

/** The attributes of a node that has none. */
export const NO_ATTRIBUTES: Record<never, never> = {};
