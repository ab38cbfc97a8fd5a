/** The physical form of a graph for one build and one set of input shapes: kernels, offsets, extents; never saved. */
import type { Build } from '../kernels/kernel.js';
import type { Argument } from '../kernels/struct.js';
import type { Layout } from '../tensor/layout.js';
import type { Shape } from '../tensor/shape.js';
import type { ElementType } from '../tensor/tensor.js';

/** A value in the arena. */
export interface PlannedValue {
  readonly name: string;
  readonly shape: Shape;
  readonly elementType: ElementType;
  readonly layout: Layout;
  /** From the arena's base. */
  readonly offsetBytes: number;
  readonly sizeBytes: number;
  /** First and last step that the value is needed by, −1 before the first; the end is inclusive. */
  readonly begin: number;
  readonly end: number;
}

/** One kernel call. */
export interface Step {
  /** The name of the node that it computes. */
  readonly node: string;
  /** The export's name. */
  readonly kernel: string;
  readonly arguments: readonly Argument[];
  /** Length of the parallel axis; lanes share `[0, extent)`. */
  readonly extent: number;
}

/** All that a run needs but the bases of its regions. */
export interface Plan {
  readonly build: Build;
  readonly inputs: readonly PlannedValue[];
  readonly outputs: readonly PlannedValue[];
  readonly values: readonly PlannedValue[];
  readonly steps: readonly Step[];
  readonly arenaBytes: number;
  /** Of one lane. */
  readonly scratchBytes: number;
}
