/** From a detector's card and pixels to the tensors that its networks read: channel order and normalisation. */
import type { RgbImage } from '../image/image.js';
import { type ByteTables, normalisedBytes, writePlanes } from '../image/normalise.js';
import type { CardDetector } from '../model/card.js';
import { float32Tensor, type Tensor } from '../tensor/tensor.js';

/** How pixels become the input of the networks. */
export type PixelInput = Pick<CardDetector, 'channelOrder' | 'normalisation'>;

/** Makes input tensors, each in the place of the one before: a photograph takes dozens of them. */
export class PixelReader {
  readonly #channelOrder: PixelInput['channelOrder'];
  readonly #tables: ByteTables;
  #data = new Float32Array(0);

  constructor({ channelOrder, normalisation }: PixelInput) {
    this.#channelOrder = channelOrder;
    this.#tables = normalisedBytes(normalisation);
  }

  /** The tensor [images, 3, height, width] of images of one size; it holds until the next is made. */
  read(images: readonly RgbImage[]): Tensor {
    const { width, height } = images[0]!;
    const elements = 3 * width * height;
    const length = images.length * elements;
    if (this.#data.length < length) this.#data = new Float32Array(length);
    for (const [index, image] of images.entries()) {
      writePlanes(image, this.#channelOrder, this.#tables, this.#data, index * elements);
    }
    return float32Tensor([images.length, 3, height, width], this.#data.subarray(0, length));
  }
}
