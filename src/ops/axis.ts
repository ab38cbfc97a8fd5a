/** An axis of a shape as operators take it: whole numbers from 0, and the strides on both sides of it. */
import { elementCount, MOST_AXES, type Shape } from '../tensor/shape.js';
import { integer } from './attributes.js';
import { type OperatorNode, refuseShape } from './operator.js';

/** The axes that a shape may have are 0 to this. */
export const LAST_AXIS = MOST_AXES - 1;

/** Attribute `axis`. */
export const AXIS = integer(0, LAST_AXIS, 'axis of the input');

/** A node that has the attribute. */
export type AxisNode = OperatorNode<{ readonly axis: number }>;

/** Attribute `axis` of a node whose input has this shape. Throws ShapeError where it has no such axis. */
export function axisOf(node: AxisNode, input: Shape | undefined): number {
  const { axis } = node.attributes;
  if (!input || axis >= input.length) refuseShape(node, 'input', input, `a shape that has axis ${axis}`);
  return axis;
}

/** A shape split at an axis: how often the axis occurs, its length, and the elements of one step along it. */
export interface AxisStrides {
  readonly outer: number;
  readonly length: number;
  readonly inner: number;
}

/** Splits a shape at an axis. */
export function axisStrides(shape: Shape, axis: number): AxisStrides {
  return {
    outer: elementCount(shape.slice(0, axis)),
    length: shape[axis]!,
    inner: elementCount(shape.slice(axis + 1)),
  };
}
