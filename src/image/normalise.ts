/** From RGB pixels to a network's input tensor: (pixel − mean) · scale, channel by channel. */
import { ShapeError } from '../errors.js';
import { float32Tensor, type Tensor } from '../tensor/tensor.js';
import type { RgbImage } from './image.js';

/** What the input tensor of a network is made from; a model card's input is one. */
export interface TensorInput {
  /** Pixels. */
  readonly height: number;
  /** Pixels. */
  readonly width: number;
  readonly channelOrder: 'rgb' | 'bgr';
  /** By channel, in the order of `channelOrder`. */
  readonly normalisation: {
    readonly mean: readonly [number, number, number];
    readonly scale: readonly [number, number, number];
  };
}

/** The normalised value of every byte, computed in double precision and rounded once. */
function normalisedBytes(mean: number, scale: number): Float32Array {
  return Float32Array.from({ length: 256 }, (_, byte) => (byte - mean) * scale);
}

function checkSize(image: RgbImage, input: TensorInput, where: string): void {
  if (image.height === input.height && image.width === input.width) return;
  throw new ShapeError(
    'IMAGE_SHAPE',
    `${where} is ${image.width}×${image.height} pixels; the model takes ${input.width}×${input.height}.`,
  );
}

/**
 * Makes the tensor [images, 3, height, width] of images that have exactly the input's size.
 * Throws ShapeError IMAGE_SHAPE for an image of another size.
 */
export function normaliseImages(images: readonly RgbImage[], input: TensorInput): Tensor {
  const { mean, scale } = input.normalisation;
  const tables = mean.map((value, channel) => normalisedBytes(value, scale[channel]!));
  const pixels = input.height * input.width;
  const tensor = float32Tensor([images.length, 3, input.height, input.width]);
  for (const [index, image] of images.entries()) {
    checkSize(image, input, `image ${index + 1} of ${images.length}`);
    for (const [channel, table] of tables.entries()) {
      let from = input.channelOrder === 'rgb' ? channel : 2 - channel;
      const begin = (index * 3 + channel) * pixels;
      for (let to = begin; to < begin + pixels; to++, from += 3) tensor.data[to] = table[image.data[from]!]!;
    }
  }
  return tensor;
}
