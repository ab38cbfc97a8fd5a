/** Smaller copies of images by the SIMD kernels, in a memory of their own: what `resizeRegion` gives, sooner. */
import { UnavailableError } from '../errors.js';
import type { RgbImage } from '../image/image.js';
import { type Region, resizeRegion } from '../image/resize.js';
import { tapStride, triangleTaps } from '../image/triangle.js';
import { shrinkColumnsArguments, shrinkCopyArguments, shrinkRowsArguments } from '../kernels/furtherArguments.js';
import {
  LARGEST_STEP,
  LEAST_ROW_BYTES,
  RAMP_BYTES,
  RAMP_MARGIN,
  SHRINK_COLUMNS,
  SHRINK_ROWS,
  SLACK_BYTES,
} from '../kernels/shrink.js';
import { type Address, type Argument, NO_BASES, orderArguments, writeArguments } from '../kernels/struct.js';
import { DEFAULT_MEMORY_BYTES, type MemoryRegion, RegionMemory } from './memory.js';
import { instantiate } from './module.js';
import type { KernelFunction } from './run.js';

/** The size of a copy in pixels. */
export interface CopySize {
  readonly width: number;
  readonly height: number;
}

/** Bytes of filtered rows that one pass over the image leaves behind, unless a single copy needs more. */
const PASS_BYTES = 32 * 1024 * 1024;

const ALIGNMENT_BYTES = 16;

/** Places that a pass needs, one behind the other; the memory is asked for them all at once. */
class Places {
  #sizeBytes = 0;

  /** The offset of a new place. */
  add(sizeBytes: number): number {
    const offset = this.#sizeBytes;
    this.#sizeBytes += Math.ceil(sizeBytes / ALIGNMENT_BYTES) * ALIGNMENT_BYTES;
    return offset;
  }

  get sizeBytes(): number {
    return this.#sizeBytes;
  }
}

const EMPTY: MemoryRegion = { begin: 0, end: 0 };

/** A copy's part of a pass. */
interface PlannedCopy {
  readonly size: CopySize;
  readonly below: number;
  readonly beyond: number;
  readonly bends: number;
  readonly factors: number;
  readonly rows: number;
  readonly first: number;
  readonly counts: number;
  readonly weights: number;
  readonly output: number;
  /** Weights of an output row. */
  readonly stride: number;
}

function address(offsetBytes: number): Address {
  return { region: 'arena', offsetBytes };
}

/** The pixels that a region and an image of `length` share along an axis. */
function overlap(begin: number, extent: number, length: number): { readonly begin: number; readonly length: number } {
  const from = Math.min(Math.max(begin, 0), length);
  return { begin: from, length: Math.max(0, Math.min(begin + extent, length) - from) };
}

/** Whose kernels a shrinker computes with: an engine. */
export interface FurtherKernels {
  furtherModule(): Promise<WebAssembly.Module>;
}

/** Shrinks parts of one image after another. Make one with `ImageShrinker.create`. */
export class ImageShrinker {
  readonly #memory: RegionMemory;
  readonly #rows: KernelFunction;
  readonly #columns: KernelFunction;
  readonly #structs: MemoryRegion;
  #image: RgbImage | undefined;
  readonly #regions = { pixels: EMPTY, work: EMPTY };
  #disposed = false;

  private constructor(module: WebAssembly.Module, maximumMemoryBytes: number) {
    this.#memory = new RegionMemory(maximumMemoryBytes);
    const kernels = instantiate(module, this.#memory.memory);
    this.#rows = kernels[SHRINK_ROWS]!;
    this.#columns = kernels[SHRINK_COLUMNS]!;
    this.#structs = this.#memory.allocate(
      4 * (shrinkRowsArguments.fields.length + shrinkColumnsArguments.fields.length),
    );
  }

  /**
   * Makes a shrinker in a memory of its own of at most `maximumMemoryBytes`, 512 MiB by default; it outlives the engine.
   * Throws UnavailableError NO_SHARED_MEMORY, DISPOSED, NO_KERNELS or WASM_FORBIDDEN.
   */
  static async create(engine: FurtherKernels, maximumMemoryBytes = DEFAULT_MEMORY_BYTES): Promise<ImageShrinker> {
    return new ImageShrinker(await engine.furtherModule(), maximumMemoryBytes);
  }

