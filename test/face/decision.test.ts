/** Thresholds and probabilities from a card, choices among faces, and the quality of crops. */
import { describe, expect, it } from 'vitest';
import { chooseFace } from '../../src/face/chooseFace.js';
import { findThreshold, probabilityOf, requireThreshold } from '../../src/face/decision.js';
import type { Face } from '../../src/face/face.js';
import { type Landmarks, templateFor } from '../../src/face/landmarks.js';
import { CROP_EVIDENCE, judgeFace, measureSharpness, QUALITY_LIMITS } from '../../src/face/quality.js';
import type { RgbImage } from '../../src/image/image.js';
import { resizeImage } from '../../src/image/resize.js';
import type { CardThreshold, ModelCard } from '../../src/model/card.js';
import { codeOf } from '../formats/codeOf.js';
import { evenImage, ownPath, readImage } from './files.js';

function threshold(value: number, falseAcceptRate?: number): CardThreshold {
  const rate = falseAcceptRate === undefined ? {} : { falseAcceptRate };
  return { value, calibratedOn: 'made up', pairs: 1000, ...rate };
}

const BARE: ModelCard = { name: 'bare', thresholds: [], accuracy: [] };
const CARD: ModelCard = {
  ...BARE,
  thresholds: [threshold(0.3), threshold(0.5, 1e-3), threshold(0.4, 1e-2), threshold(0.6, 1e-4)],
};

describe('findThreshold', () => {
  it('refuses what is no number, null too', async () => {
    for (const wrong of [null, '0.3', Number.NaN, 2] as unknown as number[]) {
      expect(await codeOf(() => findThreshold(CARD, { threshold: wrong }))).toBe('BAD_OPTION');
      expect(await codeOf(() => findThreshold(CARD, { falseAcceptRate: wrong }))).toBe('BAD_OPTION');
    }
  });

  it('takes the caller’s, else the largest rate within the one asked for, else that for 1e-4', () => {
    expect(findThreshold(CARD, { threshold: 0.1, falseAcceptRate: 1e-3 })).toEqual({ value: 0.1 });
    expect(findThreshold(CARD)?.value).toBe(0.6);
    expect(findThreshold(CARD, { falseAcceptRate: 1e-3 })?.value).toBe(0.5);
    expect(findThreshold(CARD, { falseAcceptRate: 0.5 })?.value).toBe(0.4);
    expect(findThreshold(CARD, { falseAcceptRate: 5e-3 })).toEqual(threshold(0.5, 1e-3));
    expect(findThreshold(CARD, { falseAcceptRate: 1e-5 })).toBeUndefined();
    expect(findThreshold(BARE)).toBeUndefined();
  });

  it('refuses to guess, naming both ways out', async () => {
    expect(await codeOf(() => requireThreshold(BARE))).toBe('NO_THRESHOLD');
    expect(() => requireThreshold(BARE)).toThrow(/pass a threshold .* or calibrate .* similarity alone works/);
    expect(() => requireThreshold(CARD, { falseAcceptRate: 1e-6 })).toThrow(
      /only for the false-accept rates 0\.001, 0\.01/,
    );
    expect(await codeOf(() => requireThreshold(CARD, { threshold: 1.01 }))).toBe('BAD_OPTION');
    expect(await codeOf(() => requireThreshold(CARD, { threshold: Number.NaN }))).toBe('BAD_OPTION');
    expect(await codeOf(() => requireThreshold(CARD, { falseAcceptRate: 2 }))).toBe('BAD_OPTION');
  });
});

describe('probabilityOf', () => {
  it('is the card’s logistic, and nothing where the card has none', () => {
    const card = { ...BARE, probability: { slope: 20, offset: -5, calibratedOn: 'made up', pairs: 1000 } };
    expect(probabilityOf(card, 0.25)).toBeCloseTo(0.5, 12);
    expect(probabilityOf(card, 0.35)).toBeCloseTo(1 / (1 + Math.exp(-2)), 12);
    expect(probabilityOf(BARE, 0.35)).toBeUndefined();
  });
});

