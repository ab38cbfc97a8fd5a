/** Runs one kernel on one site the hard way: guards around every region, outputs and scratch full of NaN. */
import { type Build, type Kernel, type Places, type Site, writePart } from '../../src/kernels/kernel.js';
import { type Address, NO_BASES, writeArguments } from '../../src/kernels/struct.js';
import { share } from '../../src/runtime/run.js';
import { type Layout, readLayout, storedBytes, writeLayout } from '../../src/tensor/layout.js';
import { elementCount, imageShape, type Shape } from '../../src/tensor/shape.js';
import type { Tensor } from '../../src/tensor/tensor.js';
import { instantiateKernel, modules } from './modules.js';

const GUARD_BYTES = 256;
const GUARD = 0xa5;
const memory = new WebAssembly.Memory({ initial: 256, maximum: 2048, shared: true });

/** What a run left behind. */
export interface KernelRun {
  /** Row-major. */
  readonly output: Float32Array;
  /** The output as it stands in memory, padding channels included. */
  readonly stored: Float32Array;
  readonly guardsIntact: boolean;
  readonly inputsIntact: boolean;
}

interface Placed {
  readonly begin: number;
  readonly sizeBytes: number;
}

/** Lays regions out one after the other with a guard before, between and after them. */
class GuardedLayout {
  readonly regions: Placed[] = [];
  #next = 1024 + GUARD_BYTES;

  place(sizeBytes: number): Placed {
    const placed = { begin: this.#next, sizeBytes };
    this.regions.push(placed);
    this.#next = Math.ceil((placed.begin + sizeBytes + GUARD_BYTES) / 64) * 64;
    const missing = Math.ceil((this.#next - memory.buffer.byteLength) / 65536);
    if (missing > 0) memory.grow(missing);
    return placed;
  }

  fillGuards(): void {
    const bytes = new Uint8Array(memory.buffer);
    let at = 1024;
    for (const { begin, sizeBytes } of this.regions) {
      bytes.fill(GUARD, at, begin);
      at = begin + sizeBytes;
    }
    bytes.fill(GUARD, at, this.#next);
  }

  guardsIntact(): boolean {
    const bytes = new Uint8Array(memory.buffer);
    let at = 1024;
    for (const { begin, sizeBytes } of [...this.regions, { begin: this.#next, sizeBytes: 0 }]) {
      for (; at < begin; at++) if (bytes[at] !== GUARD) return false;
      at = begin + sizeBytes;
    }
    return true;
  }
}

/** The places of a value's elements in `nhwcInt8`, in row-major order. */
function int8Places(shape: Shape): Int32Array {
  const { batch, channels, height, width } = imageShape(shape);
  const stride = Math.ceil(channels / 8) * 8;
  const pixels = height * width;
  return Int32Array.from({ length: batch * channels * pixels }, (_, index) => {
    const plane = Math.floor(index / pixels);
    return (Math.floor(plane / channels) * pixels + (index % pixels)) * stride + (plane % channels);
  });
}

function writeValue(tensor: Tensor, layout: Layout, { begin, sizeBytes }: Placed): void {
  if (layout !== 'nhwcInt8') {
    writeLayout(tensor.data, tensor.shape, layout, new Float32Array(memory.buffer, begin, sizeBytes / 4));
    return;
  }
  // Padding channels may hold anything.
  const bytes = new Int8Array(memory.buffer, begin, sizeBytes).fill(77);
  for (const [index, place] of int8Places(tensor.shape).entries()) bytes[place] = tensor.data[index]!;
}

function readValue(shape: Shape, layout: Layout, { begin, sizeBytes }: Placed): Float32Array {
  if (layout === 'nhwcInt8') {
    const bytes = new Int8Array(memory.buffer, begin, sizeBytes);
    return Float32Array.from(int8Places(shape), (place) => bytes[place]!);
  }
  const result = new Float32Array(elementCount(shape));
  readLayout(new Float32Array(memory.buffer, begin, sizeBytes / 4), shape, layout, result);
  return result;
}

/**
 * Runs `kernel` over `lanes` slices, one after the other, each with arguments and scratch of its own; `sets` are the
 * build's where none are given.
 */
export function runKernel(
  kernel: Kernel,
  site: Site,
  values: readonly (Tensor | undefined)[],
  build: Build,
  lanes: number,
  sets = modules[build],
): KernelRun {
  const layout = new GuardedLayout();
  const bytesOf = ({ begin, sizeBytes }: Placed): Uint8Array => new Uint8Array(memory.buffer, begin, sizeBytes);
  const floatsOf = ({ begin, sizeBytes }: Placed): Float32Array =>
    new Float32Array(memory.buffer, begin, sizeBytes / 4);
  const address = ({ begin }: Placed): Address => ({ region: 'arena', offsetBytes: begin });
  const inputs = values.map((tensor) => (tensor ? layout.place(storedBytes(tensor.shape, kernel.layout)) : null));
  const packed = Object.entries(kernel.pack(site)).map(([name, data]) => {
    return { name, data, at: data.length > 0 ? layout.place(4 * data.length) : null };
  });
  const outputShape = site.outputs[0]!;
  const output = layout.place(storedBytes(outputShape, kernel.outputLayout));
  const scratches = Array.from({ length: lanes }, () => layout.place(Math.max(16, kernel.scratchBytes(site))));
  const parts = Object.fromEntries(packed.map(({ name, at }) => [name, at && address(at)]));
  const structs = scratches.map((scratch) => {
    const places: Places = {
      inputs: inputs.map((placed) => placed && address(placed)),
      outputs: [address(output)],
      parts,
      scratch: address(scratch),
    };
    const fields = kernel.writeArguments(site, places);
    return { fields, at: layout.place(4 * fields.length) };
  });

  layout.fillGuards();
  values.forEach((tensor, index) => {
    if (tensor) writeValue(tensor, kernel.layout, inputs[index]!);
  });
  const before = inputs.map((placed) => placed && bytesOf(placed).slice());
  for (const { data, at } of packed) if (at) writePart(data, floatsOf(at));
  bytesOf(output).fill(0xff);
  for (const scratch of scratches) floatsOf(scratch).fill(Number.NaN);
  const view = new DataView(memory.buffer);
  for (const { fields, at } of structs) writeArguments(fields, NO_BASES, view, at.begin);

  const run = instantiateKernel(sets, kernel.name, memory);
  const extent = kernel.extent(site);
  structs.forEach(({ at }, lane) => {
    const [begin, end] = share(extent, lane, lanes);
    if (begin < end) run(at.begin, begin, end);
  });

  const same = (a: Uint8Array, b: Uint8Array): boolean => a.every((value, index) => value === b[index]);
  return {
    output: readValue(outputShape, kernel.outputLayout, output),
    stored: kernel.outputLayout === 'nhwcInt8' ? new Float32Array(0) : floatsOf(output).slice(),
    guardsIntact: layout.guardsIntact(),
    inputsIntact: inputs.every((placed, index) => !placed || same(before[index]!, bytesOf(placed))),
  };
}

/** True where every padding channel of a stored `nhwc` value is zero. */
export function paddingIsZero(stored: Float32Array, shape: readonly number[]): boolean {
  const { channels } = imageShape(shape);
  const stride = Math.ceil(channels / 4) * 4;
  return stored.every((value, index) => index % stride < channels || Object.is(value, 0) || Object.is(value, -0));
}