  /** Bytes that the memory has grown to. */
  get memoryBytes(): number {
    return this.#memory.sizeBytes;
  }

  /** Size of the loaded image. Throws UnavailableError NO_IMAGE. */
  get size(): CopySize {
    return this.#requireImage();
  }

  /** Takes an image, in place of the one before. Throws UnavailableError OUT_OF_MEMORY or DISPOSED. */
  load(image: RgbImage): void {
    this.#requireAlive();
    const { begin } = this.#grow('pixels', image.data.length + SLACK_BYTES);
    this.#bytes(begin, image.data.length).set(image.data);
    this.#image = image;
  }

  /**
   * Copies of a region of the loaded image, black where it passes the image; the region's corners are whole pixels. A
   * copy that is larger than the region along either side, or a few pixels wide, takes longer.
   * Throws UnavailableError NO_IMAGE, OUT_OF_MEMORY or DISPOSED.
   */
  shrink(region: Region, sizes: readonly CopySize[]): RgbImage[] {
    this.#requireAlive();
    const copies: RgbImage[] = [];
    for (let begin = 0; begin < sizes.length; ) {
      const end = this.#passEnd(region, sizes, begin);
      copies.push(...this.#pass(region, sizes.slice(begin, end)));
      begin = end;
    }
    return copies;
  }

  /** Gives the memory up; the shrinker refuses to work from here on. */
  dispose(): void {
    this.#disposed = true;
    this.#image = undefined;
  }

  /** `dispose`, for a declaration with `using`. */
  [Symbol.dispose](): void {
    this.dispose();
  }

  #requireAlive(): void {
    if (this.#disposed) throw new UnavailableError('DISPOSED', 'the image shrinker was disposed; make a new one.');
  }

  #requireImage(): RgbImage {
    if (this.#image) return this.#image;
    throw new UnavailableError('NO_IMAGE', 'the image shrinker has no image; load one first.');
  }

  /** So many copies go into one pass that their filtered rows do not take too much memory, one at least. */
  #passEnd(region: Region, sizes: readonly CopySize[], begin: number): number {
    let end = begin;
    for (let bytes = 0; end < sizes.length; end++) {
      bytes += sizes[end]!.width * 3 * region.height;
      if (bytes > PASS_BYTES && end > begin) break;
    }
    return end;
  }

