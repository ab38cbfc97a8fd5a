/** The gallery: searches against brute force, removal, files that come back whole, and everything that is refused. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Engine } from '../../src/engine.js';
import { Gallery } from '../../src/face/gallery.js';
import { parseGallery, printGallery } from '../../src/face/galleryFile.js';
import { cosineSimilarity } from '../../src/face/match.js';
import { writeSafetensors } from '../../src/formats/safetensors.js';
import { float32Tensor } from '../../src/tensor/tensor.js';
import { codeOf } from '../formats/codeOf.js';

const WEIGHTS = 'ab'.repeat(32);
const OTHER_WEIGHTS = 'cd'.repeat(32);
const LENGTH = 6;

let engine: Engine;
beforeAll(async () => {
  engine = await Engine.create();
});
afterAll(() => engine.dispose());

function face(...embedding: number[]) {
  return { embedding, weights: WEIGHTS };
}

/** Small whole numbers, so that ties and equal directions are common. */
const embeddings = fc
  .array(fc.integer({ min: -3, max: 3 }), { minLength: LENGTH, maxLength: LENGTH })
  .filter((list) => list.some((value) => value !== 0));
const ids = fc.integer({ min: 0, max: 7 }).map((number) => `person ${number}`);
const steps = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.record({ enrol: ids, embedding: embeddings }) },
    { weight: 1, arbitrary: fc.record({ remove: ids }) },
  ),
  { maxLength: 40 },
);

describe('Gallery', () => {
  it('knows whoever is enrolled, by hand', () => {
    using gallery = new Gallery(engine, WEIGHTS, 2);
    gallery.enrol('Ann', face(3, 4));
    gallery.enrol('Bea', face(4, -3));
    gallery.enrol('Ann', face(0, 9));
    expect(gallery.list()).toEqual([
      { id: 'Ann', embeddings: 2 },
      { id: 'Bea', embeddings: 1 },
    ]);
    expect(gallery.embeddings).toBe(3);
    const found = gallery.search(face(0, 0.5));
    expect(found).toEqual([
      { id: 'Ann', similarity: 1 },
      { id: 'Bea', similarity: expect.closeTo(-0.6, 6) },
    ]);
    expect(gallery.search(face(4, -3), { top: 1 })).toEqual([{ id: 'Bea', similarity: expect.closeTo(1, 6) }]);
    expect(gallery.search(face(1, 0), { threshold: 0.7 })).toEqual([{ id: 'Bea', similarity: expect.closeTo(0.8, 6) }]);
    expect(gallery.search(face(-1, 0), { threshold: 0.7 })).toEqual([]);
    expect(gallery.remove('Ann')).toBe(true);
    expect(gallery.remove('Ann')).toBe(false);
    expect(gallery.search(face(0, 1)).map(({ id }) => id)).toEqual(['Bea']);
  });

  it('agrees with a list that is searched one by one, through any enrolments and removals and a file', async () => {
    const property = fc.asyncProperty(
      steps,
      embeddings,
      fc.integer({ min: 1, max: 9 }),
      fc.constantFrom(-1, 0.25),
      async (list, query, top, threshold) => {
        using gallery = new Gallery(engine, WEIGHTS, LENGTH);
        let known: { id: string; embedding: number[] }[] = [];
        for (const step of list) {
          if ('enrol' in step) {
            gallery.enrol(step.enrol, face(...step.embedding));
            known.push({ id: step.enrol, embedding: step.embedding });
          } else {
            expect(gallery.remove(step.remove)).toBe(known.some(({ id }) => id === step.remove));
            known = known.filter(({ id }) => id !== step.remove);
          }
        }
        const best = new Map<string, number>();
        for (const { id, embedding } of known) {
          best.set(id, Math.max(best.get(id) ?? -2, cosineSimilarity(embedding, query)));
        }
        // A threshold that no rounding can meet: the scores are far from it or well defined by whole numbers.
        const limit = threshold + 1e-4;
        const expected = [...best].filter(([, similarity]) => similarity >= limit).sort((a, b) => b[1] - a[1]);
        using copy = await Gallery.open(engine, await gallery.save(), 'copy');
        expect(copy.list()).toEqual(gallery.list());
        for (const searched of [gallery, copy]) {
          const found = searched.search(face(...query), { top, threshold: limit });
          expect(found.length).toBe(Math.min(top, expected.length));
          expect(new Set(found.map(({ id }) => id)).size).toBe(found.length);
          for (const [index, { id, similarity }] of found.entries()) {
            expect(similarity).toBeCloseTo(expected[index]![1], 5);
            expect(similarity).toBeCloseTo(best.get(id)!, 5);
          }
        }
      },
    );
    await fc.assert(property, { numRuns: 150, seed: 31 });
  });

  it('gives each of several faces what it gets alone', () => {
    using gallery = new Gallery(engine, WEIGHTS, 3);
    for (let index = 0; index < 50; index++) gallery.enrol(`${index}`, face(index, 25 - index, 7));
    const faces = Array.from({ length: 9 }, (_, index) => face(index - 4, 2, 1));
    const found = gallery.searchAll(faces, { top: 3 });
    expect(found).toEqual(faces.map((one) => gallery.search(one, { top: 3 })));
    expect(new Set(found.map((matches) => matches[0]!.id)).size).toBeGreaterThan(3);
  });

  it('refuses embeddings of other weights, lengths and values, and stays as it was', async () => {
    using gallery = new Gallery(engine, WEIGHTS, 2);
    gallery.enrol('Ann', face(1, 0));
    const attempts: [string, () => unknown][] = [
      ['OTHER_WEIGHTS', () => gallery.enrol('Bea', { embedding: [1, 0], weights: OTHER_WEIGHTS })],
      ['OTHER_WEIGHTS', () => gallery.search({ embedding: [1, 0], weights: OTHER_WEIGHTS })],
      ['VECTOR_LENGTH', () => gallery.enrol('Bea', face(1, 0, 0))],
      ['VECTOR_LENGTH', () => gallery.search(face(1))],
      ['ZERO_EMBEDDING', () => gallery.enrol('Bea', face(0, 0))],
      ['NOT_FINITE', () => gallery.search(face(Number.NaN, 0))],
      ['BAD_ID', () => gallery.enrol('', face(1, 0))],
      ['BAD_ID', () => gallery.enrol('a\nb', face(1, 0))],
      ['BAD_ID', () => gallery.enrol('x'.repeat(257), face(1, 0))],
      ['BAD_TOP', () => gallery.search(face(1, 0), { top: 0 })],
      ['BAD_HASH', () => new Gallery(engine, 'none', 2)],
      ['VECTOR_LENGTH', () => new Gallery(engine, WEIGHTS, 0)],
    ];
    for (const [code, action] of attempts) expect(await codeOf(action), String(action)).toBe(code);
    expect(gallery.list()).toEqual([{ id: 'Ann', embeddings: 1 }]);
    gallery.dispose();
    expect(gallery.memoryBytes).toBe(0);
    expect(await codeOf(() => gallery.enrol('Ann', face(1, 0)))).toBe('DISPOSED');
  });

  it('keeps its embeddings in a memory of its own', () => {
    const before = engine.memoryBytes;
    using gallery = new Gallery(engine, WEIGHTS, 128);
    const embedding = new Float32Array(128).fill(1);
    for (let index = 0; index < 2000; index++) gallery.enrol('Ann', { embedding, weights: WEIGHTS });
    expect(gallery.memoryBytes).toBeGreaterThan(2000 * 512);
    expect(gallery.memoryBytes).toBeLessThan(2000 * 512 * 1.25 + 300_000);
    expect(engine.memoryBytes).toBe(before);
  });
});

