/** A small product with a known result: a build that a runtime accepts but computes wrongly is not used. */
import { fullyConnectedArguments } from '../kernels/arguments.js';
import { orderArguments } from '../kernels/struct.js';
import type { KernelFunction } from './run.js';

const ADDRESSES = { input: 1024, weights: 2048, bias: 4096, output: 5120, struct: 6144 } as const;
const DEPTH = 5;
const OUTPUTS = 8;

/** Runs a fully connected layer of small whole numbers, whose sums are exact in float32, and compares. */
export function probeKernels(functions: Readonly<Record<string, KernelFunction>>, memory: WebAssembly.Memory): boolean {
  const floats = new Float32Array(memory.buffer);
  const view = new DataView(memory.buffer);
  const at = (addressBytes: number, index: number): number => addressBytes / 4 + index;
  const weight = (o: number, k: number): number => o * 3 - k * 7;
  for (let k = 0; k < DEPTH; k++) {
    floats[at(ADDRESSES.input, k)] = k - 2.5;
    for (let o = 0; o < OUTPUTS; o++) floats[at(ADDRESSES.weights, k * OUTPUTS + o)] = weight(o, k);
  }
  for (let o = 0; o < OUTPUTS; o++) floats[at(ADDRESSES.bias, o)] = o + 0.5;
  const address = (offsetBytes: number) => ({ region: 'arena', offsetBytes }) as const;
  const struct = orderArguments(fullyConnectedArguments, {
    input: address(ADDRESSES.input),
    weights: address(ADDRESSES.weights),
    bias: address(ADDRESSES.bias),
    slopes: null,
    residual: null,
    output: address(ADDRESSES.output),
    batch: 1,
    depth: DEPTH,
    outputBlocks: OUTPUTS / 4,
    activation: 0,
  });
  for (const [index, { kind, value }] of struct.entries()) {
    view.setInt32(ADDRESSES.struct + 4 * index, kind === 'address' ? (value?.offsetBytes ?? 0) : value, true);
  }
  functions.fullyConnected!(ADDRESSES.struct, 0, 1);
  for (let o = 0; o < OUTPUTS; o++) {
    let sum = o + 0.5;
    for (let k = 0; k < DEPTH; k++) sum += (k - 2.5) * weight(o, k);
    if (floats[at(ADDRESSES.output, o)] !== sum) return false;
  }
  return true;
}
