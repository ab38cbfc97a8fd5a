/** Images from whatever the caller has, their conversions, and the tensor made from them. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkImage, type ImageSource, mirrorImage, toRgb } from '../../src/image/image.js';
import { normaliseImages, type TensorInput } from '../../src/image/normalise.js';
import { codeOf } from '../formats/codeOf.js';

const bytes = (length: number) => Uint8Array.from({ length }, (_, index) => index);

describe('checkImage', () => {
  it('takes ImageData, sharp’s raw output and images with or without channels', () => {
    const clamped = new Uint8ClampedArray(24);
    expect(checkImage({ data: clamped, width: 3, height: 2 })).toEqual({
      data: clamped,
      width: 3,
      height: 2,
      channels: 4,
    });
    const raw = { data: Buffer.alloc(18), info: { width: 3, height: 2, channels: 3 } };
    expect(checkImage(raw)).toEqual({ data: raw.data, width: 3, height: 2, channels: 3 });
    expect(checkImage({ data: bytes(6), width: 3, height: 2 }).channels).toBe(1);
    expect(checkImage({ data: bytes(18), width: 3, height: 2, channels: 3 }).channels).toBe(3);
  });

  const wrong: readonly [string, unknown][] = [
    ['IMAGE_DATA', null],
    ['IMAGE_DATA', {}],
    ['IMAGE_DATA', { data: [1, 2, 3], width: 1, height: 1 }],
    ['IMAGE_DATA', { data: new Float32Array(3), width: 1, height: 1 }],
    ['IMAGE_SIZE', { data: bytes(3), width: 0, height: 1 }],
    ['IMAGE_SIZE', { data: bytes(3), width: 1, height: 1.5 }],
    ['IMAGE_SIZE', { data: bytes(3), width: '1', height: 1 }],
    ['IMAGE_SIZE', { data: bytes(3), info: { width: 1 } }],
    ['IMAGE_CHANNELS', { data: bytes(2), width: 1, height: 1, channels: 2 }],
    ['IMAGE_CHANNELS', { data: bytes(5), width: 2, height: 1 }],
    ['IMAGE_LENGTH', { data: bytes(4), width: 1, height: 1, channels: 3 }],
    ['IMAGE_LENGTH', { data: bytes(0), width: 1, height: 1, channels: 1 }],
  ];
  it.each(wrong)('answers %s to %j', async (code, source) => {
    expect(await codeOf(() => checkImage(source as ImageSource))).toBe(code);
  });
});

describe('toRgb', () => {
  it('repeats grey, drops alpha, and leaves RGB as it is', () => {
    const size = { width: 2, height: 1 };
    expect([...toRgb({ data: bytes(2), ...size, channels: 1 }).data]).toEqual([0, 0, 0, 1, 1, 1]);
    expect([...toRgb({ data: bytes(8), ...size, channels: 4 }).data]).toEqual([0, 1, 2, 4, 5, 6]);
    const rgb = bytes(6);
    expect(toRgb({ data: rgb, ...size, channels: 3 }).data).toBe(rgb);
  });
});

describe('mirrorImage', () => {
  it('exchanges left and right, row by row', () => {
    const { data } = mirrorImage({ data: bytes(12), width: 2, height: 2, channels: 3 });
    expect([...data]).toEqual([3, 4, 5, 0, 1, 2, 9, 10, 11, 6, 7, 8]);
  });

  it('undoes itself', () => {
    const side = fc.integer({ min: 1, max: 8 });
    const property = fc.property(
      side,
      side,
      fc.constantFrom(1 as const, 3 as const, 4 as const),
      (width, height, channels) => {
        const image = { data: bytes(width * height * channels), width, height, channels };
        expect(mirrorImage(mirrorImage(image))).toEqual(image);
      },
    );
    fc.assert(property, { numRuns: 100, seed: 1 });
  });
});

describe('normaliseImages', () => {
  const input: TensorInput = {
    height: 1,
    width: 2,
    channelOrder: 'rgb',
    normalisation: { mean: [10, 20, 30], scale: [0.5, 0.25, 0.1] },
  };
  const image = { data: Uint8Array.of(12, 24, 40, 255, 0, 30), width: 2, height: 1, channels: 3 as const };

  it('is (pixel − mean) · scale, one plane a channel, one image after the other', () => {
    const black = { ...image, data: new Uint8Array(6) };
    const { shape, data } = normaliseImages([image, black], input);
    expect(shape).toEqual([2, 3, 1, 2]);
    expect([...data]).toEqual([1, 122.5, 1, -5, 1, 0, -5, -5, -5, -5, -3, -3]);
  });

  it('takes mean and scale in the order of the channels that the network reads', () => {
    const { data } = normaliseImages([image], { ...input, channelOrder: 'bgr' });
    expect([...data]).toEqual([15, 10, 1, -5, Math.fround(-1.8), 22.5]);
  });

  it('rounds once, from double precision', () => {
    const scale = 1 / 255 / 0.229;
    const mean = 0.485 * 255;
    const normalisation = { mean: [mean, mean, mean], scale: [scale, scale, scale] } as const;
    const { data } = normaliseImages([image], { ...input, normalisation });
    expect(data[1]).toBe(Math.fround((255 - mean) * scale));
  });

  it('refuses another size', async () => {
    const turned = { ...image, width: 1, height: 2 };
    expect(await codeOf(() => normaliseImages([image, turned], input))).toBe('IMAGE_SHAPE');
  });
});
