/** The detector: the stored cascade of an independent implementation, samples, and every outcome of bad input. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Engine } from '../../src/engine.js';
import { alignFace } from '../../src/face/align.js';
import { chooseFace } from '../../src/face/chooseFace.js';
import { createDetector, type Detector } from '../../src/face/detect.js';
import { type DetectOptions, type Face, landmarksOf } from '../../src/face/face.js';
import { pyramidScales, splitAxis } from '../../src/face/proposals.js';
import { importModel } from '../../src/formats/index.js';
import { cutOut } from '../../src/image/cut.js';
import { orientImage } from '../../src/image/orient.js';
import { resizeImage } from '../../src/image/resize.js';
import type { Model } from '../../src/model/model.js';
import { codeOf } from '../formats/codeOf.js';
import { tinyModel } from '../formats/tinyModel.js';
import { evenImage, lacksShared, loadDetector, ownPath, paste, readBytes, readImage, sharedPath } from './files.js';

let engine: Engine;
let detector: Detector;
beforeAll(async () => {
  engine = await Engine.create();
  detector = await loadDetector(engine);
});
afterAll(() => engine.dispose());

const sample = (name: string) => readImage(ownPath(`samples/${name}`));

/** x0, y0, x1, y1. */
function corners({ box }: Face): number[] {
  return [box.x, box.y, box.x + box.width, box.y + box.height];
}

/** The largest difference of two lists of numbers, as a share of a face's longer side. */
function differenceOf(found: readonly number[], expected: readonly number[], side: number): number {
  return Math.max(...expected.map((value, index) => Math.abs(value - found[index]!))) / side;
}

interface GoldenCascade {
  readonly thresholds: [number, number, number];
  readonly min_face: number;
  readonly factor: number;
  readonly photos: Record<
    string,
    readonly { readonly box: number[]; readonly score: number; readonly points: [number, number][] }[]
  >;
}

function readCascade(path: string): GoldenCascade {
  return JSON.parse(readFileSync(path, 'utf8'));
}

const people = JSON.parse(readFileSync(ownPath('test/photos.json'), 'utf8')).photos as Record<string, string[]>;

/** The faces of a photograph as another implementation found them: within 2 % of the face. */
async function expectAgreement(of: Detector, { photos, ...cascade }: GoldenCascade, name: string): Promise<void> {
  const image = await readImage(sharedPath(`faces/photos/${name}`));
  const options = { minimumFace: cascade.min_face, scaleFactor: cascade.factor, thresholds: cascade.thresholds };
  const faces = of.detect(image, options);
  const golden = photos[name]!;
  expect(faces).toHaveLength(golden.length);
  expect(faces).toHaveLength(people[name]!.length);
  for (const [index, expected] of golden.entries()) {
    const face = faces[index]!;
    const [x0, y0, x1, y1] = expected.box as [number, number, number, number];
    const side = Math.max(x1 - x0, y1 - y0);
    expect(differenceOf(corners(face), expected.box, side)).toBeLessThan(0.02);
    expect(differenceOf(landmarksOf(face).flat(), expected.points.flat(), side)).toBeLessThan(0.02);
    expect(Math.abs(face.score - expected.score)).toBeLessThan(0.002);
  }
}

const OWN_CASCADE = 'own/mtcnn-golden.json';

describe.skipIf(lacksShared(OWN_CASCADE))(`the default detector and the cascade of ../shared/${OWN_CASCADE}`, () => {
  const { cascade } = lacksShared(OWN_CASCADE)
    ? { cascade: { photos: {} } as GoldenCascade }
    : (JSON.parse(readFileSync(sharedPath(OWN_CASCADE), 'utf8')) as { cascade: GoldenCascade });

  it('holds the photographs that are known here', () => {
    expect(Object.keys(cascade.photos).sort()).toEqual(Object.keys(people).sort());
  });

  it.each(Object.keys(cascade.photos))('agree within 2 %% of the face on %s', (name) =>
    expectAgreement(detector, cascade, name),
  );
});

const haveNoPublished = lacksShared('models/mtcnn') || lacksShared('faces/photos');

describe.skipIf(haveNoPublished)('the published detector of ../shared, imported from three ncnn pairs', () => {
  const cascade = readCascade(ownPath('test/golden/cascade.json'));
  let published: Detector;
  beforeAll(async () => {
    const files = [1, 2, 3].flatMap((stage) =>
      ['param', 'bin'].map((ending) => sharedPath(`models/mtcnn/det${stage}.${ending}`)),
    );
    published = await loadDetector(engine, ...files);
  });
  afterAll(() => published.dispose());

  it.each(Object.keys(cascade.photos))('agrees within 2 %% of the face on %s with test/golden/cascade.py', (name) =>
    expectAgreement(published, cascade, name),
  );

  it('finds the same faces in the samples', async () => {
    for (const name of ['group.jpg', 'person-a-1.jpg']) {
      const image = await sample(name);
      const [own, other] = [detector.detect(image), published.detect(image)];
      expect(other).toHaveLength(own.length);
      for (const [index, face] of own.entries()) {
        const distance = differenceOf(landmarksOf(other[index]!).flat(), landmarksOf(face).flat(), face.box.height);
        expect(distance).toBeLessThan(0.06);
      }
    }
  });
});

