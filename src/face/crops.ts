/** Later stages of the cascade: a network looks at square crops of the photograph, a batch at a time. */
import type { Network } from '../engine.js';
import { OUTSIDE_GREY } from '../image/cut.js';
import type { RgbImage } from '../image/image.js';
import type { Region } from '../image/resize.js';
import { triangleTaps } from '../image/triangle.js';
import type { CopySize, ImageShrinker } from '../runtime/shrinker.js';
import { elementCount } from '../tensor/shape.js';
import type { Candidate } from './boxes.js';
import type { PixelReader } from './pixelInput.js';

/** Pixels of the crops that one run takes: few enough for its values to stay in a core's own cache. */
const BATCH_PIXELS = 16 * 24 * 24;

/** How much of each output of an axis lies inside the image, 0 to 1. */
function insideShares(begin: number, extent: number, length: number, outputs: number): Float64Array {
  const { counts, stride, weights } = triangleTaps(begin, extent, length, outputs);
  const shares = new Float64Array(outputs);
  for (let output = 0; output < outputs; output++) {
    for (let tap = 0; tap < counts[output]!; tap++) shares[output]! += weights[output * stride + tap]!;
  }
  return shares;
}

/** Turns what is black in a copy of a region because it lies outside the image into grey. */
function greyOutside({ data, width, height }: RgbImage, region: Region, image: CopySize): void {
  const { x, y } = region;
  if (x >= 0 && y >= 0 && x + region.width <= image.width && y + region.height <= image.height) return;
  const across = insideShares(x, region.width, image.width, width);
  const down = insideShares(y, region.height, image.height, height);
  for (let row = 0, at = 0; row < height; row++) {
    for (let column = 0; column < width; column++, at += 3) {
      const grey = OUTSIDE_GREY * (1 - across[column]! * down[row]!);
      for (let channel = at; channel < at + 3; channel++) data[channel] = Math.min(255, data[channel]! + grey);
    }
  }
}

/** The crop of a square box, its corners rounded to pixels, at the network's input size; grey outside the image. */
function cropOf(photograph: ImageShrinker, box: Candidate, side: number): RgbImage {
  const [x, y] = [Math.round(box.x0), Math.round(box.y0)];
  const region = { x, y, width: Math.max(1, Math.round(box.x1) - x), height: Math.max(1, Math.round(box.y1) - y) };
  const [copy] = photograph.shrink(region, [{ width: side, height: side }]);
  greyOutside(copy!, region, photograph.size);
  return copy!;
}

/**
 * Runs a network on the crops of all boxes and hands each box its part of the named outputs, whose first axis is that
 * of the boxes.
 */
export function lookAtBoxes<T>(
  network: Network,
  photograph: ImageShrinker,
  boxes: readonly Candidate[],
  pixels: PixelReader,
  take: (box: Candidate, output: (name: string) => Float32Array) => T,
): T[] {
  const { name, shape } = network.inputs[0]!;
  const side = shape.at(-1)!;
  const batch = Math.max(1, Math.floor(BATCH_PIXELS / (side * side)));
  const results: T[] = [];
  for (let begin = 0; begin < boxes.length; begin += batch) {
    const part = boxes.slice(begin, begin + batch);
    const crops = part.map((box) => cropOf(photograph, box, side));
    const outputs = network.run({ [name]: pixels.read(crops) });
    for (const [index, box] of part.entries()) {
      const output = (of: string) => {
        const { data, shape } = outputs[of]!;
        const length = elementCount(shape) / part.length;
        return data.subarray(index * length, (index + 1) * length);
      };
      results.push(take(box, output));
    }
  }
  return results;
}
