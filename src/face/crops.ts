/** Later stages of the cascade: a network looks at square crops of the photograph, a batch at a time. */
import type { Network } from '../engine.js';
import type { RgbImage } from '../image/image.js';
import type { ImageShrinker } from '../runtime/shrinker.js';
import { elementCount } from '../tensor/shape.js';
import type { Candidate } from './boxes.js';
import type { PixelReader } from './pixelInput.js';

/** Pixels of the crops that one run takes: few enough for its values to stay in a core's own cache. */
const BATCH_PIXELS = 16 * 24 * 24;

/** The crop of a square box, its corners rounded to pixels, at the network's input size; black outside the image. */
function cropOf(photograph: ImageShrinker, box: Candidate, side: number): RgbImage {
  const [x, y] = [Math.round(box.x0), Math.round(box.y0)];
  const region = { x, y, width: Math.max(1, Math.round(box.x1) - x), height: Math.max(1, Math.round(box.y1) - y) };
  return photograph.shrink(region, [{ width: side, height: side }])[0]!;
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
