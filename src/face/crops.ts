/** Later stages of the cascade: a network looks at square crops of the image, a batch at a time. */
import type { Network } from '../engine.js';
import type { RgbImage } from '../image/image.js';
import { resizeRegion } from '../image/resize.js';
import type { ImageHalves } from '../image/shrink.js';
import { elementCount } from '../tensor/shape.js';
import type { Candidate } from './boxes.js';
import { type PixelInput, tensorOf } from './pixelInput.js';

/** Pixels of the crops that one run takes: few enough for its values to stay in a core's own cache. */
const BATCH_PIXELS = 16 * 24 * 24;

/** A crop is made from a halved image that is still to be shrunk this much or more. */
const RESERVE = 2;

/** The crop of a square box, its corners rounded to pixels, at the network's input size; black outside the image. */
function cropOf(halves: ImageHalves, box: Candidate, side: number): RgbImage {
  const [x0, y0] = [Math.round(box.x0), Math.round(box.y0)];
  const width = Math.max(1, Math.round(box.x1) - x0);
  const height = Math.max(1, Math.round(box.y1) - y0);
  const { image, size } = halves.levelFor(Math.min(width, height) / side, RESERVE);
  const region = { x: x0 / size, y: y0 / size, width: width / size, height: height / size };
  return resizeRegion(image, region, side, side);
}

/**
 * Runs a network on the crops of all boxes and hands each box its part of the named outputs, whose first axis is that
 * of the boxes.
 */
export function lookAtBoxes<T>(
  network: Network,
  halves: ImageHalves,
  boxes: readonly Candidate[],
  input: PixelInput,
  take: (box: Candidate, output: (name: string) => Float32Array) => T,
): T[] {
  const { name, shape } = network.inputs[0]!;
  const side = shape.at(-1)!;
  const batch = Math.max(1, Math.floor(BATCH_PIXELS / (side * side)));
  const results: T[] = [];
  for (let begin = 0; begin < boxes.length; begin += batch) {
    const part = boxes.slice(begin, begin + batch);
    const crops = part.map((box) => cropOf(halves, box, side));
    const outputs = network.run({ [name]: tensorOf(crops, input) });
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
