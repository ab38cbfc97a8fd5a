/** What lowering one builtin operator of TFLite is: one row of the table in index.ts. */
import type { Blocks, Lowering, Value } from '../lowering.js';
import type { TfliteStep } from '../schema.js';

/** One row of the table. */
export interface Builtin {
  /** The operator's number in files. */
  readonly code: number;
  /** TFLite's own name. */
  readonly name: string;
  /** Defines the step's outputs. */
  lower(step: TfliteStep, graph: Lowering): void;
}

/** A step's tensor at a position. Throws ModelError UNSUPPORTED_ATTRIBUTE where the file leaves it out. */
export function input(step: TfliteStep, graph: Lowering, position: number): number {
  const index = step.inputs[position] ?? -1;
  return index >= 0 ? index : graph.unsupported(`has no input ${position}`, 'are operators with all that they need');
}

/** True where the file gives an optional operand. */
export function hasInput(step: TfliteStep, position: number): boolean {
  return (step.inputs[position] ?? -1) >= 0;
}

/** A field of an operator's options; the schema's default where the file leaves it out. */
export function option(step: TfliteStep, field: number, fallback = 0): number {
  return step.options?.int32(field, fallback) ?? fallback;
}

/** A field of one byte: a choice of several, or truth. */
export function choice(step: TfliteStep, field: number): number {
  return step.options?.uint8(field) ?? 0;
}

/** The output's name in the file, from which those of its nodes are made. */
export function outputName({ outputs }: TfliteStep, graph: Lowering): string {
  const index = outputs[0] ?? graph.unsupported('has no output', 'are operators with one or more');
  return graph.tensor(index).name;
}

/** Appends the activation that a field of an operator's options names. */
export function activated(step: TfliteStep, graph: Lowering, field: number, name: string): string {
  const base = outputName(step, graph);
  const kind = choice(step, field);
  switch (kind) {
    case 0:
      return name;
    case 1:
      return graph.node('Relu', [name], {}, base);
    case 2:
      return graph.node('Clip', [name, graph.floats([-1]), graph.floats([1])], {}, base);
    case 3:
      return graph.node('Clip', [name, graph.floats([0]), graph.floats([6])], {}, base);
    case 4:
      return graph.node('Tanh', [name], {}, base);
    default:
      return graph.unsupported(`its fused activation is ${kind}`, 'are none, RELU, RELU_N1_TO_1, RELU6 and TANH');
  }
}

/** The one output of a step. */
export function define(step: TfliteStep, graph: Lowering, name: string, channelsFirst: boolean, blocks?: Blocks): void {
  graph.define(step.outputs[0]!, name, channelsFirst, blocks);
}

/** Fields that stand for a window's padding. */
export function autoPad(step: TfliteStep): 'SAME_UPPER' | 'VALID' {
  return choice(step, 0) === 0 ? 'SAME_UPPER' : 'VALID';
}

/** An operand as it stands, whatever its order; constants in the file's own. */
export function anyOrder(graph: Lowering, index: number): Value {
  return graph.isConstant(index) ? graph.plain(index) : graph.value(index);
}

export type { Lowering, TfliteStep, Value };
