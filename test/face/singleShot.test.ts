/** Single-shot detectors: each public one as onnxruntime and its project's post-processing find faces, and bad ones. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Engine } from '../../src/engine.js';
import type { Detector } from '../../src/face/detect.js';
import { createDetector } from '../../src/face/detect.js';
import type { Face } from '../../src/face/face.js';
import { FaceVerifier } from '../../src/face/verifier.js';
import { exportNative, importModel, importNative } from '../../src/formats/index.js';
import type { CardSingleShot } from '../../src/model/singleShot.js';
import { codeOf } from '../formats/codeOf.js';
import { evenImage, lacksShared, loadDetector, ownPath, readBytes, readImage, sharedPath } from './files.js';

interface Found {
  readonly score: number;
  /** x0, y0, x1, y1. */
  readonly box: readonly number[];
  readonly points: readonly number[];
}

/** By detector and photograph, in descending order of score; test/golden/singleShot.ts makes it. */
const golden = JSON.parse(readFileSync(ownPath('test/golden/singleShot.json'), 'utf8')) as Record<
  string,
  Record<string, readonly Found[]>
>;

let engine: Engine;
beforeAll(async () => {
  engine = await Engine.create();
});
afterAll(() => engine.dispose());

function corners({ box }: Face): number[] {
  return [box.x, box.y, box.x + box.width, box.y + box.height];
}

function expectNear(found: readonly number[], expected: readonly number[]): void {
  expect(found).toHaveLength(expected.length);
  for (const [index, value] of expected.entries()) expect(Math.abs(found[index]! - value)).toBeLessThan(0.5);
}

async function expectGolden(detector: Detector, file: string): Promise<void> {
  for (const [path, expected] of Object.entries(golden[file]!)) {
    const image = await readImage(ownPath(path));
    const faces = detector.detect(image, { turns: 'none' }).sort((a, b) => b.score - a.score);
    expect(faces).toHaveLength(expected.length);
    for (const [index, face] of faces.entries()) {
      const { score, box, points } = expected[index]!;
      expect(Math.abs(face.score - score)).toBeLessThan(0.002);
      expectNear(corners(face), box);
      if (points.length === 10) expectNear(face.landmarks!.flat(), points);
      if (points.length === 12) expectNear(face.landmarks!.slice(0, 3).flat(), points.slice(0, 6));
      if (points.length === 0) expect(face.landmarks).toBeUndefined();
    }
  }
}

const FOLDER = 'models/detectors';

describe.skipIf(lacksShared(FOLDER) || lacksShared('faces/photos'))(`the detectors of ../shared/${FOLDER}`, () => {
  it.each(Object.keys(golden))('%s finds boxes and points within half a pixel of onnxruntime’s', async (file) => {
    using detector = await loadDetector(engine, sharedPath(`${FOLDER}/${file}`));
    await expectGolden(detector, file);
  });

  it('are the same from a native file, which says how they are used', async () => {
    const file = 'scrfd_500m_bnkps.onnx';
    const path = sharedPath(`${FOLDER}/${file}`);
    const bytes = await exportNative(await importModel([{ name: file, bytes: readBytes(path) }]), {
      storage: 'float32',
    });
    const native = await importNative(bytes, 'scrfd.safetensors');
    expect([...native.graphs.keys()]).toEqual(['detect']);
    expect(native.card.singleShot).toMatchObject({ boxes: 'distances', landmarks: 'five' });
    using detector = await createDetector(engine, native);
    await expectGolden(detector, file);
  });

  it('verify people; one without landmarks says that it cannot align', async () => {
    const load = (file: string) => {
      const model = ownPath('weights/mobilefacenet.safetensors');
      return FaceVerifier.load({
        engine,
        model,
        detector: [{ name: file, bytes: readBytes(sharedPath(`${FOLDER}/${file}`)) }],
      });
    };
    const [a, b, c] = ['a-1', 'a-2', 'b-1'].map((name) => readBytes(ownPath(`samples/person-${name}.jpg`)));
    for (const file of ['yunet_n_320_320.onnx', 'scrfd_500m_bnkps.onnx', 'retinaface-mobile-320.onnx']) {
      using verifier = await load(file);
      expect(await verifier.similarity(a!, b!)).toBeGreaterThan(0.4);
      expect(await verifier.similarity(a!, c!)).toBeLessThan(0.25);
      expect((await verifier.crop(a!)).quality.reasons).toEqual([]);
    }
    using boxes = await load('ultraface-rfb-320.onnx');
    expect(await boxes.detect(a!)).toHaveLength(1);
    expect(await codeOf(() => boxes.embed(a!))).toBe('NO_LANDMARKS');
  });

  it('refuse, by code, options of a cascade and descriptions of other networks', async () => {
    const name = sharedPath(`${FOLDER}/yunet_n_320_320.onnx`);
    const model = await importModel([{ name, bytes: readBytes(name) }]);
    using detector = await createDetector(engine, model);
    const image = evenImage(60, 90);
    expect(detector.detect(image)).toEqual([]);
    expect(await codeOf(() => detector.detect(image, { scaleFactor: 0.7 }))).toBe('BAD_OPTION');
    expect(await codeOf(() => detector.detect(image, { thresholds: [0.6, 0.7, 0.7] }))).toBe('BAD_OPTION');
    expect(await codeOf(() => detector.detect(image, { thresholds: [1.5] }))).toBe('BAD_OPTION');
    const other: CardSingleShot = { ...model.card.singleShot!, landmarks: 'none' };
    const refused = (card: object) =>
      codeOf(() => createDetector(engine, { ...model, card: { ...model.card, ...card } }));
    expect(await refused({ singleShot: other })).toBe('NO_DETECTOR');
    expect(await refused({ singleShot: undefined })).toBe('CARD_DETECTOR');
  });
});
