/** Images at half their size. */
import type { RgbImage } from './image.js';

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
