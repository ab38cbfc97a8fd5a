/** Pixels to PNG files. */
import type { Image } from './image.js';

/** The bytes of an 8-bit PNG file with the image's channels. */
export async function encodePng({ data, width, height, channels }: Image): Promise<Uint8Array> {
  const { encode } = await import('fast-png');
  return encode({ data: new Uint8Array(data), width, height, channels, depth: 8 });
}
