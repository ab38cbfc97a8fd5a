/** Pooling: the largest or the mean value of each window. */
import { check, VECTOR } from './simd';

/** The parallel axis is output rows of all images. Each window holds a pixel of the input at least. */
@unmanaged
export class PoolArguments {
  input: usize;
  output: usize;
  inputHeight: i32;
  inputWidth: i32;
  outputHeight: i32;
  outputWidth: i32;
  kernelHeight: i32;
  kernelWidth: i32;
  strideHeight: i32;
  strideWidth: i32;
  paddingTop: i32;
  paddingLeft: i32;
  /** Rows and columns that a mean counts: the input's, and the padding below and right where that counts. */
  countedHeight: i32;
  countedWidth: i32;
  /** 1 where a mean counts the padding above and left. */
  countsPadding: i32;
  /** Vectors of four channels in a pixel. */
  blocks: i32;
}

/**
 * The largest of `rows` × `columns` pixels from `first` on, of `vectors` (a literal, 1 or 2) neighbouring vectors. NaN is
 * gathered apart: that is faster than a maximum that keeps it.
 */
// @ts-ignore: decorator
@inline
function largestOfWindow(
  vectors: i32, first: usize, rows: i32, columns: i32, rowBytes: usize, step: usize, output: usize,
): void {
  let most0 = v128.load(first), most1 = vectors > 1 ? v128.load(first, 16) : most0;
  let nan0 = f32x4.splat(0), nan1 = nan0;
  for (let row = first, last = first + <usize>rows * rowBytes; row < last; row += rowBytes) {
    for (let at = row, end = row + <usize>columns * step; at < end; at += step) {
      const x0 = v128.load(at);
      most0 = f32x4.pmax(most0, x0);
      nan0 = v128.or(nan0, f32x4.ne(x0, x0));
      if (vectors > 1) {
        const x1 = v128.load(at, 16);
        most1 = f32x4.pmax(most1, x1);
        nan1 = v128.or(nan1, f32x4.ne(x1, x1));
      }
    }
  }
  v128.store(output, v128.or(most0, nan0));
  if (vectors > 1) v128.store(output, v128.or(most1, nan1), 16);
}

/** The sum of `rows` × `columns` pixels from `first` on divided by `count`, of `vectors` (a literal, 1 or 4) vectors. */
// @ts-ignore: decorator
@inline
export function meanOfWindow(
  vectors: i32, first: usize, rows: i32, columns: i32, rowBytes: usize, step: usize, count: v128, output: usize,
): void {
  let sum0 = f32x4.splat(0), sum1 = sum0, sum2 = sum0, sum3 = sum0;
  for (let row = first, last = first + <usize>rows * rowBytes; row < last; row += rowBytes) {
    for (let at = row, end = row + <usize>columns * step; at < end; at += step) {
      sum0 = f32x4.add(sum0, v128.load(at));
      if (vectors > 1) {
        sum1 = f32x4.add(sum1, v128.load(at, 16));
        sum2 = f32x4.add(sum2, v128.load(at, 32));
        sum3 = f32x4.add(sum3, v128.load(at, 48));
      }
    }
  }
  v128.store(output, f32x4.div(sum0, count));
  if (vectors > 1) {
    v128.store(output, f32x4.div(sum1, count), 16);
    v128.store(output, f32x4.div(sum2, count), 32);
    v128.store(output, f32x4.div(sum3, count), 48);
  }
}

// @ts-ignore: decorator
@inline
function rows(takesMean: bool, pointer: usize, begin: i32, end: i32): void {
  const args = changetype<PoolArguments>(pointer);
  check(args.blocks > 0 && args.kernelHeight > args.paddingTop && args.kernelWidth > args.paddingLeft);
  const inputHeight = args.inputHeight, inputWidth = args.inputWidth;
  const outputHeight = args.outputHeight, outputWidth = args.outputWidth;
  const kernelHeight = args.kernelHeight, kernelWidth = args.kernelWidth;
  const strideHeight = args.strideHeight, strideWidth = args.strideWidth;
  const paddingTop = args.paddingTop, paddingLeft = args.paddingLeft;
  const countedHeight = args.countedHeight, countedWidth = args.countedWidth;
  const countsPadding = args.countsPadding;
  const blocks = args.blocks;
  const step = <usize>blocks * VECTOR;
  const rowBytes = <usize>inputWidth * step;
  let output = args.output + <usize>begin * <usize>outputWidth * step;
  for (let row = begin; row < end; row++) {
    const image = row / outputHeight;
    const top = (row - image * outputHeight) * strideHeight - paddingTop;
    const firstRow = max(top, 0);
    const rowCount = min(top + kernelHeight, inputHeight) - firstRow;
    const countedRows = min(top + kernelHeight, countedHeight) - (countsPadding ? top : firstRow);
    const source = args.input + <usize>(image * inputHeight + firstRow) * rowBytes;
    let left = -paddingLeft;
    for (let column = 0; column < outputWidth; column++) {
      const firstColumn = max(left, 0);
      const columnCount = min(left + kernelWidth, inputWidth) - firstColumn;
      check(rowCount > 0 && columnCount > 0);
      const first = source + <usize>firstColumn * step;
      let block = 0;
      if (takesMean) {
        const countedColumns = min(left + kernelWidth, countedWidth) - (countsPadding ? left : firstColumn);
        const count = f32x4.splat(<f32>countedRows * <f32>countedColumns);
        for (; block + 4 <= blocks; block += 4) {
          const at = <usize>block * VECTOR;
          meanOfWindow(4, first + at, rowCount, columnCount, rowBytes, step, count, output + at);
        }
        for (; block < blocks; block++) {
          const at = <usize>block * VECTOR;
          meanOfWindow(1, first + at, rowCount, columnCount, rowBytes, step, count, output + at);
        }
      } else {
        for (; block + 2 <= blocks; block += 2) {
          const at = <usize>block * VECTOR;
          largestOfWindow(2, first + at, rowCount, columnCount, rowBytes, step, output + at);
        }
        if (block < blocks) {
          const at = <usize>block * VECTOR;
          largestOfWindow(1, first + at, rowCount, columnCount, rowBytes, step, output + at);
        }
      }
      left += strideWidth;
      output += step;
    }
  }
}

/** The largest value of each window. */
export function maxPool(pointer: usize, begin: i32, end: i32): void {
  rows(false, pointer, begin, end);
}

/** The mean value of each window. */
export function averagePool(pointer: usize, begin: i32, end: i32): void {
  rows(true, pointer, begin, end);
}
