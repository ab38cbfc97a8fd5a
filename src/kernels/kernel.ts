/** What a kernel is: one row of the table in index.ts. No kernel holds a WASM instance; all of this is arithmetic. */
import type { Node } from '../graph/types.js';
import { channelStride, type Layout } from '../tensor/layout.js';
import type { Shape } from '../tensor/shape.js';
import type { Tensor } from '../tensor/tensor.js';
import { type Address, type Argument, orderArguments, type StructLayout } from './struct.js';

/**
 * Builds of the kernels. `plain` and `relaxed` SIMD ship; `wide` is the relaxed binary on an engine that joins pairs of
 * 128-bit operations into 256-bit ones, with the tiles that suit it; `checked` has asserts, for tests.
 */
export type Build = 'plain' | 'relaxed' | 'wide' | 'checked';

/** One node in its graph: shapes of its inputs and outputs, and the tensors among its inputs, all by position. */
export interface Site {
  readonly node: Node;
  readonly inputs: readonly (Shape | undefined)[];
  readonly outputs: readonly Shape[];
  readonly tensors: readonly (Tensor | undefined)[];
}

/** Packed tensors of a site by name, in the order in which they are stored. */
export type PackedParts = Readonly<Record<string, Float32Array>>;

/** Where a site's values, packed parts and scratch stand. */
export interface Places {
  /** Values by input position; `null` for tensors and absent inputs. */
  readonly inputs: readonly Address[];
  readonly outputs: readonly Address[];
  /** Packed parts by name; `null` for a part that is empty. */
  readonly parts: Readonly<Record<string, Address>>;
  readonly scratch: Address;
}

/** One way to run some nodes of an operator. */
export interface Kernel {
  /** The name of its export in assembly/. */
  readonly name: string;
  /** The operators whose nodes it may run. */
  readonly operators: readonly string[];
  /** The builds in which dispatch may choose it; others run it in tests and benchmarks alone. */
  readonly builds: readonly Build[];
  /** The layout in which it reads and writes values. */
  readonly layout: Layout;
  /** Kernels with the same packing read the same packed parts, so that a shape may choose among them. */
  readonly packing: string;
  /** Whether it can run a node with these shapes. */
  accepts(site: Site): boolean;
  /** The node's tensors in the kernel's own order; independent of batch, height and width of the input. */
  pack(site: Site): PackedParts;
  /** Length of the parallel axis. */
  extent(site: Site): number;
  /** Scratch of one lane. */
  scratchBytes(site: Site): number;
  /** The argument struct's fields in order. */
  writeArguments(site: Site, places: Places): Argument[];
}

/** What most kernels have in common, so that a row states only its own. */
export interface KernelRow<T extends object> {
  readonly name: string;
  readonly operators: readonly string[];
  readonly builds?: readonly Build[];
  readonly packing?: string;
  readonly struct: StructLayout<T>;
  accepts(site: Site): boolean;
  pack?(site: Site): PackedParts;
  extent(site: Site): number;
  scratchBytes?(site: Site): number;
  arguments(site: Site, places: Places): T;
}

/** All builds. */
export const ALL_BUILDS: readonly Build[] = ['plain', 'relaxed', 'wide', 'checked'];

/** Completes a row with the defaults: every build, `nhwc`, a packing of its own, no parts, no scratch. */
export function kernelRow<T extends object>(row: KernelRow<T>): Kernel {
  return {
    name: row.name,
    operators: row.operators,
    builds: row.builds ?? ALL_BUILDS,
    layout: 'nhwc',
    packing: row.packing ?? row.name,
    accepts: row.accepts,
    pack: row.pack ?? (() => ({})),
    extent: row.extent,
    scratchBytes: row.scratchBytes ?? (() => 0),
    writeArguments: (site, places) => orderArguments(row.struct, row.arguments(site, places)),
  };
}

/** Vectors of four channels in one stored pixel. */
export function channelBlocks(channels: number): number {
  return channelStride(channels) / 4;
}
