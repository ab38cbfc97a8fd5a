/** FaceVerifier: decisions on sample photographs, and everything that a caller can do wrong. */
import { existsSync, readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Engine } from '../../src/engine.js';
import { ImageError } from '../../src/errors.js';
import type { EmbeddedFace } from '../../src/face/comparer.js';
import type { FaceCrop } from '../../src/face/cropFaces.js';
import { type EmbedOutcome, embedInBatches } from '../../src/face/embedMany.js';
import type { Landmarks } from '../../src/face/landmarks.js';
import { cosineSimilarity } from '../../src/face/match.js';
import { FaceVerifier, type LoadOptions } from '../../src/face/verifier.js';
import type { Photo } from '../../src/files/pictures.js';
import { importModel } from '../../src/formats/index.js';
import { exportNative } from '../../src/formats/native.js';
import { cutOut } from '../../src/image/cut.js';
import { defaultThreshold } from '../../src/model/chooseThreshold.js';
import type { Model } from '../../src/model/model.js';
import { codeOf } from '../formats/codeOf.js';
import { tinyModel } from '../formats/tinyModel.js';
import { evenImage, lacksShared, ownPath, readBytes, readImage, sharedPath } from './files.js';

const MODEL = ownPath('weights/mobilefacenet.safetensors');
const DETECTOR = ownPath('weights/mtcnn.safetensors');

const photo = (name: string) => readBytes(ownPath(`samples/${name}`));

let verifier: FaceVerifier;
beforeAll(async () => {
  verifier = await FaceVerifier.load();
});
afterAll(() => verifier.dispose());

async function outcomesOf(outcomes: AsyncIterable<EmbedOutcome>): Promise<EmbedOutcome[]> {
  const all: EmbedOutcome[] = [];
  for await (const outcome of outcomes) all.push(outcome);
  return all;
}

/** The default embedder under another card. */
async function modelWith(change: object): Promise<Model> {
  const model = await importModel([{ name: MODEL, bytes: readBytes(MODEL) }]);
  return { ...model, card: { ...model.card, ...change } };
}

