/** Pictures in every form that programs have them in, as RGB pixels; what is none is named, with what to pass instead. */
import { ImageError, UnavailableError } from '../errors.js';
import { type DecodeOptions, decodeImage } from '../image/decode.js';
import { checkImage, type ImageSource, type RgbImage, toRgb } from '../image/image.js';
import { brandOf, bytesOf } from '../tensor/bytes.js';
import { joinPieces, piecesOf } from './bounded.js';
import { readInputFile } from './local.js';

/** What browsers can draw: an `ImageBitmap`, or a frame of a video. */
interface Drawable {
  readonly width?: number;
  readonly height?: number;
  readonly displayWidth?: number;
  readonly displayHeight?: number;
}

/**
 * A picture: the bytes of a JPEG or PNG file, in any typed array, an ArrayBuffer or a Blob; pixels; or, where they can be
 * drawn, an `ImageBitmap` or `VideoFrame`, which stay open.
 */
export type Photo = ArrayBuffer | ArrayBufferView | Blob | ImageBitmap | VideoFrame | ImageSource;

const ACCEPTED =
  'accepted are the bytes of a picture (JPEG, PNG, WebP, AVIF, GIF or BMP), a Blob, and pixels with width and height';

/** What to pass instead of what is often given by mistake. */
function adviceFor(given: unknown): { readonly found: string; readonly advice: string } {
  if (given === undefined) return { found: 'is missing', advice: ACCEPTED };
  if (typeof given === 'string') {
    if (/^data:/i.test(given)) {
      return { found: 'is a data URL', advice: 'did you mean its bytes: await (await fetch(url)).blob()' };
    }
    if (/^(https?|blob|file):/i.test(given)) {
      return { found: 'is an address', advice: 'did you mean what it leads to: await (await fetch(url)).blob()' };
    }
    return { found: 'is a string', advice: 'did you mean its bytes: await readFile(path)' };
  }
  if (typeof given !== 'object' || given === null) {
    return { found: given === null ? 'is null' : `is a ${typeof given}`, advice: ACCEPTED };
  }
  return adviceForObject(given);
}

function adviceForObject(given: object): { readonly found: string; readonly advice: string } {
  const brand = brandOf(given);
  const has = (name: string): boolean => name in given;
  if (has('then')) return { found: 'is a promise', advice: 'did you forget await' };
  if (brand === 'URL') return { found: 'is a URL', advice: 'did you mean its bytes: await readFile(url)' };
  if (brand === 'Response') return { found: 'is a Response', advice: 'did you mean await response.blob()' };
  if (has('fieldname') && has('mimetype')) {
    const advice = has('buffer') ? 'did you mean file.buffer' : 'did you mean await readFile(file.path)';
    return { found: 'is an uploaded file of multer', advice };
  }
  if (has('toBuffer') && has('mimetype'))
    return { found: 'is an uploaded file', advice: 'did you mean await file.toBuffer()' };
  if (has('toBuffer')) {
    return {
      found: 'is an image of sharp',
      advice: 'did you mean await image.raw().toBuffer({ resolveWithObject: true })',
    };
  }
  if (brand === 'HTMLImageElement' || brand === 'HTMLVideoElement' || brand === 'HTMLCanvasElement') {
    return { found: `is an ${brand}`, advice: 'did you mean await createImageBitmap(element)' };
  }
  if (has('getReader') || has('pipe')) {
    return { found: 'is a stream', advice: 'did you mean its bytes: await new Response(stream).blob()' };
  }
  if (has('read') && has('stat')) return { found: 'is a file handle', advice: 'did you mean await handle.readFile()' };
  if (Array.isArray(given))
    return { found: 'is an array', advice: 'did you mean one of its elements, or Uint8Array.from(array)' };
  return { found: `is ${brand === 'Object' ? 'an object without pixels' : `a ${brand}`}`, advice: ACCEPTED };
}

function refuse(given: unknown, where: string): never {
  const { found, advice } = adviceFor(given);
  throw new ImageError('IMAGE_DATA', `${where}: ${found}; ${advice}${advice === ACCEPTED ? '.' : '?'}`);
}

/** The pixels of what can be drawn. Throws ImageError IMAGE_SIZE for what is closed, UnavailableError DECODER_UNAVAILABLE. */
function drawn(source: Drawable, where: string): RgbImage {
  const [width, height] = [source.displayWidth ?? source.width ?? 0, source.displayHeight ?? source.height ?? 0];
  if (width < 1 || height < 1) {
    throw new ImageError('IMAGE_SIZE', `${where}: has ${width}×${height} pixels: it is closed; an open one is needed.`);
  }
  if (typeof OffscreenCanvas === 'undefined') {
    const accepted = 'pixels with width and height are accepted everywhere';
    throw new UnavailableError(
      'DECODER_UNAVAILABLE',
      `${where}: cannot be drawn without OffscreenCanvas; ${accepted}.`,
    );
  }
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true })!;
  context.drawImage(source as ImageBitmap, 0, 0, width, height);
  return toRgb(checkImage(context.getImageData(0, 0, width, height), where));
}

/** The bytes of a picture's file; undefined where it has pixels, or is none. */
async function fileBytesOf(photo: unknown, where: string): Promise<Uint8Array | undefined> {
  const brand = brandOf(photo);
  if (brand !== 'Blob' && brand !== 'File') return bytesOf(photo);
  const blob = photo as Blob;
  return joinPieces(piecesOf(blob.stream(), undefined), blob.size, { where });
}

/**
 * A picture as RGB pixels. `where` names it in messages.
 * Throws ImageError IMAGE_DATA for what is no picture, as `decodeImage` and `checkImage` do, and UnavailableError
 * DECODER_UNAVAILABLE for what would have to be drawn where nothing can draw.
 */
export async function readPicture(photo: Photo, where: string, options: DecodeOptions = {}): Promise<RgbImage> {
  const bytes = await fileBytesOf(photo, where);
  if (bytes) return decodeImage(bytes, where, options);
  const brand = brandOf(photo);
  if (brand === 'ImageBitmap' || brand === 'VideoFrame') return drawn(photo as Drawable, where);
  if (typeof photo !== 'object' || photo === null || !('data' in photo)) refuse(photo, where);
  return toRgb(checkImage(photo, where));
}

/** Reads and decodes an image file. Throws as `readInputFile` and `decodeImage` do. */
export async function readImage(path: string): Promise<RgbImage> {
  return decodeImage(await readInputFile(path, 'the path of an image is needed'), path);
}
