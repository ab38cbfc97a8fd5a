/** From a detector's card and pixels to the tensors that its networks read: channel order and normalisation. */
import type { RgbImage } from '../image/image.js';
import { normaliseImages } from '../image/normalise.js';
import type { CardDetector } from '../model/card.js';
import type { Tensor } from '../tensor/tensor.js';

/** How pixels become the input of the networks. */
export type PixelInput = Pick<CardDetector, 'channelOrder' | 'normalisation'>;

/** The tensor [images, 3, height, width] of images of one size. */
export function tensorOf(images: readonly RgbImage[], input: PixelInput): Tensor {
  const { width, height } = images[0]!;
  return normaliseImages(images, { ...input, width, height });
}
