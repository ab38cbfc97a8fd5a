/** Pooling of int8 values: the largest or the mean element of each window, with gaps or without. */
import { check } from './simd';
import { firstTap, lastTap } from './taps';

/**
 * The parallel axis is output pixels of all images × vectors of eight channels, those of a pixel side by side. Each
 * window touches a pixel of the input at least.
 */
@unmanaged
export class PoolInt8Arguments {
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
  /** Vectors of eight channels in a pixel. */
  blocks: i32;
  /** The rest is a mean's. Rows and columns that it counts: the input's, and the padding below and right where that counts. */
  countedHeight: i32;
  countedWidth: i32;
  /** 1 where it counts padding. */
  countsPadding: i32;
  inputZeroPoint: i32;
  outputZeroPoint: i32;
  /** What a sum is multiplied by but for the count, and by how many bits the product is shifted. */
  multiplier: i32;
  shift: i32;
}

/** One mean from a sum of centred elements. */
// @ts-ignore: decorator
@inline
function storeMean(output: usize, sum: i32, multiplier: i64, half: i64, shift: i64, zeroPoint: i64): void {
  const mean = ((<i64>sum * multiplier + half) >> shift) + zeroPoint;
  store<i8>(output, <i8>min<i64>(max<i64>(mean, -128), 127));
}

/** Eight means. The multiplier is divided by the count, lifted so that it keeps its bits. */
// @ts-ignore: decorator
@inline
function storeMeans(output: usize, low: v128, high: v128, count: i32, args: PoolInt8Arguments): void {
  const lift = 31 - clz(count);
  const multiplier = ((<i64>args.multiplier << lift) + (count >> 1)) / <i64>count;
  const shift = <i64>(args.shift + lift);
  const half = <i64>1 << (shift - 1);
  const zeroPoint = <i64>args.outputZeroPoint;
  storeMean(output, i32x4.extract_lane(low, 0), multiplier, half, shift, zeroPoint);
  storeMean(output + 1, i32x4.extract_lane(low, 1), multiplier, half, shift, zeroPoint);
  storeMean(output + 2, i32x4.extract_lane(low, 2), multiplier, half, shift, zeroPoint);
  storeMean(output + 3, i32x4.extract_lane(low, 3), multiplier, half, shift, zeroPoint);
  storeMean(output + 4, i32x4.extract_lane(high, 0), multiplier, half, shift, zeroPoint);
  storeMean(output + 5, i32x4.extract_lane(high, 1), multiplier, half, shift, zeroPoint);
  storeMean(output + 6, i32x4.extract_lane(high, 2), multiplier, half, shift, zeroPoint);
  storeMean(output + 7, i32x4.extract_lane(high, 3), multiplier, half, shift, zeroPoint);
}

/** `takesMean` is a literal. */
// @ts-ignore: decorator
@inline
function pool(takesMean: bool, pointer: usize, begin: i32, end: i32): void {
  const args = changetype<PoolInt8Arguments>(pointer);
  check(args.blocks > 0 && args.kernelHeight > 0 && args.kernelWidth > 0);
  const inputHeight = args.inputHeight, inputWidth = args.inputWidth;
  const outputWidth = args.outputWidth, plane = args.outputHeight * outputWidth;
  const dilationHeight = args.dilationHeight, dilationWidth = args.dilationWidth;
  const blocks = args.blocks;
  const step = <usize>blocks * 8;
  const columnBytes = <usize>dilationWidth * step;
  for (let unit = begin; unit < end; unit++) {
    const pixel = unit / blocks;
    const image = pixel / plane;
    const row = (pixel - image * plane) / outputWidth;
    const top = row * args.strideHeight - args.paddingTop;
    const left = (pixel - image * plane - row * outputWidth) * args.strideWidth - args.paddingLeft;
    const firstRow = firstTap(top, dilationHeight);
    const lastRow = lastTap(top, dilationHeight, args.kernelHeight, inputHeight);
    const firstColumn = firstTap(left, dilationWidth);
    const columns = lastTap(left, dilationWidth, args.kernelWidth, inputWidth) - firstColumn;
    check(firstRow < lastRow && columns > 0);
    const source = args.input + <usize>(unit - pixel * blocks) * 8;
    let most = i8x16.splat(-128);
    let low = i32x4.splat(0), high = i32x4.splat(0);
    for (let y = firstRow; y < lastRow; y++) {
      const place = (image * inputHeight + top + y * dilationHeight) * inputWidth + left + firstColumn * dilationWidth;
      let at = source + <usize>place * step;
      for (let x = 0; x < columns; x++, at += columnBytes) {
        if (takesMean) {
          const value = v128.load8x8_s(at);
          low = i32x4.add(low, i32x4.extend_low_i16x8_s(value));
          high = i32x4.add(high, i32x4.extend_high_i16x8_s(value));
        } else {
          most = i8x16.max_s(most, v128.load64_zero(at));
        }
      }
    }
    const output = args.output + <usize>unit * 8;
    if (takesMean) {
      const rows = lastRow - firstRow;
      const zero = i32x4.splat(args.inputZeroPoint * rows * columns);
      const padded = args.countsPadding != 0;
      const countedRows = padded ? lastTap(top, dilationHeight, args.kernelHeight, args.countedHeight) : rows;
      const countedColumns = padded ? lastTap(left, dilationWidth, args.kernelWidth, args.countedWidth) : columns;
      storeMeans(output, i32x4.sub(low, zero), i32x4.sub(high, zero), countedRows * countedColumns, args);
    } else {
      v128.store64_lane(output, most, 0);
    }
  }
}

/** The largest elements. */
export function maxPoolInt8(pointer: usize, begin: i32, end: i32): void {
  pool(false, pointer, begin, end);
}

/** The means. */
export function averagePoolInt8(pointer: usize, begin: i32, end: i32): void {
  pool(true, pointer, begin, end);
}
