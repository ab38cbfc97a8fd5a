/** Pixels to PNG files. */
import type { Image } from './image.js';
import { type ColourType, crc32, PNG_SIGNATURE } from './pngHeader.js';

const COLOURS: Readonly<Record<Image['channels'], ColourType>> = { 1: 0, 3: 2, 4: 6 };
const DIFFERENCE_TO_LEFT = 1;

function chunk(type: string, content: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(content.length + 12);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, content.length);
  bytes.set(new TextEncoder().encode(type), 4);
  bytes.set(content, 8);
  view.setUint32(content.length + 8, crc32(bytes.subarray(4, content.length + 8)));
  return bytes;
}

/** The bytes of an 8-bit PNG file with the image's channels. */
export async function encodePng({ data, width, height, channels }: Image): Promise<Uint8Array> {
  const { zlibSync } = await import('fflate');
  const rowBytes = width * channels;
  const rows = new Uint8Array((rowBytes + 1) * height);
  for (let row = 0, from = 0, to = 0; row < height; row++) {
    rows[to++] = DIFFERENCE_TO_LEFT;
    for (let at = 0; at < rowBytes; at++, from++)
      rows[to++] = data[from]! - (at < channels ? 0 : data[from - channels]!);
  }
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  header.set([8, COLOURS[channels]], 8);
  const chunks = [chunk('IHDR', header), chunk('IDAT', zlibSync(rows)), chunk('IEND', new Uint8Array(0))];
  return new Uint8Array(
    await new Blob([Uint8Array.from(PNG_SIGNATURE), ...(chunks as Uint8Array<ArrayBuffer>[])]).arrayBuffer(),
  );
}
