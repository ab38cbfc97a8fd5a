/** Depthwise 3×3 convolution for wide pixels: two neighbouring outputs of sixteen channels, whole cache lines at a time. */
import { storePanel } from './activation';
import { Depthwise3x3Arguments, GROUP_BLOCKS, LINE_WEIGHTS } from './depthwise3x3';
import { check, multiplyAdd, PANEL, VECTOR } from './simd';

/** Vectors of channels in a tile: sixteen channels, a cache line. */
const LINE_BLOCKS: i32 = 4;
const LINE: usize = 64;

/**
 * `pixels` neighbouring outputs (a literal, 1 or 2) of sixteen channels; the first output's columns are `column` bytes
 * from a row's pixel 0 on. With one pixel, a column whose bit is not set in `inside` lies outside and is read from the
 * zeros.
 */
// @ts-ignore: decorator
@inline
function tile(
  stride: i32, pixels: i32, vectors: i32, rows: i32, input: usize, inputRow: usize, step: usize, inside: i32, zeros: usize,
  weights: usize, bias: usize, output: usize, residual: usize, activation: i32, slopes: usize,
): void {
  let s0 = v128.load(bias), s1 = v128.load(bias, 16);
  let s2 = s0, s3 = s1;
  if (vectors > 2) {
    s2 = v128.load(bias, 32);
    s3 = v128.load(bias, 48);
  }
  let t0 = s0, t1 = s1, t2 = s2, t3 = s3;
  for (let y = 0; y < rows; y++) {
    const a = pixels > 1 || inside & 1 ? input : zeros;
    const b = pixels > 1 || inside & 2 ? input + step : zeros;
    const c = pixels > 1 || inside & 4 ? input + 2 * step : zeros;
    const d = input + 3 * step, e = input + 4 * step;
    let w0 = v128.load(weights), w1 = v128.load(weights, 64), w2 = v128.load(weights, 128);
    s0 = multiplyAdd(w0, v128.load(a), s0);
    let x = v128.load(b);
    s0 = multiplyAdd(w1, x, s0);
    if (pixels > 1 && stride == 1) t0 = multiplyAdd(w0, x, t0);
    x = v128.load(c);
    s0 = multiplyAdd(w2, x, s0);
    if (pixels > 1) {
      t0 = multiplyAdd(stride == 1 ? w1 : w0, x, t0);
      t0 = multiplyAdd(stride == 1 ? w2 : w1, v128.load(d), t0);
      if (stride == 2) t0 = multiplyAdd(w2, v128.load(e), t0);
    }
    w0 = v128.load(weights, 16), w1 = v128.load(weights, 80), w2 = v128.load(weights, 144);
    s1 = multiplyAdd(w0, v128.load(a, 16), s1);
    x = v128.load(b, 16);
    s1 = multiplyAdd(w1, x, s1);
    if (pixels > 1 && stride == 1) t1 = multiplyAdd(w0, x, t1);
    x = v128.load(c, 16);
    s1 = multiplyAdd(w2, x, s1);
    if (pixels > 1) {
      t1 = multiplyAdd(stride == 1 ? w1 : w0, x, t1);
      t1 = multiplyAdd(stride == 1 ? w2 : w1, v128.load(d, 16), t1);
      if (stride == 2) t1 = multiplyAdd(w2, v128.load(e, 16), t1);
    }
    if (vectors > 2) {
      w0 = v128.load(weights, 32), w1 = v128.load(weights, 96), w2 = v128.load(weights, 160);
      s2 = multiplyAdd(w0, v128.load(a, 32), s2);
      x = v128.load(b, 32);
      s2 = multiplyAdd(w1, x, s2);
      if (pixels > 1 && stride == 1) t2 = multiplyAdd(w0, x, t2);
      x = v128.load(c, 32);
      s2 = multiplyAdd(w2, x, s2);
      if (pixels > 1) {
        t2 = multiplyAdd(stride == 1 ? w1 : w0, x, t2);
        t2 = multiplyAdd(stride == 1 ? w2 : w1, v128.load(d, 32), t2);
        if (stride == 2) t2 = multiplyAdd(w2, v128.load(e, 32), t2);
      }
      w0 = v128.load(weights, 48), w1 = v128.load(weights, 112), w2 = v128.load(weights, 176);
      s3 = multiplyAdd(w0, v128.load(a, 48), s3);
      x = v128.load(b, 48);
      s3 = multiplyAdd(w1, x, s3);
      if (pixels > 1 && stride == 1) t3 = multiplyAdd(w0, x, t3);
      x = v128.load(c, 48);
      s3 = multiplyAdd(w2, x, s3);
      if (pixels > 1) {
        t3 = multiplyAdd(stride == 1 ? w1 : w0, x, t3);
        t3 = multiplyAdd(stride == 1 ? w2 : w1, v128.load(d, 48), t3);
        if (stride == 2) t3 = multiplyAdd(w2, v128.load(e, 48), t3);
      }
    }
    input += inputRow;
    weights += 3 * LINE;
  }
  storePanel(output, s0, s1, residual, activation, slopes, true);
  if (vectors > 2) storePanel(output + PANEL, s2, s3, residual, activation, slopes + PANEL, true);
  if (pixels > 1) {
    storePanel(output + step, t0, t1, residual, activation, slopes, true);
    if (vectors > 2) storePanel(output + step + PANEL, t2, t3, residual, activation, slopes + PANEL, true);
  }
}

