/** Images turned as their cameras recorded that they must be. */
import type { Orientation } from './exif.js';
import type { RgbImage } from './image.js';

/** Orientations whose rows become columns. */
function isTransposed(orientation: Orientation): boolean {
  return orientation >= 5;
}

/**
 * The image upright. For each pixel of the result, the one that it shows is reached from a first pixel by a step along
 * columns and a step along rows, which are the stored image's own, reversed or exchanged.
 */
export function orientImage(image: RgbImage, orientation: Orientation): RgbImage {
  if (orientation === 1) return image;
  const { data, width, height } = image;
  const turned = isTransposed(orientation);
  const size = turned ? { width: height, height: width } : { width, height };
  const mirrored = [2, 3, 7, 8].includes(orientation);
  const flipped = [3, 4, 6, 7].includes(orientation);
  const across = mirrored ? -3 : 3;
  const down = (flipped ? -3 : 3) * width;
  const first = (mirrored ? (width - 1) * 3 : 0) + (flipped ? (height - 1) * width * 3 : 0);
  const [column, row] = turned ? [down, across] : [across, down];
  const target = new Uint8Array(data.length);
  for (let y = 0, to = 0; y < size.height; y++) {
    let from = first + y * row;
    for (let x = 0; x < size.width; x++, from += column, to += 3) {
      target[to] = data[from]!;
      target[to + 1] = data[from + 1]!;
      target[to + 2] = data[from + 2]!;
    }
  }
  return { data: target, ...size, channels: 3 };
}