describe.skipIf(lacksShared('faces/lfw-250'))('photographs of ../shared/faces/lfw-250', () => {
  const PEOPLE = [
    'Abel_Pacheco_0001',
    'Angela_Bassett_0001',
    'Bob_Petrino_0001',
    'Cathy_Freeman_0001',
    'Hugo_Chavez_0033',
  ];

  it.each(PEOPLE)('%s has a face in its middle, which is chosen', async (name) => {
    const image = await readImage(sharedPath(`faces/lfw-250/${name.slice(0, -5)}/${name}.jpg`));
    const face = chooseFace(detector.detect(image), image, 'central')!;
    const [x0, y0, x1, y1] = corners(face) as [number, number, number, number];
    expect(x0 < 125 && y0 < 125 && x1 > 125 && y1 > 125).toBe(true);
  });
});

describe('the samples', () => {
  it('have five faces in the group, the largest first, landmarks where a face has them', async () => {
    const faces = detector.detect(await sample('group.jpg'));
    expect(faces).toHaveLength(5);
    const areas = faces.map(({ box }) => box.width * box.height);
    expect(areas).toEqual([...areas].sort((a, b) => b - a));
    for (const face of faces) {
      const { box, score } = face;
      const landmarks = landmarksOf(face);
      expect(score).toBeGreaterThan(0.9);
      const [left, right, nose, mouthLeft, mouthRight] = landmarks;
      expect(left[0] < nose[0] && nose[0] < right[0] && mouthLeft[0] < mouthRight[0]).toBe(true);
      expect(Math.max(left[1], right[1]) < nose[1] && nose[1] < Math.min(mouthLeft[1], mouthRight[1])).toBe(true);
      for (const [x, y] of landmarks) {
        expect(x > box.x && x < box.x + box.width && y > box.y && y < box.y + box.height).toBe(true);
      }
    }
  });

  it.each(['a-1', 'a-2', 'b-1', 'b-2', 'c-1', 'c-2'])('have one face in person-%s', async (name) => {
    expect(detector.detect(await sample(`person-${name}.jpg`))).toHaveLength(1);
  });

  it('give the same face wherever it lies, in grey and with alpha', async () => {
    const image = await sample('person-a-1.jpg');
    const [face] = detector.detect(image);
    const canvas = evenImage(image.width + 140, image.height + 60);
    paste(canvas, image, 96, 48);
    const [moved] = detector.detect(canvas);
    expect(Math.abs(moved!.box.x - face!.box.x - 96)).toBeLessThan(0.05 * face!.box.width);
    expect(Math.abs(landmarksOf(moved!)[2][1] - landmarksOf(face!)[2][1] - 48)).toBeLessThan(0.05 * face!.box.height);
    const grey = Uint8Array.from({ length: image.width * image.height }, (_, pixel) => image.data[pixel * 3 + 1]!);
    expect(detector.detect({ ...image, data: grey, channels: 1 })).toHaveLength(1);
    const rgba = new Uint8Array(grey.length * 4).fill(7);
    for (let pixel = 0; pixel < grey.length; pixel++)
      rgba.set(image.data.subarray(pixel * 3, pixel * 3 + 3), pixel * 4);
    expect(detector.detect({ ...image, data: rgba, channels: 4 })).toEqual([face]);
  });

  it.each(['a-1', 'b-1', 'c-2'])('are found lying and upside down: person-%s', async (name) => {
    const image = await sample(`person-${name}.jpg`);
    const [upright] = detector.detect(image);
    const back = { 6: 8, 3: 3, 8: 6 } as const;
    for (const orientation of [6, 3, 8] as const) {
      const turned = orientImage(image, orientation);
      const faces = detector.detect(turned);
      expect(faces).toHaveLength(1);
      expect(faces[0]!.score).toBeCloseTo(upright!.score, 9);
      const size = { width: 112, height: 112 };
      const crops = [alignFace(image, landmarksOf(upright!), size), alignFace(turned, landmarksOf(faces[0]!), size)];
      const [first, second] = crops.map((crop) => crop.image.data);
      expect(Math.max(...first!.map((value, index) => Math.abs(value - second![index]!)))).toBeLessThan(8);
      for (const { score } of detector.detect(turned, { turns: 'none' })) expect(score).toBeLessThan(0.97);
      expect(detector.detect(orientImage(turned, back[orientation]), { turns: 'none' })).toEqual([upright]);
    }
  });

  it('are found beside each other at all turns where that is asked for', async () => {
    const [first, second] = [await sample('person-a-1.jpg'), orientImage(await sample('person-b-1.jpg'), 3)];
    const both = evenImage(first.width + second.width, Math.max(first.height, second.height));
    paste(both, first, 0, 0);
    paste(both, second, first.width, 0);
    const faces = detector.detect(both, { turns: 'all' });
    expect(faces).toHaveLength(2);
    const rolls = faces.map((face) => {
      const { transform } = alignFace(both, landmarksOf(face), { width: 112, height: 112 });
      return Math.abs(Math.atan2(transform.b, transform.a)) > Math.PI / 2;
    });
    expect(rolls.sort()).toEqual([false, true]);
  });
});

