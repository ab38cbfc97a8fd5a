/** What rows of the export tables are made of: ONNX nodes in a chain, and their attributes. */

import { ATTRIBUTE_TYPES, type AttributeMessage } from '../../src/formats/onnx/messages.js';
import type { Node } from '../../src/graph/types.js';
import type { Shape } from '../../src/tensor/shape.js';

/** An attribute's value without its name. */
export type AttributeValue = Omit<AttributeMessage, 'name'>;

/** One ONNX node of a chain: its first input is what the chain has computed so far, `others` follow. */
export interface Step {
  readonly opType: string;
  readonly others?: readonly string[];
  readonly attributes?: Readonly<Record<string, AttributeValue>>;
}

/** What a row may ask of the file under construction. */
export interface ExportContext {
  shapeOf(value: string): Shape;
  /** Adds an int64 list and returns its name. */
  integers(values: readonly number[]): string;
  /** Adds float32 numbers, a scalar where the shape is empty, and returns the name. */
  floats(shape: Shape, values: readonly number[]): string;
  /** A value with one number a channel, shaped to broadcast over the other axes of a value with `rank` axes. */
  byChannel(value: string, rank: number): string;
}

/** The chain of a node. It begins with the node's first input and ends with its output. */
export type OperatorExport<Name extends string> = (node: Node<Name>, context: ExportContext) => readonly Step[];

export function integer(value: number): AttributeValue {
  return { type: ATTRIBUTE_TYPES.int, i: value };
}

export function integers(values: readonly number[]): AttributeValue {
  return { type: ATTRIBUTE_TYPES.ints, ints: values };
}

export function float(value: number): AttributeValue {
  return { type: ATTRIBUTE_TYPES.float, f: value };
}

export function text(value: string): AttributeValue {
  return { type: ATTRIBUTE_TYPES.string, s: value };
}