describe('FaceVerifier.verify', () => {
  it('tells the people of two photographs apart', async () => {
    const same = await verifier.verify(photo('person-a-1.jpg'), photo('person-a-2.jpg'));
    expect(same.same).toBe(true);
    expect(same.similarity).toBeGreaterThan(0.5);
    expect(same).toMatchObject({
      threshold: defaultThreshold(verifier.card.thresholds)!.value,
      thresholdSource: 'card',
      undecided: null,
    });
    expect(same.probability).toBeGreaterThan(0.99);
    expect(same.faces.map(({ faces, quality }) => [faces, quality!.reasons])).toEqual([
      [1, []],
      [1, []],
    ]);
    const different = await verifier.verify(photo('person-a-1.jpg'), photo('person-b-1.jpg'));
    expect(different.same).toBe(false);
    expect(different.similarity).toBeLessThan(0.1);
  });

  it('follows the caller’s pixel limit wherever it takes photographs', async () => {
    const picture = photo('person-a-1.jpg');
    const below = { pixelLimit: 480 * 400 - 1 };
    for (const work of [
      () => verifier.verify(picture, picture, below),
      () => verifier.embed(picture, below),
      () => verifier.crop(picture, below),
      () => verifier.detect(picture, below),
    ]) {
      expect(await codeOf(work)).toBe('TOO_MANY_PIXELS');
    }
    expect(await codeOf(() => verifier.detect(picture, { pixelLimit: 480 * 400 }))).toBe('accepted');
  });

  it('takes pixels, crops and embeddings made before, in any mixture', async () => {
    const before = await verifier.embed(photo('aligned-a-1.png'));
    const stored = { embedding: Array.from(before.embedding), weights: before.weights };
    const crop = await readImage(ownPath('samples/aligned-a-2.png'));
    const { similarity, same, faces } = await verifier.verify(stored, crop);
    expect(same).toBe(true);
    expect(faces[0]).toEqual({ input: 'embedding', faces: null, box: null, quality: null });
    expect(faces[1]).toMatchObject({ input: 'crop', faces: null, box: null, quality: { score: 1 } });
    expect(await verifier.similarity(crop, stored)).toBeCloseTo(similarity, 12);
  });

  it('decides by the caller’s threshold, or by a rate that the card knows', async () => {
    const [a, b] = [photo('aligned-a-1.png'), photo('aligned-a-2.png')];
    expect(await verifier.verify(a, b, { threshold: 0.99 })).toMatchObject({
      same: false,
      threshold: 0.99,
      thresholdSource: 'caller',
    });
    const thresholds = [{ value: 0.9, calibratedOn: 'made up', pairs: 10, falseAcceptRate: 1e-3 }];
    const probability = { slope: 10, offset: -2, calibratedOn: 'made up', pairs: 10 };
    using strict = await FaceVerifier.load({ model: await modelWith({ thresholds, probability }), detector: null });
    const decision = await strict.verify(a, b, { falseAcceptRate: 0.01 });
    expect(decision).toMatchObject({ same: false, threshold: 0.9, falseAcceptRate: 1e-3, calibratedOn: 'made up' });
    expect(decision.probability).toBeCloseTo(1 / (1 + Math.exp(2 - 10 * decision.similarity)), 12);
  });

  it('refuses to guess a threshold, where similarity alone works', async () => {
    using bare = await FaceVerifier.load({ model: await modelWith({ thresholds: [] }), detector: null });
    const [a, b] = [photo('aligned-a-1.png'), photo('aligned-b-1.png')];
    const undecided = await bare.verify(a, b);
    expect(undecided).toMatchObject({ same: null, threshold: null, thresholdSource: null });
    expect(undecided.undecided).toMatch(/pass a threshold .* or calibrate/);
    expect(await codeOf(() => bare.isSame(a, b))).toBe('NO_THRESHOLD');
    expect(await bare.isSame(a, b, { threshold: -1 })).toBe(true);
    expect(await bare.similarity(a, b)).toBeLessThan(0.3);
    expect((await bare.verify(a, b, { threshold: -1 })).same).toBe(true);
  });

  it('refuses embeddings of other weights', async () => {
    const own = await verifier.embed(photo('aligned-a-1.png'));
    const foreign = { ...own, weights: 'ab'.repeat(32) };
    expect(await codeOf(() => verifier.verify(own, own))).toBe('accepted');
    expect(await codeOf(() => verifier.verify(own, foreign))).toBe('OTHER_WEIGHTS');
    expect(await codeOf(() => verifier.similarity(foreign, own))).toBe('OTHER_WEIGHTS');
  });
});

