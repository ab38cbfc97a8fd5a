/** Pooling of windows with gaps: the largest or the mean value of the pixels that each one touches. */
import { check, VECTOR } from './simd';
import { firstTap, lastTap } from './taps';

/** The parallel axis is output rows of all images. Each window touches a pixel of the input at least. */
@unmanaged
export class DilatedPoolArguments {
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
  dilationHeight: i32;
  dilationWidth: i32;
  paddingTop: i32;
  paddingLeft: i32;
  /** 1 for the mean. */
  takesMean: i32;
  /** 1 where a mean counts padding, whose rows and columns end at `countedHeight` and `countedWidth`. */
  countsPadding: i32;
  countedHeight: i32;
  countedWidth: i32;
  /** Vectors of four channels in a pixel. */
  blocks: i32;
}

/** Pixel by pixel, four channels at a time. */
export function dilatedPool(pointer: usize, begin: i32, end: i32): void {
  const args = changetype<DilatedPoolArguments>(pointer);
  check(args.blocks > 0 && args.kernelHeight > 0 && args.kernelWidth > 0);
  const inputHeight = args.inputHeight, inputWidth = args.inputWidth;
  const kernelHeight = args.kernelHeight, kernelWidth = args.kernelWidth;
  const dilationHeight = args.dilationHeight, dilationWidth = args.dilationWidth;
  const takesMean = args.takesMean != 0;
  const step = <usize>args.blocks * VECTOR;
  const rowBytes = <usize>inputWidth * step;
  const countsPadding = args.countsPadding != 0;
  let output = args.output + <usize>begin * <usize>args.outputWidth * step;
  for (let row = begin; row < end; row++) {
    const image = row / args.outputHeight;
    const source = args.input + <usize>(image * inputHeight) * rowBytes;
    const top = (row - image * args.outputHeight) * args.strideHeight - args.paddingTop;
    const firstRow = firstTap(top, dilationHeight), lastRow = lastTap(top, dilationHeight, kernelHeight, inputHeight);
    const rows = lastTap(top, dilationHeight, kernelHeight, args.countedHeight) - (countsPadding ? 0 : firstRow);
    for (let column = 0, left = -args.paddingLeft; column < args.outputWidth; column++, left += args.strideWidth) {
      const firstColumn = firstTap(left, dilationWidth);
      const lastColumn = lastTap(left, dilationWidth, kernelWidth, inputWidth);
      const columns = lastTap(left, dilationWidth, kernelWidth, args.countedWidth) - (countsPadding ? 0 : firstColumn);
      const count = f32x4.splat(<f32>rows * <f32>columns);
      check(firstRow < lastRow && firstColumn < lastColumn);
      for (let at: usize = 0; at < step; at += VECTOR) {
        let sum = f32x4.splat(0), most = f32x4.splat(-Infinity);
        for (let y = firstRow; y < lastRow; y++) {
          const line = source + <usize>(top + y * dilationHeight) * rowBytes + at;
          for (let x = firstColumn; x < lastColumn; x++) {
            const value = v128.load(line + <usize>(left + x * dilationWidth) * step);
            if (takesMean) sum = f32x4.add(sum, value);
            else most = f32x4.max(most, value);
          }
        }
        v128.store(output + at, takesMean ? f32x4.div(sum, count) : most);
      }
      output += step;
    }
  }
}
