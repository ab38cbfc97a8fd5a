/** A trial of the relaxed dot product of bytes: one runtime accepts the instruction and computes other sums. */
import { convolutionInt8Arguments } from '../kernels/furtherArguments.js';
import { type Address, NO_BASES, orderArguments, writeArguments } from '../kernels/struct.js';
import { requantise } from '../ops/requantisation.js';
import { repeatTrial } from './probe.js';
import type { KernelFunction } from './run.js';

/** Two tiles and one pixel; three panels. */
const PIXELS = 9;
const DEPTH = 40;
const OUTPUTS = 24;
const PANEL = 8;
const PANEL_PARAMETERS = 80;
const WEIGHT_OFFSET = 64;
/** Sums of this many products come to about an int8 with it. */
const MULTIPLIERS = { lift: 4, positive: 20000, negative: 20000 };
const LIMITS = { zeroPoint: 0, least: -128, most: 127, residualZeroPoint: 0, residualMultiplier: 0 };

const INPUT = 1024;
const WEIGHTS = INPUT + PIXELS * DEPTH;
const PARAMETERS = Math.ceil((WEIGHTS + OUTPUTS * DEPTH) / 16) * 16;
const CONSTANTS = PARAMETERS + (OUTPUTS / PANEL) * PANEL_PARAMETERS;
const OUTPUT = CONSTANTS + 128;
const STRUCT = Math.ceil((OUTPUT + PIXELS * OUTPUTS) / 16) * 16;
const SCRATCH = STRUCT + 256;

/** A byte for every place, from −128 to 127. */
function byteAt(place: number): number {
  return ((place * 2654435761) >>> 24) - 128;
}

/** A weight of 7 bits for every place; those below count as the ends of their range more often than not. */
function weightAt(output: number, k: number): number {
  return Math.min(Math.max(byteAt(output * DEPTH + k + 7777), -64), 63);
}

function expected(pixel: number, output: number): number {
  let sum = 0;
  for (let k = 0; k < DEPTH; k++) sum += byteAt(pixel * DEPTH + k) * weightAt(output, k);
  return requantise(sum, MULTIPLIERS, LIMITS);
}

function writeOperands(view: DataView): void {
  for (let index = 0; index < PIXELS * DEPTH; index++) view.setInt8(INPUT + index, byteAt(index));
  for (let output = 0; output < OUTPUTS; output++) {
    const panel = Math.floor(output / PANEL);
    const lane = output % PANEL;
    for (let k = 0; k < DEPTH; k++) {
      const at = panel * PANEL * DEPTH + (k - (k % 4)) * PANEL + 4 * lane + (k % 4);
      view.setInt8(WEIGHTS + at, weightAt(output, k) + WEIGHT_OFFSET);
    }
    const parameters = PARAMETERS + panel * PANEL_PARAMETERS;
    view.setInt32(parameters + 4 * lane, 1 << (9 - MULTIPLIERS.lift), true);
    view.setUint16(parameters + 32 + 2 * lane, 1 << MULTIPLIERS.lift, true);
    view.setInt16(parameters + 48 + 2 * lane, MULTIPLIERS.positive, true);
  }
  for (let lane = 0; lane < 8; lane++) view.setInt16(CONSTANTS + 2 * lane, 4, true);
  for (let lane = 0; lane < 16; lane++) {
    view.setInt8(CONSTANTS + 16 + lane, LIMITS.least);
    view.setInt8(CONSTANTS + 32 + lane, LIMITS.most);
  }
}

/**
 * Runs a kernel of the family `convolutionInt7…`, `columns` channels at a time, on bytes of the whole range and compares
 * every output, for `durationMs` as in `repeatTrial`. The memory has one page of its own.
 */
export function probeRelaxedDot(
  kernel: KernelFunction,
  columns: 8 | 16,
  memory: WebAssembly.Memory,
  durationMs: number,
): boolean {
  const view = new DataView(memory.buffer);
  writeOperands(view);
  const address = (offsetBytes: number): Address => ({ region: 'arena', offsetBytes });
  const struct = orderArguments(convolutionInt8Arguments, {
    input: address(INPUT),
    weights: address(WEIGHTS),
    parameters: address(PARAMETERS),
    constants: address(CONSTANTS),
    residual: null,
    output: address(OUTPUT),
    scratch: address(SCRATCH),
    inputHeight: 1,
    inputWidth: PIXELS,
    outputHeight: 1,
    outputWidth: PIXELS,
    kernelHeight: 1,
    kernelWidth: 1,
    strideHeight: 1,
    strideWidth: 1,
    dilationHeight: 1,
    dilationWidth: 1,
    paddingTop: 0,
    paddingLeft: 0,
    inputStride: DEPTH,
    outputStride: OUTPUTS,
    pixels: PIXELS,
    blockPixels: 12,
    groups: 1,
    tapChannels: DEPTH,
    panels: OUTPUTS / PANEL,
  });
  writeArguments(struct, NO_BASES, view, STRUCT);
  const results = Int8Array.from({ length: PIXELS * OUTPUTS }, (_, index) => {
    return expected(Math.floor(index / OUTPUTS), index % OUTPUTS);
  });
  const output = new Int8Array(memory.buffer, OUTPUT, results.length);
  const extent = Math.ceil(OUTPUTS / columns);
  return repeatTrial(durationMs, (calls) => {
    output.fill(0);
    for (let call = 0; call < calls; call++) kernel(STRUCT, 0, extent);
    return results.every((result, index) => output[index] === result);
  });
}
