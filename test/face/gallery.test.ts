/** The gallery in memory: what every gallery does, files that come back whole, and everything that is refused. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Engine } from '../../src/engine.js';
import { Gallery } from '../../src/face/gallery.js';
import { parseGallery, printGallery } from '../../src/face/galleryFile.js';
import { writeSafetensors } from '../../src/formats/safetensors.js';
import { float32Tensor } from '../../src/tensor/tensor.js';
import { codeOf } from '../formats/codeOf.js';
import { describeGallery, face, WEIGHTS } from './gallerySuite.js';

let engine: Engine;
beforeAll(async () => {
  engine = await Engine.create();
});
afterAll(() => engine.dispose());

describeGallery(
  'the one in memory',
  async (length) => {
    const gallery = new Gallery(engine, WEIGHTS, length);
    return { gallery, close: async () => gallery.dispose() };
  },
  150,
);

describe('Gallery', () => {
  it('comes back whole from its file, whoever was enrolled and removed before', async () => {
    using gallery = new Gallery(engine, WEIGHTS, 3);
    for (let index = 0; index < 60; index++) gallery.enrol(`${index % 11}`, face(index, 25 - index, 7));
    for (const id of ['3', '10', '0']) gallery.remove(id);
    using copy = await Gallery.open(engine, await gallery.save(), 'copy');
    expect(copy.list()).toEqual(gallery.list());
    for (const query of [face(1, 0, 0), face(-1, 2, 1)]) expect(copy.search(query)).toEqual(gallery.search(query));
  });

  it('refuses hashes and lengths that can be none, and to work once it is disposed', async () => {
    expect(await codeOf(() => new Gallery(engine, 'none', 2))).toBe('BAD_HASH');
    expect(await codeOf(() => new Gallery(engine, WEIGHTS, 0))).toBe('VECTOR_LENGTH');
    const gallery = new Gallery(engine, WEIGHTS, 2);
    gallery.enrol('Ann', face(1, 0));
    gallery.dispose();
    expect(gallery.memoryBytes).toBe(0);
    expect(await codeOf(() => gallery.enrol('Ann', face(1, 0)))).toBe('DISPOSED');
    expect(await codeOf(() => gallery.enrolAll([{ id: 'Ann', face: face(1, 0) }]))).toBe('DISPOSED');
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
