/** One growing WASM memory and the regions in it; it never shrinks, and `release` makes a region free again. */
import { UnavailableError } from '../errors.js';

const PAGE_BYTES = 65536;

/** What a memory may grow to where nobody says otherwise. */
export const DEFAULT_MEMORY_BYTES = 512 * 1024 * 1024;

/** Alignment of every region: a cache line. */
const ALIGNMENT_BYTES = 64;

/** The first bytes stay free, so that address 0 means "absent" in argument structs. */
const FIRST_BYTES = 1024;

/** A region of a memory. */
export interface MemoryRegion {
  readonly begin: number;
  readonly end: number;
}

/** Hands out regions of a shared WebAssembly.Memory, first fit. */
export class RegionMemory {
  readonly memory: WebAssembly.Memory;
  readonly #maximumBytes: number;
  /** Regions in use in order of address. */
  #used: MemoryRegion[] = [];
  #floats = new Float32Array(0);
  #bytes = new DataView(new ArrayBuffer(0));

  /** Throws UnavailableError NO_SHARED_MEMORY where the runtime has none. */
  constructor(maximumBytes: number) {
    const maximum = Math.max(1, Math.ceil(maximumBytes / PAGE_BYTES));
    this.#maximumBytes = maximum * PAGE_BYTES;
    try {
      this.memory = new WebAssembly.Memory({ initial: 1, maximum, shared: true });
    } catch (cause) {
      const message = `this runtime cannot reserve ${this.#maximumBytes} bytes of shared WebAssembly memory; set maximumMemoryBytes lower.`;
      throw new UnavailableError('NO_SHARED_MEMORY', message, { cause });
    }
  }

  /** Bytes that the memory has grown to. */
  get sizeBytes(): number {
    return this.memory.buffer.byteLength;
  }

  /** All of the memory as float32; taken anew after each `allocate`. */
  get floats(): Float32Array {
    if (this.#floats.byteLength !== this.sizeBytes) this.#floats = new Float32Array(this.memory.buffer);
    return this.#floats;
  }

  /** All of the memory by bytes; taken anew after each `allocate`. */
  get view(): DataView {
    if (this.#bytes.byteLength !== this.sizeBytes) this.#bytes = new DataView(this.memory.buffer);
    return this.#bytes;
  }

  /** Reserves a region of at least `sizeBytes`. Throws UnavailableError OUT_OF_MEMORY at the memory's maximum. */
  allocate(sizeBytes: number): MemoryRegion {
    const size = Math.max(1, Math.ceil(sizeBytes / ALIGNMENT_BYTES)) * ALIGNMENT_BYTES;
    let begin = FIRST_BYTES;
    let index = 0;
    for (; index < this.#used.length; index++) {
      const next = this.#used[index]!;
      if (begin + size <= next.begin) break;
      begin = next.end;
    }
    const region = { begin, end: begin + size };
    this.#growTo(region.end);
    this.#used.splice(index, 0, region);
    return region;
  }

  /** Frees a region that `allocate` gave. */
  release(region: MemoryRegion): void {
    this.#used = this.#used.filter((used) => used !== region);
  }

  #growTo(endBytes: number): void {
    const missing = endBytes - this.sizeBytes;
    if (missing <= 0) return;
    try {
      if (endBytes > this.#maximumBytes) throw new RangeError('maximum reached');
      this.memory.grow(Math.ceil(missing / PAGE_BYTES));
    } catch (cause) {
      throw new UnavailableError(
        'OUT_OF_MEMORY',
        `the engine's memory would need ${endBytes} bytes; its maximum is ${this.#maximumBytes} (option maximumMemoryBytes).`,
        { cause },
      );
    }
  }
}
