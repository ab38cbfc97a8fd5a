/** Crops by evidence: what is taken for an aligned crop, and what is not. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FaceVerifier } from '../../src/face/verifier.js';
import type { RgbImage } from '../../src/image/image.js';
import { resizeImage } from '../../src/image/resize.js';
import { codeOf } from '../formats/codeOf.js';
import { evenImage, lacksShared, ownPath, readImage, sharedPath } from './files.js';

let verifier: FaceVerifier;
beforeAll(async () => {
  verifier = await FaceVerifier.load();
});
afterAll(() => verifier.dispose());

function painted(colourAt: (x: number, y: number) => number): RgbImage {
  const image = evenImage(112, 112);
  for (let at = 0; at < image.data.length; at++) {
    const pixel = Math.floor(at / 3);
    image.data[at] = colourAt(pixel % 112, Math.floor(pixel / 112)) + (at % 3);
  }
  return image;
}

let state = 7;
const noise = () => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return state >>> 25;
};

describe('a picture of a crop’s size', () => {
  it.each(['a', 'b', 'c', 'd', 'e'].flatMap((person) => [`${person}-1`, `${person}-2`]))(
    'is a crop where it is one: aligned-%s.png',
    async (name) => {
      expect(await verifier.inputOf(await readImage(ownPath(`samples/aligned-${name}.png`)))).toBe('crop');
    },
  );

  it('is a photograph where it is a photograph made small, and its face is found', async () => {
    for (const name of ['person-a-1', 'person-b-1', 'person-c-1']) {
      const small = resizeImage(await readImage(ownPath(`samples/${name}.jpg`)), 112, 112);
      const { input, face } = await verifier.embed(small);
      expect([name, input, face !== undefined]).toEqual([name, 'photograph', true]);
    }
  });

  it.each([
    ['grey', evenImage(112, 112)],
    ['noise', painted(noise)],
    ['stripes, as text has them', painted((x, y) => (y % 12 < 6 && x % 7 < 4 ? 20 : 230))],
    ['a disc, as avatars have it', painted((x, y) => (Math.hypot(x - 56, y - 56) < 40 ? 60 : 200))],
    ['two discs and a bar', painted((x, y) => (Math.hypot(Math.abs(x - 56) - 18, y - 51) < 6 || y > 90 ? 30 : 190))],
  ])('is refused without a face: %s', async (_, image) => {
    expect(await codeOf(() => verifier.embed(image))).toBe('NO_FACE');
  });

  it('is a crop for a verifier without a detector', async () => {
    using crops = await FaceVerifier.load({ detector: null });
    expect((await crops.embed(evenImage(112, 112))).input).toBe('crop');
  });
});

describe.skipIf(lacksShared('faces/lfw-aligned-112'))('aligned images of ../shared', () => {
  it.each([
    // The farthest from the template of 7,701.
    'Gene_Robinson/Gene_Robinson_0003.jpg',
    'Franz_Muentefering/Franz_Muentefering_0003.jpg',
    'Jim_Haslett/Jim_Haslett_0001.jpg',
  ])('are crops: %s', async (name) => {
    expect(await verifier.inputOf(await readImage(sharedPath(`faces/lfw-aligned-112/${name}`)))).toBe('crop');
  });
});