describe('gallery files', () => {
  const contents = {
    weights: WEIGHTS,
    embeddingLength: 2,
    owners: [
      { id: 'Ann', embeddings: 2 },
      { id: '__proto__ "ü"', embeddings: 1 },
    ],
    embeddings: Float32Array.of(1, 0, 0, -1, 0.6, 0.8),
  };
  const parse = (bytes: Uint8Array) => parseGallery(bytes, 'file');

  it('come back as they were, also empty', async () => {
    expect(await parse(await printGallery(contents))).toEqual(contents);
    const empty = { ...contents, owners: [], embeddings: new Float32Array(0) };
    expect(await parse(await printGallery(empty))).toEqual(empty);
    expect(await printGallery(contents)).toEqual(await printGallery(contents));
  });

  it('are refused where a single bit of what they say is another', async () => {
    const bytes = await printGallery(contents);
    const headerEnd = 8 + Number(new DataView(bytes.buffer).getBigUint64(0, true));
    const letters = [bytes.indexOf(0x41), bytes.length - 1, headerEnd, Buffer.from(bytes).indexOf('abab') + 1];
    for (const at of letters) {
      const damaged = bytes.slice();
      damaged[at]! ^= 1;
      expect(await codeOf(() => parse(damaged)), `byte ${at}`).toBe('DAMAGED');
    }
    for (let length = 0; length < bytes.length; length += 7) {
      expect(await codeOf(() => parse(bytes.slice(0, length)))).not.toBe('accepted');
    }
  });

  it('are refused where what they say cannot be, although the hash fits', async () => {
    const cases: [string, Partial<typeof contents>][] = [
      ['BAD_GALLERY', { owners: [{ id: 'Ann', embeddings: 2 }] }],
      ['BAD_GALLERY', { owners: [...contents.owners, { id: 'Bea', embeddings: 1 }] }],
      ['BAD_GALLERY', { owners: contents.owners.map((owner) => ({ ...owner, id: 'Ann' })) }],
      ['BAD_GALLERY', { embeddings: Float32Array.of(1, 0, 0, -1, 0.6, 0.9) }],
      ['BAD_GALLERY', { embeddings: Float32Array.of(1, 0, 0, -1, Number.NaN, 0.8) }],
      ['BAD_ID', { owners: [{ id: '', embeddings: 3 }] }],
      [
        'BAD_JSON',
        {
          owners: [
            { id: 'Ann', embeddings: 0 },
            { id: 'Bea', embeddings: 3 },
          ],
        },
      ],
      ['BAD_HASH', { weights: 'x' }],
    ];
    for (const [code, change] of cases) {
      const bytes = await printGallery({ ...contents, ...change });
      expect(await codeOf(() => parse(bytes)), JSON.stringify(change)).toBe(code);
    }
  });

  it('are told from other safetensors files, and from later versions', async () => {
    const tensors = new Map([
      ['embeddings', { tensor: float32Tensor([1, 1], Float32Array.of(1)), storage: 'float32' as const }],
    ]);
    const write = (...metadata: [string, string][]) => writeSafetensors(tensors, new Map(metadata));
    expect(await codeOf(() => parse(write()))).toBe('NOT_A_GALLERY');
    const format: [string, string] = ['format', 'mobilefacenet gallery'];
    expect(await codeOf(() => parse(write(format, ['format_version', '2'])))).toBe('GALLERY_VERSION');
    expect(await codeOf(() => parse(new TextEncoder().encode('no gallery')))).toBe('HEADER_TOO_LARGE');
  });
});