describe('chooseFace', () => {
  it('refuses a choice that it does not know', async () => {
    const wrong = 'Only' as unknown as 'only';
    expect(await codeOf(() => chooseFace([], { width: 10, height: 10 }, wrong))).toBe('BAD_OPTION');
  });

  const face = (x: number, y: number, side: number): Face => {
    const point = [0, 0] as const;
    return { score: 1, box: { x, y, width: side, height: side }, landmarks: [point, point, point, point, point] };
  };

  it('takes the largest, or the one nearest to the middle', () => {
    const [large, middle, other] = [face(0, 0, 60), face(85, 85, 30), face(150, 0, 20)];
    const image = { width: 200, height: 200 };
    expect(chooseFace([large, middle, other], image, 'largest')).toBe(large);
    expect(chooseFace([large, middle, other], image, 'central')).toBe(middle);
    expect(chooseFace([], image, 'largest')).toBeUndefined();
    expect(chooseFace([], image, 'central')).toBeUndefined();
  });
});

describe('judgeFace', () => {
  const good = { score: 0.99, eyeDistance: 60, residual: 2, visible: 1, roll: 0, yaw: 0 };
  const portrait = () => readImage(ownPath('samples/aligned-a-1.png'));

  /** The crop as if the photograph had shown the face so many pixels wide. */
  const enlarged = (image: RgbImage, side: number) => resizeImage(resizeImage(image, side, side), 112, 112);

  it('has nothing against a good crop, and gives each reason alone', async () => {
    const crop = await portrait();
    const quality = judgeFace(crop, good);
    expect(quality.reasons).toEqual([]);
    expect(quality.value).toBeGreaterThan(0.5);
    expect(judgeFace(crop, CROP_EVIDENCE).reasons).toEqual([]);
    const reasons = (evidence: object) => judgeFace(crop, { ...good, ...evidence }).reasons;
    expect(reasons({ score: QUALITY_LIMITS.score - 0.01 })).toEqual(['unsure']);
    expect(reasons({ eyeDistance: QUALITY_LIMITS.eyeDistance - 1 })).toEqual(['small']);
    expect(reasons({ residual: 36 * QUALITY_LIMITS.residual })).toEqual(['turned']);
    expect(reasons({ yaw: -1 - QUALITY_LIMITS.yaw })).toEqual(['turned']);
    const box = { x: 10, y: 10, width: 90, height: 90 };
    expect(reasons({ second: { score: QUALITY_LIMITS.secondScore - 0.01, box } })).toEqual(['unsure']);
    const landmarks = templateFor(crop).map(([x, y]) => [x + 0.5, y + 0.5]) as unknown as Landmarks;
    expect(reasons({ second: { score: 1, box, landmarks } })).toEqual([]);
    const upsideDown = landmarks.map(([x, y]) => [112 - x, 144 - y]) as unknown as Landmarks;
    expect(reasons({ second: { score: 1, box, landmarks: upsideDown } })).toEqual(['turned']);
    expect(reasons({ visible: QUALITY_LIMITS.visible - 0.01 })).toEqual(['cut']);
    expect(judgeFace(enlarged(crop, 14), good).reasons).toEqual(['blurred']);
  });

  it('is below 0.5 exactly where there is a reason, and falls with each measure', async () => {
    const crop = await portrait();
    const values = [0.7, 0.79, 0.81, 0.9, 1].map((score) =>
      judgeFace(crop, { ...good, eyeDistance: 1000, residual: 0, score }),
    );
    for (const { value, reasons } of values) expect(value < 0.5).toBe(reasons.length > 0);
    const sorted = values.map(({ value }) => value);
    expect(sorted).toEqual([...sorted].sort((a, b) => a - b));
  });

  it('measures less sharpness the fewer pixels there were, whatever the contrast', async () => {
    const crop = await portrait();
    const sharpness = [112, 56, 28, 14].map((side) => measureSharpness(enlarged(crop, side)));
    expect(sharpness).toEqual([...sharpness].sort((a, b) => b - a));
    const faint = { ...crop, data: Uint8Array.from(crop.data, (value) => 100 + value / 4) };
    expect(measureSharpness(faint) / measureSharpness(crop)).toBeGreaterThan(0.7);
    expect(measureSharpness(faint) / measureSharpness(crop)).toBeLessThan(1.5);
    expect(measureSharpness(evenImage(112, 112))).toBe(0);
  });
});
