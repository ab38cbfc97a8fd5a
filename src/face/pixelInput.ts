/** From a detector's card and pixels to the tensors that its networks read: channel order and normalisation. */
import type { RgbImage } from '../image/image.js';
import { normaliseImages } from '../image/normalise.js';
import type { Region } from '../image/resize.js';
import type { CardDetector } from '../model/card.js';
import type { Tensor } from '../tensor/tensor.js';

/** How pixels become the input of the networks. */
export type PixelInput = Pick<CardDetector, 'channelOrder' | 'normalisation'>;

/** The tensor [images, 3, height, width] of images of one size. */
export function tensorOf(images: readonly RgbImage[], input: PixelInput): Tensor {
  const { width, height } = images[0]!;
  return normaliseImages(images, { ...input, width, height });
}

/** Whole pixels of an image, cut out; the image itself where that is all of it. */
export function cutOut(image: RgbImage, { x, y, width, height }: Region): RgbImage {
  if (width === image.width) {
    const begin = y * width * 3;
    return { data: image.data.subarray(begin, begin + height * width * 3), width, height, channels: 3 };
  }
  const data = new Uint8Array(width * height * 3);
  for (let row = 0; row < height; row++) {
    const begin = ((y + row) * image.width + x) * 3;
    data.set(image.data.subarray(begin, begin + width * 3), row * width * 3);
  }
  return { data, width, height, channels: 3 };
}
