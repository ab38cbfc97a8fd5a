/** Fully connected layer of one image: one row of inputs × packed weights, limited by the bandwidth of the weights. */
import { storeActivated } from './activation';
import { check, F32, multiplyAdd, PANEL, VECTOR } from './simd';

/**
 * weights: packed[o / 8][k][o % 8], o padded to 8, k in the stored order of the input; bias and slopes padded likewise.
 * The parallel axis is panels of eight outputs.
 */
@unmanaged
export class FullyConnectedArguments {
  input: usize;
  weights: usize;
  bias: usize;
  slopes: usize;
  residual: usize;
  output: usize;
  batch: i32;
  /** Stored elements of one input, padding included. */
  depth: i32;
  /** Vectors of four outputs. */
  outputBlocks: i32;
  activation: i32;
}

/** `panels` (a literal, 1 or 4) neighbouring panels of one image. */
// @ts-ignore: decorator
@inline
function sumPanels(
  panels: i32, input: usize, depth: usize, weights: usize, bias: usize, output: usize, blocks: i32, residual: usize,
  activation: i32, slopes: usize,
): void {
  const panelBytes = depth * PANEL;
  let s00 = v128.load(bias), s01 = v128.load(bias, 16);
  let s10 = s00, s11 = s00, s20 = s00, s21 = s00, s30 = s00, s31 = s00;
  let w0 = weights;
  let w1 = w0 + panelBytes;
  let w2 = w1 + panelBytes;
  let w3 = w2 + panelBytes;
  if (panels > 1) {
    s10 = v128.load(bias, 32), s11 = v128.load(bias, 48);
    s20 = v128.load(bias, 64), s21 = v128.load(bias, 80);
    s30 = v128.load(bias, 96), s31 = v128.load(bias, 112);
  }
  const end = input + depth * F32;
  for (let a = input; a < end; a += F32) {
    const x = v128.load_splat<f32>(a);
    s00 = multiplyAdd(x, v128.load(w0), s00);
    s01 = multiplyAdd(x, v128.load(w0, VECTOR), s01);
    w0 += PANEL;
    if (panels > 1) {
      s10 = multiplyAdd(x, v128.load(w1), s10);
      s11 = multiplyAdd(x, v128.load(w1, VECTOR), s11);
      w1 += PANEL;
      s20 = multiplyAdd(x, v128.load(w2), s20);
      s21 = multiplyAdd(x, v128.load(w2, VECTOR), s21);
      w2 += PANEL;
      s30 = multiplyAdd(x, v128.load(w3), s30);
      s31 = multiplyAdd(x, v128.load(w3, VECTOR), s31);
      w3 += PANEL;
    }
  }
  storeActivated(output, s00, residual, activation, slopes);
  if (blocks > 1) storeActivated(output + 16, s01, residual, activation, slopes + 16);
  if (panels > 1) {
    storeActivated(output + 32, s10, residual, activation, slopes + 32);
    storeActivated(output + 48, s11, residual, activation, slopes + 48);
    storeActivated(output + 64, s20, residual, activation, slopes + 64);
    storeActivated(output + 80, s21, residual, activation, slopes + 80);
    storeActivated(output + 96, s30, residual, activation, slopes + 96);
    if (blocks > 7) storeActivated(output + 112, s31, residual, activation, slopes + 112);
  }
}

/** Images one after the other; panels four at a time where the range allows. */
export function fullyConnected(pointer: usize, begin: i32, end: i32): void {
  const args = changetype<FullyConnectedArguments>(pointer);
  check(args.depth > 0 && args.outputBlocks > 0 && end <= (args.outputBlocks + 1) / 2);
  check(args.activation != 3 || args.slopes != 0);
  const depth = <usize>args.depth;
  const blocks = args.outputBlocks;
  const activation = args.activation;
  const residual = args.residual ? args.residual - args.output : 0;
  for (let image = 0; image < args.batch; image++) {
    const input = args.input + <usize>image * depth * F32;
    const outputs = args.output + <usize>image * <usize>blocks * VECTOR;
    let panel = begin;
    while (panel < end) {
      const offset = <usize>panel * PANEL;
      const weights = args.weights + offset * depth;
      const left = blocks - 2 * panel;
      const output = outputs + offset;
      if (panel + 4 <= end) {
        sumPanels(4, input, depth, weights, args.bias + offset, output, left, residual, activation, args.slopes + offset);
        panel += 4;
      } else {
        sumPanels(1, input, depth, weights, args.bias + offset, output, left, residual, activation, args.slopes + offset);
        panel += 1;
      }
    }
  }
}
