/** What every gallery must do, wherever its embeddings are kept: one suite for all that implement `FaceGallery`. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FaceGallery } from '../../src/face/faceGallery.js';
import { codeOf } from '../formats/codeOf.js';

export const WEIGHTS = 'ab'.repeat(32);
const OTHER_WEIGHTS = 'cd'.repeat(32);
const LENGTH = 6;

/** An empty gallery of its own for one test. */
export interface OpenGallery<G extends FaceGallery = FaceGallery> {
  readonly gallery: G;
  close(): Promise<void>;
}

export function face(...embedding: number[]) {
  return { embedding, weights: WEIGHTS };
}

/** Cosine in double precision, by its definition. */
function cosine(a: readonly number[], b: readonly number[]): number {
  const dot = (x: readonly number[], y: readonly number[]) => x.reduce((sum, value, at) => sum + value * y[at]!, 0);
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
}

/** Small whole numbers, so that ties and equal directions are common. */
const embeddings = fc
  .array(fc.integer({ min: -3, max: 3 }), { minLength: LENGTH, maxLength: LENGTH })
  .filter((list) => list.some((value) => value !== 0));
const ids = fc.integer({ min: 0, max: 7 }).map((number) => `person ${number}`);
const steps = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.record({ enrol: ids, embedding: embeddings }) },
    { weight: 1, arbitrary: fc.record({ enrolAll: fc.array(fc.tuple(ids, embeddings), { maxLength: 5 }) }) },
    { weight: 1, arbitrary: fc.record({ remove: ids }) },
  ),
  { maxLength: 40 },
);

/** A gallery as a list that is searched one by one. */
class ListedGallery {
  known: { readonly id: string; readonly embedding: readonly number[] }[] = [];

  best(query: readonly number[]): Map<string, number> {
    const best = new Map<string, number>();
    for (const { id, embedding } of this.known) {
      best.set(id, Math.max(best.get(id) ?? -2, cosine(embedding, query)));
    }
    return best;
  }

  counts(): Map<string, number> {
    const counts = new Map<string, number>();
    for (const { id } of this.known) counts.set(id, (counts.get(id) ?? 0) + 1);
    return counts;
  }
}

async function expectSearch(
  gallery: FaceGallery,
  listed: ListedGallery,
  query: readonly number[],
  top: number,
  threshold: number,
): Promise<void> {
  const best = listed.best(query);
  const expected = [...best].filter(([, similarity]) => similarity >= threshold).sort((a, b) => b[1] - a[1]);
  const found = await gallery.search({ embedding: query, weights: WEIGHTS }, { top, threshold });
  expect(found.length).toBe(Math.min(top, expected.length));
  expect(new Set(found.map(({ id }) => id)).size).toBe(found.length);
  for (const [index, { id, similarity }] of found.entries()) {
    expect(similarity).toBeCloseTo(expected[index]![1], 5);
    expect(similarity).toBeCloseTo(best.get(id)!, 5);
  }
}

async function testByHand(gallery: FaceGallery): Promise<void> {
  await gallery.enrol('Ann', face(3, 4));
  await gallery.enrol('Bea', face(4, -3));
  await gallery.enrol('Ann', face(0, 9));
  expect(await gallery.list()).toEqual([
    { id: 'Ann', embeddings: 2 },
    { id: 'Bea', embeddings: 1 },
  ]);
  expect(await gallery.count()).toEqual({ people: 2, embeddings: 3 });
  expect(await gallery.search(face(0, 0.5))).toEqual([
    { id: 'Ann', similarity: 1 },
    { id: 'Bea', similarity: expect.closeTo(-0.6, 6) },
  ]);
  const near = { id: 'Bea', similarity: expect.closeTo(1, 6) };
  expect(await gallery.search(face(4, -3), { top: 1 })).toEqual([near]);
  const above = { id: 'Bea', similarity: expect.closeTo(0.8, 6) };
  expect(await gallery.search(face(1, 0), { threshold: 0.7 })).toEqual([above]);
  expect(await gallery.search(face(-1, 0), { threshold: 0.7 })).toEqual([]);
  expect(await gallery.remove('Ann')).toBe(true);
  expect(await gallery.remove('Ann')).toBe(false);
  expect(await gallery.remove('a\0b')).toBe(false);
  expect((await gallery.search(face(0, 1))).map(({ id }) => id)).toEqual(['Bea']);
  await gallery.enrol('Ann', face(1, 1));
  expect((await gallery.list()).map(({ id }) => id)).toEqual(['Bea', 'Ann']);
}