describe('FaceVerifier.embed', () => {
  it('gives unit length, the hash of the weights, the face and its quality', async () => {
    const { embedding, weights, face, quality, mirrored } = await verifier.embed(photo('person-b-1.jpg'));
    expect(Math.hypot(...embedding)).toBeCloseTo(1, 6);
    expect(weights).toBe(verifier.card.sha256);
    expect(face!.score).toBeGreaterThan(0.9);
    expect(quality.score).toBe(face!.score);
    expect(quality.eyeDistance).toBeGreaterThan(30);
    expect(mirrored).toBe(false);
  });

  it('embeds the crop that it gives', async () => {
    const crop = await verifier.crop(photo('person-a-2.jpg'));
    expect([crop.image.width, crop.image.height]).toEqual([112, 112]);
    const direct = await verifier.embed(crop.image);
    const whole = await verifier.embed(photo('person-a-2.jpg'));
    expect(cosineSimilarity(direct.embedding, whole.embedding)).toBeCloseTo(1, 6);
    expect(direct.face).toBeUndefined();
  });

  it('adds the mirrored crop where it is asked to', async () => {
    const image = photo('aligned-a-1.png');
    const [plain, mirrored] = [await verifier.embed(image), await verifier.embed(image, { mirror: true })];
    expect(mirrored.mirrored).toBe(true);
    const similarity = cosineSimilarity(plain.embedding, mirrored.embedding);
    expect(similarity).toBeGreaterThan(0.8);
    expect(similarity).toBeLessThan(0.9999);
  });

  it('takes any face of a group', async () => {
    const group = photo('group.jpg');
    const faces = await verifier.detect(group);
    expect(faces).toHaveLength(5);
    const largest = await verifier.embed(group);
    expect([largest.face, largest.faces]).toEqual([faces[0], 5]);
    const last = await verifier.embed(group, { face: faces[4] });
    expect(last.face).toBe(faces[4]);
    expect(last.faces).toBeUndefined();
    expect(cosineSimilarity(largest.embedding, last.embedding)).toBeLessThan(0.5);
    const right = cutOut(
      await readImage(ownPath('samples/group.jpg')),
      { begin: 400, end: 960 },
      { begin: 0, end: 640 },
    );
    const [large, central] = [await verifier.embed(right), await verifier.embed(right, { face: 'central' })];
    expect(large.face!.box.width).toBeGreaterThan(central.face!.box.width);
    expect(Math.abs(central.face!.box.x - faces[3]!.box.x + 400)).toBeLessThan(5);
  });

  it('looks for a face in an image of the input size only where it is told to', async () => {
    const crop = photo('aligned-a-1.png');
    expect((await verifier.embed(crop)).face).toBeUndefined();
    expect((await verifier.embed(crop, { input: 'photograph' })).face).toBeDefined();
    expect(await codeOf(() => verifier.embed(photo('person-a-1.jpg'), { input: 'crop' }))).toBe('FACE_SIZE');
  });

  it('has a typed outcome for every image', async () => {
    const outcome = (image: Photo, options = {}) => codeOf(() => verifier.embed(image, options));
    expect(await outcome(evenImage(300, 200))).toBe('NO_FACE');
    expect(await outcome(evenImage(1, 1))).toBe('NO_FACE');
    const jpeg = photo('person-a-1.jpg');
    expect(await outcome(jpeg.subarray(0, jpeg.length / 2))).toBe('TRUNCATED_IMAGE');
    expect(await outcome(new TextEncoder().encode('no image'))).toBe('NOT_AN_IMAGE');
    expect(await outcome({ ...evenImage(4, 4), width: 5 })).toBe('IMAGE_LENGTH');
    expect(await outcome(evenImage(112, 112))).toBe('NO_FACE');
    const poor = await outcome(evenImage(112, 112), { input: 'crop', refusePoor: true });
    expect(poor).toBe('POOR_FACE');
    expect(await outcome(photo('person-a-1.jpg'), { refusePoor: true })).toBe('accepted');
    expect(await outcome(photo('person-a-1.jpg'), { minimumFace: 3 })).toBe('BAD_OPTION');
    const [face] = await verifier.detect(jpeg);
    const far = {
      ...face!,
      landmarks: face!.landmarks!.map(([x, y]) => [x + 5000, y]) as unknown as Landmarks,
    };
    expect(await outcome(jpeg, { face: far })).toBe('FACE_OUTSIDE');
  });
});

describe('embedInBatches', () => {
  it('keeps the faces of a run in which one crop cannot be embedded', async () => {
    const crops = [0, 1, 2].map((quality) => ({ quality }) as unknown as FaceCrop);
    const embed = (given: readonly FaceCrop[]) => {
      if (given.includes(crops[1]!)) throw new ImageError('NO_EMBEDDING', 'no finite embedding.');
      return given.map((crop) => ({ weights: String(crop.quality) }) as unknown as EmbeddedFace);
    };
    const crop = async (_: unknown, name: string) => crops[Number(name.split(' ')[1])]!;
    const photos = crops.map(() => new Uint8Array());
    const outcomes = await outcomesOf(embedInBatches(photos, crop, embed, undefined));
    expect(outcomes.map(({ face, error }) => face?.weights ?? error?.code)).toEqual(['0', 'NO_EMBEDDING', '2']);
  });
});

