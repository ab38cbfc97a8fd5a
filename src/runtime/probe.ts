/** Small products with known results: a build that a runtime accepts but computes wrongly is not used. */
import { pointwiseArguments } from '../kernels/coreArguments.js';
import { NO_BASES, orderArguments, writeArguments } from '../kernels/struct.js';
import type { KernelFunction } from './run.js';

const PIXELS = 13;
const DEPTH = 40;
const OUTPUTS = 36;
const PADDED_OUTPUTS = 40;
const OUTPUT_BYTES = 4 * PIXELS * OUTPUTS;

/** Calls between two looks at the outputs: looking takes far longer than a call, and only calls bring optimised code nearer. */
const CALLS_OF_A_LOOK = 16;

/** Looks at the outputs in a millisecond, at most: on Workers the clock stands still while a program computes. */
const LOOKS_PER_MS = 100;

const INPUT = 1024;
const WEIGHTS = INPUT + 4 * PIXELS * DEPTH;
const BIAS = WEIGHTS + 4 * PADDED_OUTPUTS * DEPTH;
const SLOPES = BIAS + 4 * PADDED_OUTPUTS;
const RESIDUAL = SLOPES + 4 * PADDED_OUTPUTS;
const OUTPUT = RESIDUAL + OUTPUT_BYTES;
const STRUCT = OUTPUT + OUTPUT_BYTES;

/** A whole number from −8 to 7 for every place: all sums of the probe are exact in float32. */
function wholeNumber(place: number): number {
  return ((place * 2654435761) >>> 28) - 8;
}

/** What output `o` of a pixel is: PReLU with whole slopes over weights · inputs + bias + residual. */
function expected(floats: Float32Array, pixel: number, o: number): number {
  let sum = floats[BIAS / 4 + o]! + floats[RESIDUAL / 4 + pixel * OUTPUTS + o]!;
  for (let k = 0; k < DEPTH; k++) {
    const weight = WEIGHTS / 4 + ((o - (o % 8)) * DEPTH + k * 8 + (o % 8));
    sum += floats[INPUT / 4 + pixel * DEPTH + k]! * floats[weight]!;
  }
  return sum < 0 ? sum * floats[SLOPES / 4 + o]! : sum;
}

/**
 * True where a trial, which runs a kernel so many times and looks at what it wrote, always finds it right. It is made
 * again and again for `durationMs`, so that the code of an optimising compiler is tried as well; once where that is 0.
 */
export function repeatTrial(durationMs: number, isRight: (calls: number) => boolean): boolean {
  const endMs = performance.now() + durationMs;
  let looks = 0;
  do {
    if (!isRight(CALLS_OF_A_LOOK)) return false;
    looks++;
  } while (performance.now() < endMs && looks < LOOKS_PER_MS * durationMs);
  return true;
}

/**
 * Runs a pointwise kernel on whole numbers and compares every output, for `durationMs` as in `repeatTrial`. The memory
 * has one page of its own.
 */
export function probePointwise(
  kernel: KernelFunction,
  extent: number,
  memory: WebAssembly.Memory,
  durationMs: number,
): boolean {
  const floats = new Float32Array(memory.buffer);
  for (let index = INPUT / 4; index < OUTPUT / 4; index++) floats[index] = wholeNumber(index);
  const address = (offsetBytes: number) => ({ region: 'arena', offsetBytes }) as const;
  const struct = orderArguments(pointwiseArguments, {
    input: address(INPUT),
    weights: address(WEIGHTS),
    bias: address(BIAS),
    slopes: address(SLOPES),
    residual: address(RESIDUAL),
    output: address(OUTPUT),
    pixels: PIXELS,
    depth: DEPTH,
    inputStride: 4 * DEPTH,
    outputStride: 4 * OUTPUTS,
    outputBlocks: OUTPUTS / 4,
    activation: 3,
  });
  writeArguments(struct, NO_BASES, new DataView(memory.buffer), STRUCT);
  const results = Float32Array.from({ length: PIXELS * OUTPUTS }, (_, index) => {
    return expected(floats, Math.floor(index / OUTPUTS), index % OUTPUTS);
  });
  const output = floats.subarray(OUTPUT / 4, STRUCT / 4);
  return repeatTrial(durationMs, (calls) => {
    output.fill(Number.NaN);
    for (let call = 0; call < calls; call++) kernel(STRUCT, 0, extent);
    return results.every((result, index) => output[index] === result);
  });
}

/** Units of the parallel axis that the probe has with tiles of so many pixels. */
export function probeExtent(rows: number): number {
  return Math.ceil(PIXELS / rows) * Math.ceil(OUTPUTS / 32);
}
