/** Pictures in every form, and sentences for what is none. */
import { readFileSync } from 'node:fs';
import { runInNewContext } from 'node:vm';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { type Photo, readPicture } from '../../src/files/pictures.js';
import { sample } from '../cli/cli.js';

const bytes = new Uint8Array(readFileSync(sample('aligned-a-1.png')));
const foreign = runInNewContext('Uint8Array').from(bytes);

describe('pictures', () => {
  it.each<[string, () => Photo]>([
    ['a Buffer', () => Buffer.from(bytes)],
    ['an ArrayBuffer', () => bytes.slice().buffer],
    ['a DataView', () => new DataView(bytes.slice().buffer)],
    ['a Uint8ClampedArray', () => new Uint8ClampedArray(bytes)],
    ['bytes of another realm', () => foreign],
    ['a Blob', () => new Blob([bytes])],
    ['a File', () => new File([bytes], 'a.png')],
  ])('%s', async (_, photo) => {
    const image = await readPicture(bytes, 'a');
    expect(await readPicture(photo(), 'a')).toEqual(image);
    expect(image).toMatchObject({ width: 112, height: 112, channels: 3 });
  });

  it('pixels of another realm are pixels', async () => {
    const data = runInNewContext('Uint8ClampedArray').from([1, 2, 3, 255]);
    expect(await readPicture({ data, width: 1, height: 1 }, 'a')).toMatchObject({ channels: 3, width: 1 });
  });

  it('a bitmap is drawn', async () => {
    class Canvas {
      readonly size: { width: number; height: number };
      constructor(width: number, height: number) {
        this.size = { width, height };
      }
      getContext() {
        const { width, height } = this.size;
        const data = new Uint8ClampedArray(width * height * 4).fill(7);
        return { drawImage: () => {}, getImageData: () => ({ data, width, height }) };
      }
    }
    const bitmap = { width: 2, height: 3, [Symbol.toStringTag]: 'ImageBitmap', close: () => {} };
    await expect(readPicture(bitmap as ImageBitmap, 'a')).rejects.toMatchObject({ code: 'DECODER_UNAVAILABLE' });
    vi.stubGlobal('OffscreenCanvas', Canvas);
    onTestFinished(() => {
      vi.unstubAllGlobals();
    });
    const image = await readPicture(bitmap as ImageBitmap, 'a');
    expect(image).toEqual({ data: new Uint8Array(18).fill(7), width: 2, height: 3, channels: 3 });
  });

  it.each<[unknown, RegExp]>([
    [undefined, /^a: is missing; /],
    [null, /^a: is null; /],
    ['photo.jpg', /^a: is a string; did you mean its bytes: await readFile\(path\)\?$/],
    ['https://example.org/a.jpg', /is an address; did you mean/],
    ['data:image/png;base64,AAAA', /is a data URL; did you mean/],
    [new URL('file:///a.jpg'), /is a URL/],
    [Promise.resolve(bytes), /is a promise; did you forget await\?$/],
    [{ fieldname: 'photo', mimetype: 'image/png', buffer: Buffer.from(bytes) }, /multer; did you mean file\.buffer\?$/],
    [
      { fieldname: 'photo', mimetype: 'image/png', path: '/tmp/x' },
      /multer; did you mean await readFile\(file\.path\)\?$/,
    ],
    [new Response(''), /is a Response; did you mean/],
    [new ReadableStream(), /is a stream/],
    [[bytes], /is an array/],
    [{}, /is an object without pixels/],
    [7, /is a number/],
  ])('what is none is named (%#)', async (given, message) => {
    await expect(readPicture(given as Photo, 'a')).rejects.toMatchObject({
      code: 'IMAGE_DATA',
      message: expect.stringMatching(message),
    });
  });
});
