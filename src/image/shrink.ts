/**
 * Many smaller copies of one image in a single pass over its pixels, equal to those of `resizeImage`.
 *
 * A triangle of the half-width of one output pixel is the second difference of a ramp: with
 * D(x) = Σ f(p) · max(0, x − p) over a row's pixel centres p, and D taken at the centres x of the output pixels,
 * step · output(i) = D(x + step) − 2 · D(x) + D(x − step). D is linear between pixel centres and comes from two running
 * sums, so that an output costs the same however much is shrunk.
 */
import { ImageError } from '../errors.js';
import type { RgbImage } from './image.js';
import { triangleTaps } from './triangle.js';

/** The size of a copy in pixels; no side is longer than the image's. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** A copy under construction. */
interface Copy {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
  /** For the centre of output i and one further: the index of the ramp's value below it, and how far beyond it is. */
  readonly below: Int32Array;
  readonly beyond: Float64Array;
  /** What the second difference of output i is multiplied with. */
  readonly factors: Float64Array;
  /** The current row of the image, filtered along x. */
  readonly row: Uint8Array;
  /** By row of the image: the rows of the copy that it weighs in. */
  readonly uses: readonly (readonly Use[])[];
  /** Sums of copy rows that are not complete: row r stands at r modulo ACTIVE. */
  readonly sums: Float64Array;
}

interface Use {
  readonly row: number;
  readonly weight: number;
  /** The row is complete after this. */
  readonly last: boolean;
}

/** Rows of a copy that one row of the image can weigh in, at most, rounded up to a power of two. */
const ACTIVE = 4;

function usesOf(rows: number, outputs: number): Use[][] {
  const uses: Use[][] = Array.from({ length: rows }, () => []);
  const { first, counts, stride, weights } = triangleTaps(0, rows, rows, outputs);
  for (let row = 0; row < outputs; row++) {
    const count = counts[row]!;
    for (let tap = 0; tap < count; tap++) {
      uses[first[row]! + tap]!.push({ row, weight: weights[row * stride + tap]!, last: tap === count - 1 });
    }
  }
  return uses;
}

function beginCopy(image: RgbImage, { width, height }: Size): Copy {
  const whole = [width, height].every((side) => Number.isSafeInteger(side) && side > 0);
  if (!whole || width > image.width || height > image.height) {
    throw new ImageError(
      'IMAGE_SIZE',
      `shrinking ${image.width}×${image.height} to ${width}×${height} pixels; accepted are sides from 1 to the image's.`,
    );
  }
  const step = image.width / width;
  const below = new Int32Array(width + 1);
  const beyond = new Float64Array(width + 1);
  for (let output = 0; output <= width; output++) {
    const position = (output + 0.5) * step - 0.5;
    const index = Math.min(Math.floor(position), image.width);
    below[output] = index * 3;
    beyond[output] = position - index;
  }
  const factors = new Float64Array(width);
  const { first, counts } = triangleTaps(0, image.width, image.width, width);
  for (let output = 0; output < width; output++) {
    const centre = (output + 0.5) * step;
    let sum = 0;
    for (let tap = 0; tap < counts[output]!; tap++)
      sum += Math.max(0, step - Math.abs(first[output]! + tap + 0.5 - centre));
    factors[output] = 1 / sum;
  }
  return {
    width,
    height,
    data: new Uint8Array(width * height * 3),
    below,
    beyond,
    factors,
    row: new Uint8Array(width * 3),
    uses: usesOf(image.height, height),
    sums: new Float64Array(ACTIVE * width * 3).fill(0.5),
  };
}

/** The ramp D of a row, interleaved: its value at pixel centre n stands at 3n, and one more continues it. */
function writeRamp(data: RgbImage['data'], start: number, width: number, ramp: Float64Array): void {
  let [red, green, blue] = [0, 0, 0];
  let [redSum, greenSum, blueSum] = [0, 0, 0];
  const end = start + width * 3;
  let to = 3;
  for (let from = start; from < end; from += 3, to += 3) {
    redSum += data[from]!;
    greenSum += data[from + 1]!;
    blueSum += data[from + 2]!;
    ramp[to] = red += redSum;
    ramp[to + 1] = green += greenSum;
    ramp[to + 2] = blue += blueSum;
  }
  ramp[to] = red + redSum;
  ramp[to + 1] = green + greenSum;
  ramp[to + 2] = blue + blueSum;
}