  #pass(region: Region, sizes: readonly CopySize[]): RgbImage[] {
    const image = this.#requireImage();
    const across = overlap(region.x, region.width, image.width);
    const down = overlap(region.y, region.height, image.height);
    const fits = ({ width, height }: CopySize) =>
      width <= region.width &&
      height <= region.height &&
      width * 3 >= LEAST_ROW_BYTES &&
      region.width <= width * LARGEST_STEP;
    if (across.length === 0 || down.length === 0 || !sizes.every(fits)) {
      return sizes.map(({ width, height }) => resizeRegion(image, region, width, height));
    }
    const places = new Places();
    const ramp = places.add((across.length + RAMP_MARGIN) * RAMP_BYTES);
    const structs = places.add(4 * shrinkCopyArguments.fields.length * sizes.length);
    const planned = sizes.map((size) => planCopy(places, size, region, down.length));
    const { begin } = this.#grow('work', places.sizeBytes + SLACK_BYTES);
    const fields = planned.flatMap((copy) => this.#writeTables(copy, region, across, down, begin));
    writeArguments(fields, NO_BASES, this.#memory.view, begin + structs);
    const rowBytes = image.width * 3;
    const rows = orderArguments(shrinkRowsArguments, {
      image: address(this.#regions.pixels.begin + down.begin * rowBytes + across.begin * 3),
      rowBytes,
      width: across.length,
      ramp: address(begin + ramp),
      copies: address(begin + structs),
      copyCount: sizes.length,
    });
    this.#call(this.#rows, rows, down.length);
    return planned.map((copy) => this.#filterColumns(copy, begin));
  }

  #filterColumns({ size, ...copy }: PlannedCopy, begin: number): RgbImage {
    const rowBytes = size.width * 3;
    const columns = orderArguments(shrinkColumnsArguments, {
      rows: address(begin + copy.rows),
      output: address(begin + copy.output),
      rowBytes,
      first: address(begin + copy.first),
      counts: address(begin + copy.counts),
      weights: address(begin + copy.weights),
      stride: copy.stride,
    });
    this.#call(this.#columns, columns, size.height);
    const data = this.#bytes(begin + copy.output, rowBytes * size.height).slice();
    return { data, width: size.width, height: size.height, channels: 3 };
  }

  #call(kernel: KernelFunction, fields: readonly Argument[], extent: number): void {
    writeArguments(fields, NO_BASES, this.#memory.view, this.#structs.begin);
    kernel(this.#structs.begin, 0, extent);
  }

  /** Writes a copy's tables and gives its struct. */
  #writeTables(copy: PlannedCopy, region: Region, across: Overlap, down: Overlap, begin: number): Argument[] {
    const { width, height } = copy.size;
    const { buffer } = this.#memory.memory;
    writePlaces(region.x - across.begin, region.width / width, across.length, {
      below: new Int32Array(buffer, begin + copy.below, width + 2),
      beyond: new Float32Array(buffer, begin + copy.beyond, width + 2),
      bends: new Int32Array(buffer, begin + copy.bends, width),
    });
    writeFactors(region.width, new Float32Array(buffer, begin + copy.factors, width));
    const taps = triangleTaps(region.y - down.begin, region.height, down.length, height);
    new Int32Array(buffer, begin + copy.first, height).set(taps.first);
    new Int32Array(buffer, begin + copy.counts, height).set(taps.counts);
    new Float32Array(buffer, begin + copy.weights, taps.weights.length).set(taps.weights);
    return orderArguments(shrinkCopyArguments, {
      outputs: width,
      below: address(begin + copy.below),
      beyond: address(begin + copy.beyond),
      bends: address(begin + copy.bends),
      factors: address(begin + copy.factors),
      rows: address(begin + copy.rows),
    });
  }

  #bytes(begin: number, length: number): Uint8Array {
    return new Uint8Array(this.#memory.memory.buffer, begin, length);
  }

  /** Makes a region at least that large; after a failure it is empty, and nothing is loaded. */
  #grow(which: 'pixels' | 'work', sizeBytes: number): MemoryRegion {
    const region = this.#regions[which];
    if (region.end - region.begin >= sizeBytes) return region;
    this.#memory.release(region);
    this.#image = which === 'pixels' ? undefined : this.#image;
    this.#regions[which] = EMPTY;
    this.#regions[which] = this.#memory.allocate(sizeBytes);
    return this.#regions[which];
  }
}

type Overlap = ReturnType<typeof overlap>;

function planCopy(places: Places, size: CopySize, region: Region, rows: number): PlannedCopy {
  const { width, height } = size;
  const stride = tapStride(region.height / height);
  return {
    size,
    below: places.add(4 * (width + 2)),
    beyond: places.add(4 * (width + 2)),
    bends: places.add(4 * width),
    factors: places.add(4 * width),
    rows: places.add(3 * width * rows + SLACK_BYTES),
    first: places.add(4 * height),
    counts: places.add(4 * height),
    weights: places.add(4 * height * stride),
    output: places.add(3 * width * height),
    stride,
  };
}

/** Where the ramp is looked at: a step before the first output's centre, at each, and a step behind the last. */
function writePlaces(
  begin: number,
  step: number,
  length: number,
  { below, beyond, bends }: { readonly below: Int32Array; readonly beyond: Float32Array; readonly bends: Int32Array },
): void {
  for (let place = 0; place < below.length; place++) {
    const position = begin + (place - 0.5) * step - 0.5;
    const index = Math.min(Math.max(Math.floor(position), -1), length);
    below[place] = (index + 1) * RAMP_BYTES;
    beyond[place] = position - index;
  }
  for (let output = 0; output < bends.length; output++) {
    bends[output] = (2 * below[output + 1]! - below[output]! - below[output + 2]!) / RAMP_BYTES;
  }
}

/** One over the sum of the triangle's heights at the region's pixels, by output. */
function writeFactors(extent: number, factors: Float32Array): void {
  const step = extent / factors.length;
  for (let output = 0; output < factors.length; output++) {
    const centre = (output + 0.5) * step;
    const from = Math.max(0, Math.floor(centre - step + 0.5));
    const to = Math.min(extent, Math.floor(centre + step + 0.5));
    let sum = 0;
    for (let position = from; position < to; position++) sum += Math.max(0, step - Math.abs(position + 0.5 - centre));
    factors[output] = 1 / sum;
  }
}
