/** The shrinking kernels by the kernels' contract: guards and inputs intact, slices alike to the last bit. */
import { describe, expect, it } from 'vitest';
import {
  shrinkColumnsArguments,
  shrinkCopyArguments,
  shrinkRowsArguments,
} from '../../src/kernels/furtherArguments.js';
import { ALL_BUILDS, type Build } from '../../src/kernels/kernel.js';
import { RAMP_BYTES, RAMP_MARGIN, SHRINK_COLUMNS, SHRINK_ROWS } from '../../src/kernels/shrink.js';
import { type Argument, NO_BASES, orderArguments, writeArguments } from '../../src/kernels/struct.js';
import { share } from '../../src/runtime/run.js';
import { instantiate } from './modules.js';

const GUARD = 0xa5;
const memory = new WebAssembly.Memory({ initial: 4, maximum: 4, shared: true });
const address = (offsetBytes: number) => ({ region: 'arena', offsetBytes }) as const;

/** Places in the memory, far enough apart for guards between them. */
const [STRUCT, COPIES, BELOW, BEYOND, BENDS, FACTORS, RAMP, SOURCE, OUTPUT] = [
  1024, 2048, 4096, 8192, 12288, 16384, 24576, 65536, 131072,
];

/** Runs a kernel over so many slices and gives its output; everything but output and scratch must be as before. */
function run(
  build: Build,
  name: string,
  fields: readonly Argument[],
  extent: number,
  outputBytes: number,
  lanes: number,
) {
  const bytes = new Uint8Array(memory.buffer);
  writeArguments(fields, NO_BASES, new DataView(memory.buffer), STRUCT);
  bytes.fill(GUARD, OUTPUT, OUTPUT + outputBytes + 1024);
  const before = bytes.slice();
  const kernel = instantiate(build, memory)[name]!;
  for (let lane = 0; lane < lanes; lane++) {
    const [begin, end] = share(extent, lane, lanes);
    if (begin < end) kernel(STRUCT, begin, end);
  }
  const output = bytes.slice(OUTPUT, OUTPUT + outputBytes);
  before.set(output, OUTPUT);
  before.set(bytes.subarray(RAMP, SOURCE), RAMP);
  return { output, restIntact: Buffer.from(before).equals(Buffer.from(bytes)) };
}

function fillSource(length: number): Uint8Array {
  const bytes = new Uint8Array(memory.buffer).fill(GUARD);
  for (let index = 0; index < length; index++) bytes[SOURCE + index] = (index * 7919 + (index >> 3) * 31) % 256;
  return bytes.slice(SOURCE, SOURCE + length);
}