describe('outcomes', () => {
  it('is an empty list where there is no face, however small the image', () => {
    for (const [width, height] of [
      [1, 1],
      [1, 500],
      [39, 400],
      [40, 40],
      [300, 200],
    ] as const) {
      expect(detector.detect(evenImage(width, height))).toEqual([]);
    }
    const noise = evenImage(300, 200);
    for (let index = 0; index < noise.data.length; index++) noise.data[index] = (index * index * 31 + index * 7) >> 6;
    expect(detector.detect(noise, { minimumFace: 20 })).toEqual([]);
  });

  it('is every face of a crowd', async () => {
    const group = await sample('person-b-1.jpg');
    const [face] = detector.detect(group);
    const { x, y, width, height } = face!.box;
    const margin = 0.4 * width;
    const head = cutOut(
      group,
      { begin: Math.round(x - margin), end: Math.round(x + width + margin) },
      { begin: Math.round(y - margin), end: Math.round(y + height + margin) },
    );
    const small = resizeImage(head, 100, Math.round((100 * head.height) / head.width));
    const crowd = evenImage(1200, 7 * (small.height + 20));
    for (let index = 0; index < 70; index++) {
      paste(crowd, small, 10 + 118 * (index % 10), 10 + (small.height + 20) * Math.floor(index / 10));
    }
    const faces = detector.detect(crowd, { minimumFace: 30 });
    expect(faces).toHaveLength(70);
    expect(new Set(faces.map(({ box }) => Math.round(box.x / 118))).size).toBe(10);
  });

  it('is the face of a 20-megapixel photograph', async () => {
    const photograph = resizeImage(await sample('person-a-1.jpg'), 5184, 3888);
    const faces = detector.detect(photograph, { minimumFace: 400 });
    expect(faces).toHaveLength(1);
    expect(faces[0]!.box.height).toBeGreaterThan(1500);
  });

  it('is a face that the edge cuts, whose crop is black beyond it', async () => {
    const image = await sample('person-a-1.jpg');
    const [face] = detector.detect(image);
    const begin = Math.round(landmarksOf(face!)[0][0] - 4);
    const cut = cutOut(image, { begin, end: image.width }, { begin: 0, end: image.height });
    const [half] = detector.detect(cut);
    const { image: crop } = alignFace(cut, landmarksOf(half!), { width: 112, height: 112 });
    expect([...crop.data.subarray(56 * 112 * 3, 56 * 112 * 3 + 3)]).toEqual([0, 0, 0]);
  });

  it.each(['a-1', 'a-2', 'b-1', 'b-2', 'c-1', 'c-2'])('is the face that fills the picture: person-%s', async (name) => {
    const image = await sample(`person-${name}.jpg`);
    const [whole] = detector.detect(image);
    const { x, y, width, height } = whole!.box;
    for (const inside of [0, 0.1]) {
      const across = { begin: Math.round(x + inside * width), end: Math.round(x + (1 - inside) * width) };
      const down = { begin: Math.round(y + inside * height), end: Math.round(y + (1 - inside) * height) };
      const faces = detector.detect(cutOut(image, across, down));
      expect(faces).toHaveLength(1);
      const points = landmarksOf(faces[0]!).flatMap(([px, py]) => [px + across.begin, py + down.begin]);
      expect(differenceOf(points, landmarksOf(whole!).flat(), height)).toBeLessThan(0.08);
    }
  });

  it('is a face of which half lies beyond an edge, in a box that passes it', async () => {
    const image = await sample('person-b-1.jpg');
    const { width, height } = image;
    const [{ box }] = detector.detect(image) as [Face];
    const [middle, centre] = [Math.round(box.x + box.width / 2), Math.round(box.y + box.height / 2)];
    const parts = [
      [middle, 0, width, height],
      [0, 0, middle, height],
      [0, centre, width, height],
      [0, 0, width, centre],
    ] as const;
    for (const [x0, y0, x1, y1] of parts) {
      const cut = cutOut(image, { begin: x0, end: x1 }, { begin: y0, end: y1 });
      const faces = detector.detect(cut);
      expect(faces).toHaveLength(1);
      const found = corners(faces[0]!).map((value, index) => value + (index % 2 === 0 ? x0 : y0));
      expect(differenceOf(found, [box.x, box.y, box.x + box.width, box.y + box.height], box.height)).toBeLessThan(0.25);
    }
  });

  it('refuses, by code, options and images that are none', async () => {
    const image = evenImage(60, 60);
    const refused = (options: DetectOptions) => codeOf(() => detector.detect(image, options));
    expect(await refused({ minimumFace: 11 })).toBe('BAD_OPTION');
    expect(await refused({ minimumFace: Number.NaN })).toBe('BAD_OPTION');
    expect(await refused({ scaleFactor: 1 })).toBe('BAD_OPTION');
    expect(await refused({ scaleFactor: 0 })).toBe('BAD_OPTION');
    expect(await refused({ thresholds: [0.6, 0.7, 1.1] })).toBe('BAD_OPTION');
    expect(await refused({ thresholds: [0.6, 0.7] })).toBe('BAD_OPTION');
    expect(await refused({ turns: 'some' as 'all' })).toBe('BAD_OPTION');
    expect(await refused({ minimumFace: 12, scaleFactor: 0.5, thresholds: [0.9, 0.9, 0.9] })).toBe('accepted');
    expect(await codeOf(() => detector.detect({ ...image, width: 61 }))).toBe('IMAGE_LENGTH');
  });

  it('is refused after dispose', async () => {
    const other = await loadDetector(engine);
    other.dispose();
    expect(await codeOf(() => other.detect(evenImage(60, 60)))).toBe('DISPOSED');
  });
});