describe('FaceVerifier.embedMany', () => {
  it('keeps order, embeds several crops in a run, and lets one failure stand for itself', async () => {
    const names = ['a-1', 'b-1', 'c-1', 'a-2', 'b-2', 'c-2', 'd-1', 'd-2', 'e-1'];
    const crops = names.map((name) => photo(`aligned-${name}.png`));
    const photos: Photo[] = [...crops.slice(0, 2), evenImage(200, 200), ...crops.slice(2)];
    const outcomes = await outcomesOf(verifier.embedMany(photos));
    expect(outcomes.map(({ index }) => index)).toEqual(photos.map((_, index) => index));
    expect(outcomes.map(({ error }) => error?.code)).toEqual(
      photos.map((_, index) => (index === 2 ? 'NO_FACE' : undefined)),
    );
    for (const [index, { face }] of outcomes.entries()) {
      if (face) expect(face.embedding).toEqual((await verifier.embed(photos[index]!)).embedding);
    }
    expect(await outcomesOf(verifier.embedMany([]))).toEqual([]);
  });

  it('takes photographs as they come, and no more once the loop over it ends', async () => {
    let [taken, closed] = [0, false];
    async function* source(): AsyncGenerator<Photo> {
      try {
        for (;;) {
          taken++;
          yield photo('aligned-a-1.png');
        }
      } finally {
        closed = true;
      }
    }
    let seen = 0;
    for await (const { face } of verifier.embedMany(source())) {
      expect(face!.input).toBe('crop');
      if (++seen === 3) break;
    }
    expect(closed).toBe(true);
    expect(taken).toBeLessThanOrEqual(8);
  });

  it('ends with its signal’s reason, between photographs', async () => {
    const controller = new AbortController();
    const photos = Array.from({ length: 50 }, () => photo('aligned-a-1.png'));
    let done = 0;
    const work = (async () => {
      for await (const _ of verifier.embedMany(photos, { signal: controller.signal })) {
        done++;
        controller.abort(new Error('enough'));
      }
    })();
    await expect(work).rejects.toMatchObject({ message: 'enough' });
    expect(done).toBeLessThanOrEqual(8);
    const aborted = { signal: AbortSignal.abort() };
    await expect(verifier.embed(photos[0]!, aborted)).rejects.toMatchObject({ name: 'AbortError' });
    await expect(verifier.detect(photos[0]!, aborted)).rejects.toMatchObject({ name: 'AbortError' });
    await expect(verifier.embedMany([], aborted).next()).rejects.toMatchObject({ name: 'AbortError' });
  });
});

describe('FaceVerifier.load', () => {
  const loaded = async (options: LoadOptions) => {
    using other = await FaceVerifier.load(options);
    return (await other.embed(photo('aligned-a-1.png'))).embedding;
  };

  it('takes paths, addresses, bytes, files and models', async () => {
    const expected = (await verifier.embed(photo('aligned-a-1.png'))).embedding;
    const bytes = readBytes(MODEL);
    const sources = [MODEL, pathToFileURL(MODEL), String(pathToFileURL(MODEL)), bytes, [{ name: MODEL, bytes }]];
    for (const model of [...sources, await modelWith({})]) {
      expect(await loaded({ model, detector: null })).toEqual(expected);
    }
    expect(await loaded({ detector: readBytes(DETECTOR) })).toEqual(expected);
  });

  it('says, by code, what is wrong with weights', async () => {
    const refused = (options: LoadOptions) => codeOf(() => loaded(options));
    expect(await refused({ model: 'no/such/file.safetensors' })).toBe('FILE_NOT_FOUND');
    expect(await refused({ model: new URL('data:text/plain,no') })).toBe('UNKNOWN_FORMAT');
    expect(await refused({ model: DETECTOR })).toBe('NO_EMBEDDER');
    expect(await refused({ detector: MODEL })).toBe('NO_DETECTOR');
    const { sha256: _, ...card } = tinyModel().card;
    expect(await refused({ model: { ...tinyModel(), card }, detector: null })).toBe('NO_HASH');
  });

  it('without a detector takes crops alone', async () => {
    using crops = await FaceVerifier.load({ detector: null });
    expect(await codeOf(() => crops.embed(photo('aligned-a-1.png')))).toBe('accepted');
    expect(await codeOf(() => crops.embed(photo('person-a-1.jpg')))).toBe('NO_DETECTOR');
    expect(await codeOf(() => crops.detect(photo('person-a-1.jpg')))).toBe('NO_DETECTOR');
  });

  it('uses an engine that it is given, and leaves it alone afterwards', async () => {
    const engine = await Engine.create();
    const other = await FaceVerifier.load({ engine, detector: null });
    expect(other.engine).toBe(engine);
    other.dispose();
    expect(await codeOf(() => other.embed(photo('aligned-a-1.png')))).toBe('DISPOSED');
    using again = await FaceVerifier.load({ engine, detector: null });
    expect(await codeOf(() => again.embed(photo('aligned-a-1.png')))).toBe('accepted');
    engine.dispose();
  });

  it('takes the detector’s file as the embedder’s neighbour: one file may hold all graphs', async () => {
    const [embedder, detector] = [
      await modelWith({}),
      await importModel([{ name: DETECTOR, bytes: readBytes(DETECTOR) }]),
    ];
    const graphs = new Map([...embedder.graphs, ...detector.graphs]);
    const bytes = await exportNative(
      { ...embedder, graphs, card: { ...embedder.card, detector: detector.card.detector! } },
      { storage: 'float16' },
    );
    using both = await FaceVerifier.load({ model: bytes, detector: bytes });
    expect((await both.verify(photo('person-a-1.jpg'), photo('person-a-2.jpg'))).same).toBe(true);
  });
});

