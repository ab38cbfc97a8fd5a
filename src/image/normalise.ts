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

/** The normalised value of every byte, by channel of the tensor. */
export type ByteTables = readonly [Float32Array, Float32Array, Float32Array];

/** Tables of a normalisation, computed in double precision and rounded once. */
export function normalisedBytes({ mean, scale }: TensorInput['normalisation']): ByteTables {
  const table = (channel: 0 | 1 | 2): Float32Array => {
    const values = new Float32Array(256);
    for (let byte = 0; byte < 256; byte++) values[byte] = (byte - mean[channel]) * scale[channel];
    return values;
  };
  return [table(0), table(1), table(2)];
}

/** Writes an image as three planes, one behind the other from `begin` on. */
export function writePlanes(
  image: RgbImage,
  channelOrder: TensorInput['channelOrder'],
  [first, second, third]: ByteTables,
  data: Float32Array,
  begin: number,
): void {
  const pixels = image.width * image.height;
  const bytes = image.data;
  const [low, high] = channelOrder === 'rgb' ? [0, 2] : [2, 0];
  for (let to = begin, from = 0; to < begin + pixels; to++, from += 3) {
    data[to] = first[bytes[from + low]!]!;
    data[to + pixels] = second[bytes[from + 1]!]!;
    data[to + 2 * pixels] = third[bytes[from + high]!]!;
  }
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
  const tables = normalisedBytes(input.normalisation);
  const pixels = input.height * input.width;
  const tensor = float32Tensor([images.length, 3, input.height, input.width]);
  for (const [index, image] of images.entries()) {
    checkSize(image, input, `image ${index + 1} of ${images.length}`);
    writePlanes(image, input.channelOrder, tables, tensor.data, index * 3 * pixels);
  }
  return tensor;
}
