/** Images: interleaved bytes with a width, a height and a number of channels, from whatever the caller has. */
import { ImageError } from '../errors.js';
import { brandOf, typedArrayName } from '../tensor/bytes.js';

/** Bytes of pixels, row by row from the top, channels interleaved. */
export type PixelBytes = Uint8Array | Uint8ClampedArray;

/** A checked image: `data.length` is width · height · channels. 1 channel is grey, 3 are RGB, 4 are RGBA. */
export interface Image {
  readonly data: PixelBytes;
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
  readonly channels: 1 | 3 | 4;
}

/** An image of three channels, red first. */
export interface RgbImage extends Image {
  readonly channels: 3;
}

/** Pixels as browsers and canvases give them (`ImageData`); absent `channels` follow from the length of the data. */
export interface PixelSource {
  readonly data: PixelBytes;
  readonly width: number;
  readonly height: number;
  readonly channels?: number | undefined;
}

/** Pixels as sharp gives them: `sharp(file).raw().toBuffer({ resolveWithObject: true })`. */
export interface RawPixels {
  readonly data: PixelBytes;
  readonly info: { readonly width: number; readonly height: number; readonly channels: number };
}

/** Everything that is accepted where an image is asked for. */
export type ImageSource = Image | PixelSource | RawPixels;

function checkSide(where: string, name: string, value: unknown): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 1) {
    throw new ImageError('IMAGE_SIZE', `${where}: ${name} is ${value}; accepted is a whole number from 1.`);
  }
  return value;
}

/**
 * Checks an image and fills in what may be absent; the pixels are not copied.
 * Throws ImageError IMAGE_DATA where the data is no bytes, IMAGE_SIZE, IMAGE_CHANNELS, or IMAGE_LENGTH where the
 * length does not fit. `where` names the image in messages.
 */
export function checkImage(source: ImageSource, where = 'image'): Image {
  const data: unknown = source?.data;
  const name = typedArrayName(data);
  if (name !== 'Uint8Array' && name !== 'Uint8ClampedArray') {
    const found = data === null || data === undefined ? 'missing' : `a ${name ?? brandOf(data)}`;
    throw new ImageError('IMAGE_DATA', `${where}: data is ${found}; accepted are Uint8Array and Uint8ClampedArray.`);
  }
  const size: Omit<PixelSource, 'data'> = 'info' in source ? source.info : source;
  const width = checkSide(where, 'width', size.width);
  const height = checkSide(where, 'height', size.height);
  const pixels = data as PixelBytes;
  const channels = size.channels ?? pixels.length / (width * height);
  if (channels !== 1 && channels !== 3 && channels !== 4) {
    const origin = size.channels === undefined ? ` (${pixels.length} bytes for ${width}×${height})` : '';
    throw new ImageError('IMAGE_CHANNELS', `${where}: has ${channels} channels${origin}; accepted are 1, 3 and 4.`);
  }
  if (pixels.length !== width * height * channels) {
    throw new ImageError(
      'IMAGE_LENGTH',
      `${where}: has ${pixels.length} bytes; ${width}×${height} with ${channels} channels has ${width * height * channels}.`,
    );
  }
  return { data: pixels, width, height, channels };
}

/**
 * The image as RGB: grey is repeated in the three channels, alpha is dropped as cv2.imread and Pillow's
 * `convert('RGB')` drop it, so that embeddings agree with those tools. An image that is RGB already is returned as it
 * is, its pixels not copied.
 */
export function toRgb(image: Image): RgbImage {
  const { data, width, height, channels } = image;
  if (channels === 3) return { data, width, height, channels };
  const target = new Uint8Array(width * height * 3);
  const [green, blue] = channels === 1 ? [0, 0] : [1, 2];
  for (let from = 0, to = 0; from < data.length; from += channels, to += 3) {
    target[to] = data[from]!;
    target[to + 1] = data[from + green]!;
    target[to + 2] = data[from + blue]!;
  }
  return { data: target, width, height, channels: 3 };
}

/** The image with left and right exchanged, in new memory. */
export function mirrorImage(image: Image): Image {
  const { data, width, height, channels } = image;
  const target = new Uint8Array(data.length);
  const rowBytes = width * channels;
  for (let row = 0; row < height; row++) {
    let from = row * rowBytes;
    let to = from + rowBytes - channels;
    for (let column = 0; column < width; column++, from += channels, to -= channels) {
      for (let channel = 0; channel < channels; channel++) target[to + channel] = data[from + channel]!;
    }
  }
  return { data: target, width, height, channels };
}
