/** Sampling an image under a similarity transform, bilinear, without aliasing where it shrinks. */
import { cutOut } from './cut.js';
import { halveImage } from './halve.js';
import type { RgbImage } from './image.js';

/** (x, y) ↦ (a·x − b·y + x₀, b·x + a·y + y₀): rotation, uniform scale and translation, by pixel centres. */
export interface Similarity {
  readonly a: number;
  readonly b: number;
  readonly x: number;
  readonly y: number;
}

/** A part of an image, halved so often; pixel centres of the image become (x − left) / size of the part. */
interface Source {
  readonly image: RgbImage;
  readonly left: number;
  readonly top: number;
  /** Pixels of the image that one of the part covers, along either side. */
  readonly size: number;
}

/** The part of the image that the target sees, with a margin, halved `halvings` times; undefined where it sees none. */
function sourceOf(image: RgbImage, transform: Similarity, width: number, height: number, halvings: number) {
  const size = 2 ** halvings;
  const corners = [
    [-1, -1],
    [width, -1],
    [-1, height],
    [width, height],
  ].map(([u, v]) => sampledAt(transform, u!, v!));
  const margin = 2 * size;
  const span = (values: readonly number[], length: number) => {
    const begin = Math.max(0, Math.floor((Math.min(...values) - margin) / size) * size);
    return { begin, end: Math.min(length, Math.ceil(Math.max(...values)) + margin + 1) };
  };
  const across = span(
    corners.map(([x]) => x),
    image.width,
  );
  const down = span(
    corners.map(([, y]) => y),
    image.height,
  );
  if (across.begin >= across.end || down.begin >= down.end) return undefined;
  let part = cutOut(image, across, down);
  for (let halving = 0; halving < halvings; halving++) part = halveImage(part);
  return { image: part, left: across.begin, top: down.begin, size } satisfies Source;
}

/** Where the transform takes a pixel centre. */
export function sampledAt({ a, b, x, y }: Similarity, u: number, v: number): readonly [x: number, y: number] {
  return [a * u - b * v + x, b * u + a * v + y];
}

/** Adds the bilinear value at (x, y) to `sums`; pixels outside the image are black. */
function addSample({ data, width, height }: RgbImage, x: number, y: number, sums: Float64Array): void {
  const left = Math.floor(x);
  const top = Math.floor(y);
  if (left < -1 || top < -1 || left >= width || top >= height) return;
  const [right, bottom] = [x - left, y - top];
  for (let corner = 0; corner < 4; corner++) {
    const column = left + (corner & 1);
    const row = top + (corner >> 1);
    if (column < 0 || row < 0 || column >= width || row >= height) continue;
    const weight = (corner & 1 ? right : 1 - right) * (corner >> 1 ? bottom : 1 - bottom);
    const from = (row * width + column) * 3;
    sums[0] = sums[0]! + weight * data[from]!;
    sums[1] = sums[1]! + weight * data[from + 1]!;
    sums[2] = sums[2]! + weight * data[from + 2]!;
  }
}

/**
 * The image of `width` × `height` whose pixel (u, v) shows what the transform takes (u, v) to; black outside.
 * Where the transform enlarges or keeps, one bilinear sample a pixel. Where it shrinks by s > 1, the image is halved by
 * 2×2 means while s ≥ 2, and each pixel is then the mean of 2×2 samples which are (s − 1) pixels of the source apart:
 * so a pixel sees all that it covers, and nothing jumps as s passes 1.
 */
export function warpImage(image: RgbImage, transform: Similarity, width: number, height: number): RgbImage {
  const data = new Uint8Array(width * height * 3);
  const shrink = Math.hypot(transform.a, transform.b);
  const halvings = Math.max(0, Math.floor(Math.log2(shrink)));
  const source = sourceOf(image, transform, width, height, halvings);
  if (!source) return { data, width, height, channels: 3 };
  const reach = (1 - source.size / shrink) / 2;
  const offsets = reach > 0 ? [-reach, reach] : [0];
  const share = 1 / offsets.length ** 2;
  const sums = new Float64Array(3);
  // Pixel centres of the part: centre c of the image is (c + 0.5 − begin) / size − 0.5 there.
  const toPart = (centre: number, begin: number) => (centre + 0.5 - begin) / source.size - 0.5;
  for (let row = 0, to = 0; row < height; row++) {
    for (let column = 0; column < width; column++, to += 3) {
      sums.fill(0);
      for (const down of offsets) {
        for (const across of offsets) {
          const [x, y] = sampledAt(transform, column + across, row + down);
          addSample(source.image, toPart(x, source.left), toPart(y, source.top), sums);
        }
      }
      for (let channel = 0; channel < 3; channel++) data[to + channel] = sums[channel]! * share + 0.5;
    }
  }
  return { data, width, height, channels: 3 };
}
