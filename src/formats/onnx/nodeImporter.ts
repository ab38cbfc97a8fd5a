/** What an importer of one ONNX operator is: one row of the table in operators/index.ts. */
import { elementCount, type Shape } from '../../tensor/shape.js';
import type { Constant } from './constant.js';
import type { GraphImporter } from './graphImporter.js';
import type { OnnxNode } from './onnxNode.js';

/** One row of the table. */
export interface NodeImporter {
  /** The operator's name in ONNX. */
  readonly operator: string;
  /** Attributes that it understands; a node with another one is not supported. */
  readonly attributes: readonly string[];
  /** Operands, least and most; later ones may be left out. */
  readonly inputs: readonly [number, number];
  /** Outputs, most; a file that reads one beyond is not supported. One where absent. */
  readonly outputs?: number;
  /**
   * Whether it means the same for whole numbers: it moves them, so that computed ones may pass; or it computes from
   * them without rounding, so that constants may. Neither where absent.
   */
  readonly wholeNumbers?: 'moved' | 'constants' | undefined;
  /**
   * What it does with int8 values: it reads them as they are; or it moves or chooses elements, so that the result has
   * their quantisation; or it cannot have them. Where absent, operators that move whole numbers move int8 values.
   */
  readonly int8?: 'read' | 'kept' | 'refused';
  /** Defines the node's outputs. */
  import(node: OnnxNode, graph: GraphImporter): void;
}

/** The shape of a constant, aligned at its end with a value of `rank` axes. */
export function alignedShape(shape: Shape, rank: number): Shape {
  return [...new Array<number>(Math.max(rank - shape.length, 0)).fill(1), ...shape];
}

/**
 * The elements of a constant that broadcasts over a value one by channel, or one for all; `undefined` where it differs
 * along another axis, or makes the value larger.
 */
export function channelVector({ shape, data }: Constant, value: Shape, axis?: number): Float32Array | undefined {
  const placed =
    axis === undefined ? shape : [...shape, ...new Array<number>(value.length - axis - shape.length).fill(1)];
  const lengths = alignedShape(placed, value.length);
  const channels = value[1] ?? 0;
  const single = elementCount(lengths) === 1;
  const byChannel = lengths.every((length, index) => length === (index === 1 ? channels : 1));
  if (lengths.length !== value.length || (!single && !byChannel)) return undefined;
  return Float32Array.from(data);
}