describe.skipIf(lacksShared('faces/photos'))('the photographs of ../shared/faces/photos', () => {
  it('are of the same people exactly where photos.json says so', async () => {
    const people = JSON.parse(readFileSync(ownPath('test/photos.json'), 'utf8')).photos as Record<string, string[]>;
    const names = Object.keys(people).filter((name) => people[name]!.length === 1);
    const photos = names.map((name) => readBytes(sharedPath(`faces/photos/${name}`)));
    const embedded = (await outcomesOf(verifier.embedMany(photos))).map(({ face }) => face!);
    let compared = 0;
    for (const [index, a] of names.entries()) {
      for (const [other, b] of names.entries()) {
        if (other <= index) continue;
        // One in nine pairs of the same person is turned away at the default rate; one in twenty at this.
        const pair = [embedded[index]!, embedded[other]!] as const;
        const { same } = await verifier.verify(...pair, { falseAcceptRate: 1e-3 });
        expect({ a, b, same }).toEqual({ a, b, same: people[a]![0] === people[b]![0] });
        compared++;
      }
    }
    expect(compared).toBe(15);
  });
});

describe.skipIf(!existsSync(sharedPath('models/mobilefacenet-y1')))('a public MobileFaceNet of ../shared', () => {
  it('embeds our crops nearly as the aligned set’s of the same photographs', async () => {
    using other = await FaceVerifier.load({ model: sharedPath('models/mobilefacenet-y1/mobilefacenet.param') });
    const people = ['Abel_Pacheco', 'Angela_Bassett', 'Bob_Petrino', 'Cathy_Freeman', 'Afton_Smith'];
    for (const name of people) {
      const file = `${name}/${name}_0001.jpg`;
      const own = await other.embed(readBytes(sharedPath(`faces/lfw-250/${file}`)), { face: 'central' });
      const aligned = await other.embed(readBytes(sharedPath(`faces/lfw-aligned-112/${file}`)));
      expect(cosineSimilarity(own.embedding, aligned.embedding), name).toBeGreaterThan(0.9);
    }
  });
});

describe('errors', () => {
  it('say which picture they are about', async () => {
    const face = photo('aligned-a-1.png');
    const tree = evenImage(200, 200);
    await expect(verifier.verify(face, tree)).rejects.toMatchObject({
      code: 'NO_FACE',
      message: expect.stringMatching(/^b: /),
    });
    await expect(verifier.verify('a.jpg' as never, face)).rejects.toMatchObject({
      message: expect.stringMatching(/^a: is a string; did you mean/),
    });
    const [, second] = await outcomesOf(verifier.embedMany([face, tree]));
    expect(second!.error).toMatchObject({ code: 'NO_FACE', message: expect.stringMatching(/^photo 1: /) });
  });
});