/** Filters the current row along x. */
function filterRow(ramp: Float64Array, { below, beyond, factors, row, width }: Copy): void {
  let from = below[0]!;
  let share = beyond[0]!;
  let [redBefore, greenBefore, blueBefore] = [0, 0, 0];
  let red = ramp[from]! + share * (ramp[from + 3]! - ramp[from]!);
  let green = ramp[from + 1]! + share * (ramp[from + 4]! - ramp[from + 1]!);
  let blue = ramp[from + 2]! + share * (ramp[from + 5]! - ramp[from + 2]!);
  for (let output = 0, to = 0; output < width; output++, to += 3) {
    from = below[output + 1]!;
    share = beyond[output + 1]!;
    const factor = factors[output]!;
    const redAfter = ramp[from]! + share * (ramp[from + 3]! - ramp[from]!);
    const greenAfter = ramp[from + 1]! + share * (ramp[from + 4]! - ramp[from + 1]!);
    const blueAfter = ramp[from + 2]! + share * (ramp[from + 5]! - ramp[from + 2]!);
    row[to] = factor * (redAfter - 2 * red + redBefore) + 0.5;
    row[to + 1] = factor * (greenAfter - 2 * green + greenBefore) + 0.5;
    row[to + 2] = factor * (blueAfter - 2 * blue + blueBefore) + 0.5;
    redBefore = red;
    greenBefore = green;
    blueBefore = blue;
    red = redAfter;
    green = greenAfter;
    blue = blueAfter;
  }
}

/** Adds the current row to the copy's rows that it weighs in, and writes out those that are complete. */
function addRow({ row, sums, data }: Copy, uses: readonly Use[]): void {
  const length = row.length;
  for (const use of uses) {
    const begin = (use.row % ACTIVE) * length;
    const { weight } = use;
    if (use.last) {
      for (let index = 0, at = begin, to = use.row * length; index < length; index++, at++, to++) {
        data[to] = sums[at]! + weight * row[index]!;
        sums[at] = 0.5;
      }
    } else {
      for (let index = 0, at = begin; index < length; index++, at++) sums[at] = sums[at]! + weight * row[index]!;
    }
  }
}

/**
 * Copies of the image in all the given sizes, none larger than the image itself.
 * Throws ImageError IMAGE_SIZE for a side that is no whole number from 1 to the image's.
 */
export function shrinkImage(image: RgbImage, sizes: readonly Size[]): RgbImage[] {
  const copies = sizes.map((size) => beginCopy(image, size));
  const ramp = new Float64Array((image.width + 2) * 3);
  for (let row = 0; row < image.height; row++) {
    const used = copies.filter(({ uses }) => uses[row]!.length > 0);
    if (used.length > 0) writeRamp(image.data, row * image.width * 3, image.width, ramp);
    for (const copy of used) {
      filterRow(ramp, copy);
      addRow(copy, copy.uses[row]!);
    }
  }
  return copies.map(({ data, width, height }) => ({ data, width, height, channels: 3 }));
}

/** The image at half its size, rounded up; each pixel the mean of 2×2, the last of an odd side that of its own. */
export function halveImage(image: RgbImage): RgbImage {
  const { data } = image;
  const width = Math.ceil(image.width / 2);
  const height = Math.ceil(image.height / 2);
  const half = new Uint8Array(width * height * 3);
  const rowBytes = image.width * 3;
  const pairs = Math.floor(image.width / 2);
  for (let row = 0, to = 0; row < height; row++) {
    let upper = 2 * row * rowBytes;
    let lower = 2 * row + 1 < image.height ? upper + rowBytes : upper;
    for (let pair = 0; pair < pairs; pair++, upper += 6, lower += 6, to += 3) {
      half[to] = (data[upper]! + data[upper + 3]! + data[lower]! + data[lower + 3]! + 2) >> 2;
      half[to + 1] = (data[upper + 1]! + data[upper + 4]! + data[lower + 1]! + data[lower + 4]! + 2) >> 2;
      half[to + 2] = (data[upper + 2]! + data[upper + 5]! + data[lower + 2]! + data[lower + 5]! + 2) >> 2;
    }
    if (pairs === width) continue;
    for (let channel = 0; channel < 3; channel++) {
      half[to++] = (data[upper + channel]! + data[lower + channel]! + 1) >> 1;
    }
  }
  return { data: half, width, height, channels: 3 };
}

/** An image and its halves, each made when first asked for. */
export class ImageHalves {
  readonly #levels: RgbImage[];

  constructor(image: RgbImage) {
    this.#levels = [image];
  }

  /** The image itself. */
  get image(): RgbImage {
    return this.#levels[0]!;
  }

  /**
   * The smallest level that is still to be shrunk by `reserve` or more where the image is to be shrunk by `shrink`; the
   * image itself where that is less than 2 · `reserve`. A pixel of the level covers `size` × `size` of the image's.
   */
  levelFor(shrink: number, reserve: number): { readonly image: RgbImage; readonly size: number } {
    const most = Math.max(0, Math.floor(Math.log2(shrink / reserve)));
    let level = 0;
    while (level < most) {
      const image = this.#levels[level]!;
      if (image.width < 2 || image.height < 2) break;
      level++;
      this.#levels[level] ??= halveImage(image);
    }
    return { image: this.#levels[level]!, size: 2 ** level };
  }
}