async function testRefusals(gallery: FaceGallery): Promise<void> {
  await gallery.enrol('Ann', face(1, 0));
  const good = { id: 'Zoe', face: face(0, 1) };
  const attempts: [string, () => unknown][] = [
    ['OTHER_WEIGHTS', () => gallery.enrol('Bea', { embedding: [1, 0], weights: OTHER_WEIGHTS })],
    ['OTHER_WEIGHTS', () => gallery.search({ embedding: [1, 0], weights: OTHER_WEIGHTS })],
    ['VECTOR_LENGTH', () => gallery.enrol('Bea', face(1, 0, 0))],
    ['VECTOR_LENGTH', () => gallery.search(face(1))],
    ['ZERO_EMBEDDING', () => gallery.enrol('Bea', face(0, 0))],
    ['NOT_FINITE', () => gallery.search(face(Number.NaN, 0))],
    ['BAD_ID', () => gallery.enrol('', face(1, 0))],
    ['BAD_ID', () => gallery.enrol('a\nb', face(1, 0))],
    ['BAD_ID', () => gallery.enrol('\ud800', face(1, 0))],
    ['BAD_ID', () => gallery.enrol('x'.repeat(257), face(1, 0))],
    ['BAD_TOP', () => gallery.search(face(1, 0), { top: 0 })],
    ['BAD_ID', () => gallery.enrolAll([good, { id: '', face: face(1, 0) }])],
    ['VECTOR_LENGTH', () => gallery.enrolAll([good, { id: 'Bea', face: face(1) }])],
    ['OTHER_WEIGHTS', () => gallery.enrolAll([good, { id: 'Bea', face: { ...face(1, 0), weights: OTHER_WEIGHTS } }])],
  ];
  // Called within a promise: one gallery throws at once, another by its promise.
  for (const [code, action] of attempts) {
    expect(await codeOf(async () => action()), String(action)).toBe(code);
  }
  expect(await gallery.list()).toEqual([{ id: 'Ann', embeddings: 1 }]);
}

/** Tests a gallery; `open` gives an empty one for embeddings of a length and the weights `WEIGHTS`. */
export function describeGallery(
  name: string,
  open: (embeddingLength: number) => Promise<OpenGallery>,
  numRuns: number,
): void {
  async function withGallery(length: number, test: (gallery: FaceGallery) => Promise<void>): Promise<void> {
    const { gallery, close } = await open(length);
    try {
      await test(gallery);
    } finally {
      await close();
    }
  }

  describe(`${name} is a gallery that`, () => {
    it('knows whoever is enrolled, by hand', () => withGallery(2, testByHand));

    it('agrees with a list that is searched one by one, through any enrolments and removals', async () => {
      const choices = [steps, embeddings, fc.integer({ min: 1, max: 9 }), fc.constantFrom(-1, 0.25)] as const;
      const property = fc.asyncProperty(...choices, (list, query, top, threshold) =>
        withGallery(LENGTH, async (gallery) => {
          const listed = new ListedGallery();
          for (const step of list) {
            if ('enrol' in step) {
              await gallery.enrol(step.enrol, face(...step.embedding));
              listed.known.push({ id: step.enrol, embedding: step.embedding });
            } else if ('enrolAll' in step) {
              const faces = step.enrolAll.map(([id, embedding]) => ({ id, embedding }));
              const added = await gallery.enrolAll(
                faces.map(({ id, embedding }) => ({ id, face: face(...embedding) })),
              );
              expect(added).toBe(faces.length);
              listed.known.push(...faces);
            } else {
              expect(await gallery.remove(step.remove)).toBe(listed.known.some(({ id }) => id === step.remove));
              listed.known = listed.known.filter(({ id }) => id !== step.remove);
            }
          }
          const owners = [...listed.counts()].map(([id, count]) => ({ id, embeddings: count }));
          expect(await gallery.list()).toEqual(owners);
          expect(await gallery.count()).toEqual({ people: owners.length, embeddings: listed.known.length });
          // A threshold that no rounding can meet: the scores are far from it or well defined by whole numbers.
          await expectSearch(gallery, listed, query, top, threshold + 1e-4);
        }),
      );
      await fc.assert(property, { numRuns, seed: 31 });
    });

    it('gives each of several faces what it gets alone', () =>
      withGallery(3, async (gallery) => {
        const all = Array.from({ length: 50 }, (_, index) => ({ id: `${index}`, face: face(index, 25 - index, 7) }));
        await gallery.enrolAll(all);
        const faces = Array.from({ length: 9 }, (_, index) => face(index - 4, 2, 1));
        const found = await gallery.searchAll(faces, { top: 3 });
        expect(found).toEqual(await Promise.all(faces.map((one) => gallery.search(one, { top: 3 }))));
        expect(new Set(found.map((matches) => matches[0]!.id)).size).toBeGreaterThan(3);
      }));

    it('finds everybody although one person fills what is near', () =>
      withGallery(2, async (gallery) => {
        const crowd = Array.from({ length: 300 }, (_, index) => ({ id: 'Ann', face: face(1000, index) }));
        await gallery.enrolAll([...crowd, { id: 'Bea', face: face(0, 1) }, { id: 'Cat', face: face(-1, 0) }]);
        const found = await gallery.search(face(1, 0), { top: 3 });
        expect(found.map(({ id }) => id)).toEqual(['Ann', 'Bea', 'Cat']);
      }));

    it('takes any text for an id, and never for more than that', () =>
      withGallery(2, async (gallery) => {
        const texts = ["'; drop table galleries; --", '__proto__', '{"a"}', '%s', '\\', 'ü 人 🙂', ' ', 'NULL', '../x'];
        for (const text of texts) await gallery.enrol(text, face(1, 2));
        expect((await gallery.list()).map(({ id }) => id)).toEqual(texts);
        for (const text of texts) expect(await gallery.remove(text)).toBe(true);
        expect(await gallery.count()).toEqual({ people: 0, embeddings: 0 });
      }));

    it('refuses embeddings of other weights, lengths and values, and stays as it was', () =>
      withGallery(2, testRefusals));
  });
}