describe.each(ALL_BUILDS)('%s build', (build) => {
  it.each([
    [7, 3, 4],
    [12, 5, 12],
    [40, 6, 13],
    [61, 4, 6],
  ])('shrinkRows: %i pixels in %i rows to %i', (width, rows, outputs) => {
    const source = fillSource(width * rows * 3);
    const step = width / outputs;
    const places = Array.from({ length: outputs + 2 }, (_, index) => (index - 0.5) * step - 0.5);
    const below = places.map((place) => Math.max(-1, Math.min(width, Math.floor(place))));
    new Int32Array(memory.buffer, BELOW, places.length).set(below.map((index) => (index + 1) * RAMP_BYTES));
    new Float32Array(memory.buffer, BEYOND, places.length).set(places.map((place, index) => place - below[index]!));
    const bends = Array.from({ length: outputs }, (_, i) => 2 * below[i + 1]! - below[i]! - below[i + 2]!);
    new Int32Array(memory.buffer, BENDS, outputs).set(bends);
    const heights = (output: number) =>
      Array.from({ length: width }, (_, pixel) => Math.max(0, step - Math.abs(pixel + 0.5 - (output + 0.5) * step)));
    const sums = Array.from({ length: outputs }, (_, output) => heights(output).reduce((sum, height) => sum + height));
    new Float32Array(memory.buffer, FACTORS, outputs).set(sums.map((sum) => 1 / sum));
    const copy = orderArguments(shrinkCopyArguments, {
      outputs,
      below: address(BELOW),
      beyond: address(BEYOND),
      bends: address(BENDS),
      factors: address(FACTORS),
      rows: address(OUTPUT),
    });
    writeArguments(copy, NO_BASES, new DataView(memory.buffer), COPIES);
    const fields = orderArguments(shrinkRowsArguments, {
      image: address(SOURCE),
      rowBytes: width * 3,
      width,
      ramp: address(RAMP),
      copies: address(COPIES),
      copyCount: 1,
    });
    expect((width + RAMP_MARGIN) * RAMP_BYTES).toBeLessThan(SOURCE - RAMP);
    const [one, two, three] = [1, 2, 3].map((lanes) =>
      run(build, SHRINK_ROWS, fields, rows, rows * outputs * 3, lanes),
    );
    expect([one!.restIntact, two!.restIntact, three!.restIntact]).toEqual([true, true, true]);
    expect(two!.output).toEqual(one!.output);
    expect(three!.output).toEqual(one!.output);
    for (const [index, value] of one!.output.entries()) {
      const [row, output, channel] = [Math.floor(index / 3 / outputs), Math.floor(index / 3) % outputs, index % 3];
      const weighed = heights(output).reduce(
        (sum, height, x) => sum + height * source[(row * width + x) * 3 + channel]!,
        0,
      );
      // Half a step of rounding, what lets halves round up, and ten roundings of numbers up to 3 · 255 in float32.
      expect(Math.abs(value - weighed / sums[output]!)).toBeLessThanOrEqual(0.5 + 1e-4 + 10 * 3 * 255 * 2 ** -24);
    }
  });

  it.each([
    [9, 16, 4],
    [20, 17, 7],
    [12, 31, 12],
    [30, 48, 5],
    [8, 100, 1],
  ])('shrinkColumns: %i rows of %i bytes to %i', (rows, rowBytes, outputs) => {
    const source = fillSource(rows * rowBytes);
    const stride = rows + 1;
    const first = Array.from({ length: outputs }, (_, output) => Math.floor((output * rows) / outputs / 2));
    const counts = first.map((from) => Math.max(1, Math.min(rows - from, Math.ceil(rows / 2))));
    const weights = Float32Array.from({ length: outputs * stride }, (_, index) => {
      const count = counts[Math.floor(index / stride)]!;
      return index % stride < count ? 1 / count : Number.NaN;
    });
    new Int32Array(memory.buffer, BELOW, outputs).set(first);
    new Int32Array(memory.buffer, BEYOND, outputs).set(counts);
    new Float32Array(memory.buffer, FACTORS, weights.length).set(weights);
    const fields = orderArguments(shrinkColumnsArguments, {
      rows: address(SOURCE),
      output: address(OUTPUT),
      rowBytes,
      first: address(BELOW),
      counts: address(BEYOND),
      weights: address(FACTORS),
      stride,
    });
    const [one, two, three] = [1, 2, 3].map((lanes) =>
      run(build, SHRINK_COLUMNS, fields, outputs, outputs * rowBytes, lanes),
    );
    expect([one!.restIntact, two!.restIntact, three!.restIntact]).toEqual([true, true, true]);
    expect(two!.output).toEqual(one!.output);
    expect(three!.output).toEqual(one!.output);
    for (const [index, value] of one!.output.entries()) {
      const [output, at] = [Math.floor(index / rowBytes), index % rowBytes];
      const count = counts[output]!;
      let mean = 0;
      for (let tap = 0; tap < count; tap++) mean += source[(first[output]! + tap) * rowBytes + at]! / count;
      // Half a step of rounding, and (K + 2) · 2⁻²⁴ · 256 of float32.
      expect(Math.abs(value - mean)).toBeLessThanOrEqual(0.5 + (count + 2) * 2 ** -16);
    }
  });
});
