/** Resampling a region of an image to any size, row filter first and column filter second, each rounded to bytes. */
import { ImageError } from '../errors.js';
import type { RgbImage } from './image.js';
import { type Taps, triangleTaps } from './triangle.js';

/** A rectangle in an image's pixels, `[x, x + width)` by `[y, y + height)`; it may pass the image's edges. */
export interface Region {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Filters the rows `[begin, end)` along x: as many bytes a row as there are outputs, times 3. */
function resampleRows(image: RgbImage, across: Taps, begin: number, end: number): Uint8Array {
  const { data } = image;
  const { first, counts, stride, weights } = across;
  const width = first.length;
  const rows = new Uint8Array(Math.max(0, end - begin) * width * 3);
  for (let row = begin, to = 0; row < end; row++) {
    const start = row * image.width * 3;
    for (let column = 0; column < width; column++, to += 3) {
      let red = 0.5;
      let green = 0.5;
      let blue = 0.5;
      let from = start + first[column]! * 3;
      const begins = column * stride;
      const ends = begins + counts[column]!;
      for (let tap = begins; tap < ends; tap++, from += 3) {
        const weight = weights[tap]!;
        red += weight * data[from]!;
        green += weight * data[from + 1]!;
        blue += weight * data[from + 2]!;
      }
      rows[to] = red;
      rows[to + 1] = green;
      rows[to + 2] = blue;
    }
  }
  return rows;
}

/** Filters columns: `rows` begin at row `top` of the source and have `rowBytes` bytes each. */
function resampleColumns(rows: Uint8Array, top: number, rowBytes: number, down: Taps): Uint8Array {
  const { first, counts, stride, weights } = down;
  const height = first.length;
  const data = new Uint8Array(height * rowBytes);
  const sums = new Float64Array(rowBytes);
  for (let row = 0; row < height; row++) {
    sums.fill(0.5);
    for (let tap = 0, from = (first[row]! - top) * rowBytes; tap < counts[row]!; tap++, from += rowBytes) {
      const weight = weights[row * stride + tap]!;
      for (let index = 0; index < rowBytes; index++) sums[index] = sums[index]! + weight * rows[from + index]!;
    }
    for (let index = 0, to = row * rowBytes; index < rowBytes; index++, to++) data[to] = sums[index]!;
  }
  return data;
}

/** The region resampled to `width` × `height`; what it holds outside the image is black. */
export function resizeRegion(image: RgbImage, region: Region, width: number, height: number): RgbImage {
  const across = triangleTaps(region.x, region.width, image.width, width);
  const down = triangleTaps(region.y, region.height, image.height, height);
  const top = down.first[0]!;
  const rows = resampleRows(image, across, top, down.first[height - 1]! + down.counts[height - 1]!);
  return { data: resampleColumns(rows, top, width * 3, down), width, height, channels: 3 };
}

/**
 * The image resampled to `width` × `height`, aspect ratio not kept.
 * Throws ImageError IMAGE_SIZE where a side is no whole number from 1.
 */
export function resizeImage(image: RgbImage, width: number, height: number): RgbImage {
  if (![width, height].every((side) => Number.isSafeInteger(side) && side > 0)) {
    throw new ImageError('IMAGE_SIZE', `resizing to ${width}×${height} pixels; accepted are whole numbers from 1.`);
  }
  return resizeRegion(image, { x: 0, y: 0, width: image.width, height: image.height }, width, height);
}
