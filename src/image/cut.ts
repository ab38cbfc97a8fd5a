/** Rectangles of whole pixels, cut out of images. */
import type { RgbImage } from './image.js';

/** The pixels `[begin, end)` of an axis. */
export interface Span {
  readonly begin: number;
  readonly end: number;
}

/** Copies a rectangle of whole pixels; the image itself where that is all of it. */
export function cutOut(image: RgbImage, across: Span, down: Span): RgbImage {
  const width = across.end - across.begin;
  const height = down.end - down.begin;
  if (width === image.width) {
    const data = image.data.subarray(down.begin * width * 3, down.end * width * 3);
    return { data, width, height, channels: 3 };
  }
  const data = new Uint8Array(width * height * 3);
  for (let row = 0; row < height; row++) {
    const begin = ((down.begin + row) * image.width + across.begin) * 3;
    data.set(image.data.subarray(begin, begin + width * 3), row * width * 3);
  }
  return { data, width, height, channels: 3 };
}

/** The level of grey that stands for what lies outside an image: the middle, which detectors' networks read as 0. */
export const OUTSIDE_GREY = 128;

/** The image with a margin of grey around it, in new memory. */
export function surround(image: RgbImage, margin: number): RgbImage {
  const [width, height] = [image.width + 2 * margin, image.height + 2 * margin];
  const data = new Uint8Array(width * height * 3).fill(OUTSIDE_GREY);
  for (let row = 0; row < image.height; row++) {
    const begin = row * image.width * 3;
    data.set(image.data.subarray(begin, begin + image.width * 3), ((row + margin) * width + margin) * 3);
  }
  return { data, width, height, channels: 3 };
}
