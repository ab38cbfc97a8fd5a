/** What a kernel is: one row of a set's table. No kernel holds a WASM instance; all of this is arithmetic. */
import type { Node } from '../graph/types.js';
import type { OperatorName } from '../ops/index.js';
import { CHANNEL_BLOCK, channelStride, type Layout } from '../tensor/layout.js';
import { imageShape, type Shape } from '../tensor/shape.js';
import type { Tensor } from '../tensor/tensor.js';
import { type Address, type Argument, orderArguments, type StructLayout } from './struct.js';

/**
 * Builds of the kernels. `plain` and `relaxed` SIMD ship; `wide` is the relaxed binary on an engine that joins pairs of
 * 128-bit operations into 256-bit ones, with the tiles that suit it; `checked` has asserts, for tests.
 */
export type Build = 'plain' | 'relaxed' | 'wide' | 'checked';

/**
 * Sets of kernels, each a binary of its own in every build: the core, which embedding networks run on alone, and what
 * other graphs need, which is loaded with the first of them.
 */
export type KernelSet = 'core' | 'further';

/** One node in its graph: shapes of its inputs and outputs, and the tensors among its inputs, all by position. */
export interface Site<Name extends string = string> {
  readonly node: Node<Name>;
  readonly inputs: readonly (Shape | undefined)[];
  readonly outputs: readonly Shape[];
  readonly tensors: readonly (Tensor | undefined)[];
}

/** Packed tensors of a site by name, in the order in which they are stored. */
export type PackedParts = Readonly<Record<string, PackedPart>>;

/** A packed tensor: its elements, or how many there are and the way to write all of them. */
export type PackedPart = Float32Array | { readonly length: number; write(target: Float32Array): void };

/** Writes a packed tensor into memory of its length: large ones are never elsewhere before. */
export function writePart(part: PackedPart, target: Float32Array): void {
  if (part instanceof Float32Array) target.set(part);
  else part.write(target);
}

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
  /** The layout in which it reads values. */
  readonly layout: Layout;
  /** The layout in which it writes values: another one in the kernels that convert alone. */
  readonly outputLayout: Layout;
  /** Kernels with the same packing read the same packed parts, so that a shape may choose among them. */
  readonly packing: string;
  /** Whether it computes with the relaxed dot product of bytes, which some runtimes get wrong. */
  readonly relaxedDot: boolean;
  /** Whether it can run a node with these shapes. */
  accepts(site: Site): boolean;
  /** Whether dispatch may choose it in a build for a site that it accepts; a later row does where it may not. */
  suits(site: Site, build: Build): boolean;
  /** The node's tensors in the kernel's own order; independent of batch, height and width of the input. */
  pack(site: Site): PackedParts;
  /** Length of the parallel axis. */
  extent(site: Site): number;
  /** Scratch of one lane. */
  scratchBytes(site: Site): number;
  /** The argument struct's fields in order, and what follows the struct in some kernels. */
  writeArguments(site: Site, places: Places): Argument[];
}

/** What most kernels have in common, so that a row states only its own. */
export interface KernelRow<T extends object, Name extends OperatorName> {
  readonly name: string;
  readonly operators: readonly Name[];
  /** The builds in which dispatch may choose it, every one by default; others run it in tests and benchmarks alone. */
  readonly builds?: readonly Build[];
  readonly layout?: Layout;
  readonly outputLayout?: Layout;
  readonly packing?: string;
  readonly relaxedDot?: boolean;
  readonly struct: StructLayout<T>;
  accepts(site: Site<NoInfer<Name>>): boolean;
  /** Where it is faster than the rows after it; everywhere by default. */
  suits?(site: Site<NoInfer<Name>>, build: Build): boolean;
  pack?(site: Site<NoInfer<Name>>): PackedParts;
  extent(site: Site<NoInfer<Name>>): number;
  scratchBytes?(site: Site<NoInfer<Name>>): number;
  arguments(site: Site<NoInfer<Name>>, places: Places): NoInfer<T>;
  /** Fields that follow the struct: a table as long as the site needs. */
  trailing?(site: Site<NoInfer<Name>>, places: Places): Argument[];
}

/** All builds. */
export const ALL_BUILDS: readonly Build[] = ['plain', 'relaxed', 'wide', 'checked'];

/** Completes a row with the defaults: every build, `nhwc`, a packing of its own, no parts, no scratch. */
export function kernelRow<T extends object, const Name extends OperatorName>(row: KernelRow<T, Name>): Kernel {
  // The planner asks a row about nodes of its operators alone.
  const own = (site: Site) => site as unknown as Site<Name>;
  return {
    name: row.name,
    operators: row.operators,
    layout: row.layout ?? 'nhwc',
    outputLayout: row.outputLayout ?? row.layout ?? 'nhwc',
    packing: row.packing ?? row.name,
    relaxedDot: row.relaxedDot ?? false,
    accepts: (site) => row.accepts(own(site)),
    suits: (site, build) => (row.builds ?? ALL_BUILDS).includes(build) && (row.suits?.(own(site), build) ?? true),
    pack: (site) => row.pack?.(own(site)) ?? {},
    extent: (site) => row.extent(own(site)),
    scratchBytes: (site) => row.scratchBytes?.(own(site)) ?? 0,
    writeArguments: (site, places) => [
      ...orderArguments(row.struct, row.arguments(own(site), places)),
      ...(row.trailing?.(own(site), places) ?? []),
    ],
  };
}

/** Vectors of four channels in one stored pixel. */
export function channelBlocks(channels: number): number {
  return channelStride(channels) / CHANNEL_BLOCK;
}

/** Channels in the last vector of a stored pixel, 1 to 4. */
export function tailChannels(channels: number): number {
  return channels - channelStride(channels) + CHANNEL_BLOCK;
}

/** Pixels of all images of a value. */
export function storedPixels(shape: Shape): number {
  const { batch, height, width } = imageShape(shape);
  return batch * height * width;
}

/** Rows of all images of a value. */
export function storedRows(shape: Shape): number {
  const { batch, height } = imageShape(shape);
  return batch * height;
}