describe('createDetector', () => {
  const refused = (model: Model) => codeOf(() => createDetector(engine, model));

  it('refuses models that are no detector, or whose card does not say how to use one', async () => {
    const path = ownPath('weights/mtcnn.safetensors');
    const model = await importModel([{ name: path, bytes: readBytes(path) }]);
    expect(await refused(model)).toBe('accepted');
    expect(await refused(tinyModel())).toBe('NO_DETECTOR');
    const { detector: _, ...card } = model.card;
    expect(await refused({ ...model, card })).toBe('CARD_DETECTOR');
    const swapped = new Map(
      [...model.graphs].map(([name, graph]) => [name === 'onet' ? 'rnet' : name === 'rnet' ? 'onet' : name, graph]),
    );
    expect(await refused({ ...model, graphs: swapped })).toBe('NO_DETECTOR');
  });
});

describe('the pyramid', () => {
  it('begins where the smallest face is a window and ends where a face fills the image', () => {
    const scales = pyramidScales(1280, 960, { minimumFace: 40, scaleFactor: 0.709 });
    expect(scales[0]).toBeCloseTo(0.3, 12);
    expect(scales[1]! / scales[0]!).toBeCloseTo(0.709, 12);
    expect(1.5 * 960 * scales.at(-1)!).toBeGreaterThanOrEqual(12);
    expect(1.5 * 960 * scales.at(-1)! * 0.709).toBeLessThan(12);
    expect(pyramidScales(40, 40, { minimumFace: 60, scaleFactor: 0.5 })).toHaveLength(1);
    expect(pyramidScales(39, 400, { minimumFace: 60, scaleFactor: 0.5 })).toHaveLength(0);
  });

  it('is split so that every window lies in exactly one part', () => {
    fc.assert(
      fc.property(fc.integer({ min: 12, max: 900 }), fc.integer({ min: 6, max: 200 }), (length, half) => {
        const spans = splitAxis(length, 2 * half);
        const outputs = (pixels: number) => Math.ceil((pixels - 2) / 2) - 4;
        const windows = spans.flatMap(({ begin, end }) => {
          return Array.from({ length: outputs(end - begin) }, (_, index) => begin / 2 + index);
        });
        expect(windows).toEqual(Array.from({ length: outputs(length) }, (_, index) => index));
        expect(spans.at(-1)!.end).toBe(length);
        for (const { begin, end } of spans.slice(0, -1))
          expect(end - begin).toBeLessThanOrEqual(Math.max(12, 2 * half));
      }),
      { seed: 12, numRuns: 300 },
    );
  });

  it('gives the same faces whatever the tiles', async () => {
    // 600 columns at full scale are two tiles wide; cut in halves they are one.
    const image = resizeImage(await sample('group.jpg'), 1920, 1280);
    const faces = detector.detect(image, { minimumFace: 24 });
    expect(faces.filter(({ box }) => box.width > 100)).toHaveLength(5);
  });
});
