/** Alignment: landmarks land on the template, whatever the photograph's scale, turn, edges and channels. */
import { describe, expect, it } from 'vitest';
import { alignFace } from '../../src/face/align.js';
import { CROP_SIZES, type Landmarks, type Point, templateFor } from '../../src/face/landmarks.js';
import type { Image } from '../../src/image/image.js';
import { codeOf } from '../formats/codeOf.js';

/** A dark image with a bright round spot at each landmark. */
function spotted(width: number, height: number, landmarks: Landmarks, radius: number, channels: 1 | 3 | 4 = 3): Image {
  const data = new Uint8Array(width * height * channels).fill(20);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const nearest = Math.min(...landmarks.map(([u, v]) => Math.hypot(x + 0.5 - u, y + 0.5 - v)));
      const value = 20 + Math.round(220 * Math.max(0, 1 - nearest / radius));
      for (let channel = 0; channel < Math.min(3, channels); channel++)
        data[(y * width + x) * channels + channel] = value;
    }
  }
  return { data, width, height, channels };
}

/** The template scaled and turned about its middle, then moved; continuous coordinates, as detectors give them. */
function placed(scale: number, degrees: number, x: number, y: number): Landmarks {
  const [cosine, sine] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
  return templateFor({ width: 112, height: 112 }).map(([u, v]): Point => {
    const [across, down] = [scale * (u - 56), scale * (v - 72)];
    return [x + cosine * across - sine * down, y + sine * across + cosine * down];
  }) as unknown as Landmarks;
}

/** The brightness-weighted centre of a crop around a place. */
function spotNear({ data, width, height, channels }: Image, [x, y]: Point, reach: number): Point {
  let [sum, across, down] = [0, 0, 0];
  for (let v = Math.max(0, Math.ceil(y - reach)); v <= Math.min(height - 1, y + reach); v++) {
    for (let u = Math.max(0, Math.ceil(x - reach)); u <= Math.min(width - 1, x + reach); u++) {
      const weight = Math.max(0, data[(v * width + u) * channels]! - 40);
      sum += weight;
      across += weight * u;
      down += weight * v;
    }
  }
  return [across / sum, down / sum];
}

describe('alignFace', () => {
  it.each([
    [0.6, 0],
    [1, 0],
    [1.4, 12],
    [2.5, -35],
    [4.7, 80],
    [6, 180],
  ])('puts a face of scale %d, turned by %d°, on the template', (scale, degrees) => {
    const landmarks = placed(scale, degrees, 420.3, 395.8);
    const image = spotted(840, 800, landmarks, 5 * scale);
    for (const size of CROP_SIZES) {
      const aligned = alignFace(image, landmarks, size);
      expect([aligned.image.width, aligned.image.height]).toEqual([size.width, size.height]);
      expect(aligned.residual).toBeLessThan(1e-6);
      for (const point of templateFor(size)) {
        const [x, y] = spotNear(aligned.image, point, 6);
        expect(Math.hypot(x - point[0], y - point[1])).toBeLessThan(0.2);
      }
    }
  });

  it('takes grey and RGBA images', () => {
    const landmarks = placed(1.5, 5, 150, 140);
    const size = { width: 112, height: 112 };
    const [rgb, grey, rgba] = ([3, 1, 4] as const).map((channels) =>
      alignFace(spotted(300, 300, landmarks, 6, channels), landmarks, size),
    );
    expect(grey!.image).toEqual(rgb!.image);
    expect(rgba!.image).toEqual(rgb!.image);
  });

  it('aligns a face that the edge cuts, black beyond it, landmarks outside included', () => {
    const landmarks = placed(1, 0, 10, 100);
    expect(landmarks[0][0]).toBeLessThan(0);
    const aligned = alignFace(spotted(200, 200, landmarks, 5), landmarks, { width: 112, height: 112 });
    expect(aligned.image.data[(60 * 112 + 10) * 3]).toBe(0);
    expect(aligned.image.data[(60 * 112 + 100) * 3]).toBe(20);
  });

  it('refuses, by code, what is no face in the image', async () => {
    const size = { width: 112, height: 112 };
    const image = spotted(200, 200, placed(1, 0, 100, 100), 5);
    const refused = (landmarks: Landmarks) => codeOf(() => alignFace(image, landmarks, size));
    expect(await refused(placed(1, 0, 100, 100))).toBe('accepted');
    expect(await refused(placed(1, 0, -40, 100))).toBe('FACE_OUTSIDE');
    expect(await refused(placed(1, 0, 5000, 5000))).toBe('FACE_OUTSIDE');
    expect(await refused(placed(40, 0, 100, 100))).toBe('FACE_OUTSIDE');
    const mirrored = placed(1, 0, 100, 100).map(([x, y]): Point => [200 - x, y]) as unknown as Landmarks;
    expect(await refused(mirrored)).toBe('MIRRORED_LANDMARKS');
    expect(await codeOf(() => alignFace(image, placed(1, 0, 100, 100), { width: 64, height: 64 }))).toBe('CROP_SIZE');
    expect(await codeOf(() => alignFace({ ...image, width: 7 }, placed(1, 0, 100, 100), size))).toBe('IMAGE_LENGTH');
  });
});