/** A tile of a whole line; in halves where multiplication and addition apart leave too few registers for its sums. */
// @ts-ignore: decorator
@inline
function line(
  stride: i32, pixels: i32, rows: i32, input: usize, inputRow: usize, step: usize, inside: i32, zeros: usize,
  weights: usize, bias: usize, output: usize, residual: usize, activation: i32, slopes: usize,
): void {
  if (ASC_FEATURE_RELAXED_SIMD) {
    tile(
      stride, pixels, 4, rows, input, inputRow, step, inside, zeros, weights, bias, output, residual, activation,
      slopes,
    );
  } else {
    for (let half: usize = 0; half < LINE; half += PANEL) {
      tile(
        stride, pixels, 2, rows, input + half, inputRow, step, inside, zeros, weights + half, bias + half,
        output + half, residual, activation, slopes + half,
      );
    }
  }
}

// @ts-ignore: decorator
@inline
function rows(stride: i32, pointer: usize, begin: i32, end: i32): void {
  const args = changetype<Depthwise3x3Arguments>(pointer);
  check(args.blocks > 0 && args.blocks % LINE_BLOCKS == 0 && args.zeros != 0);
  check(args.inputWidth > 0 && args.outputWidth > 0 && args.paddingLeft >= 0);
  check(args.activation != 3 || args.slopes != 0);
  const step = <usize>args.blocks * VECTOR;
  const inputHeight = args.inputHeight, inputWidth = args.inputWidth;
  const outputHeight = args.outputHeight, outputWidth = args.outputWidth;
  const activation = args.activation;
  const zeros = args.zeros;
  const residual = args.residual ? args.residual - args.output : 0;
  const inputRow = <usize>inputWidth * step;
  const groups = (args.blocks + GROUP_BLOCKS - 1) / GROUP_BLOCKS;
  for (let unit = begin; unit < end; unit++) {
    const row = unit / groups;
    const firstBlock = (unit - row * groups) * GROUP_BLOCKS;
    const lines = (min(firstBlock + GROUP_BLOCKS, args.blocks) - firstBlock) / LINE_BLOCKS;
    const offset = <usize>firstBlock * VECTOR;
    const image = row / outputHeight;
    const top = (row - image * outputHeight) * stride - args.paddingTop;
    const firstRow = max(0, -top);
    const taps = min(3, inputHeight - top) - firstRow;
    const source = args.input + <usize>(image * inputHeight + top + firstRow) * inputRow + offset;
    const weights = args.weights + 9 * offset + <usize>firstRow * 3 * LINE;
    let output = args.output + <usize>row * <usize>outputWidth * step + offset;
    let first = -args.paddingLeft;
    for (let column = 0; column < outputWidth; ) {
      const two = column + 1 < outputWidth && first >= 0 && first + stride + 2 < inputWidth;
      const inside = i32(<u32>first < <u32>inputWidth) | (i32(<u32>(first + 1) < <u32>inputWidth) << 1)
        | (i32(<u32>(first + 2) < <u32>inputWidth) << 2);
      let input = source + <usize>first * step;
      let w = weights, bias = args.bias + offset, slopes = args.slopes + offset, o = output;
      for (let left = lines; left > 0; left--) {
        if (two) line(stride, 2, taps, input, inputRow, step, 7, zeros, w, bias, o, residual, activation, slopes);
        else line(stride, 1, taps, input, inputRow, step, inside, zeros, w, bias, o, residual, activation, slopes);
        input += LINE;
        w += LINE_WEIGHTS;
        bias += LINE;
        slopes += LINE;
        o += LINE;
      }
      const pixels = two ? 2 : 1;
      column += pixels;
      first += stride * pixels;
      output += <usize>pixels * step;
    }
  }
}

/** Stride 1. */
export function depthwise3x3Stride1Tiles(pointer: usize, begin: i32, end: i32): void {
  rows(1, pointer, begin, end);
}

/** Stride 2. */
export function depthwise3x3Stride2Tiles(pointer: usize, begin: i32, end: i32): void {
  rows(2, pointer, begin, end);
}
