/** `embed`: the document, lengths, order, and an independent engine's embeddings. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { EmbedDocument } from '../../src/cli/embed.js';
import { lacksShared, runCli, runJson, sample, sharedFile } from './cli.js';

const IMAGES = [sample('aligned-b-1.png'), sample('aligned-a-1.png'), sample('aligned-b-1.png')];

function lengthOf(vector: readonly number[]): number {
  return Math.hypot(...vector);
}

describe('embed', () => {
  it('gives one embedding of unit length an image, in order', async () => {
    const { code, document } = await runJson<EmbedDocument>('embed', ...IMAGES);
    expect(code).toBe(0);
    expect(Object.keys(document)).toEqual(['embeddings']);
    expect(document.embeddings.map(({ image }) => image)).toEqual(IMAGES);
    for (const entry of document.embeddings) {
      expect(Object.keys(entry)).toEqual(['image', 'embedding']);
      expect(entry.embedding).toHaveLength(128);
      expect(lengthOf(entry.embedding)).toBeCloseTo(1, 6);
    }
    const [first, second, third] = document.embeddings;
    expect(third!.embedding).toEqual(first!.embedding);
    expect(second!.embedding).not.toEqual(first!.embedding);
  });

  it('gives with --raw what the network gives: the same direction, another length', async () => {
    const image = IMAGES[0]!;
    const unit = (await runJson<EmbedDocument>('embed', image)).document.embeddings[0]!.embedding;
    const raw = (await runJson<EmbedDocument>('embed', image, '--raw')).document.embeddings[0]!.embedding;
    const length = lengthOf(raw);
    expect(length).toBeGreaterThan(2);
    for (const [index, value] of raw.entries()) expect(value / length).toBeCloseTo(unit[index]!, 6);
  });

  it('is short in words', async () => {
    const { code, stdout, stderr } = await runCli('embed', ...IMAGES);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.trimEnd().split('\n')).toHaveLength(IMAGES.length + 1);
    expect(stdout).toContain('128 numbers: ');
  });
});

describe.skipIf(lacksShared('golden/embeddings.json'))('embed against the golden embeddings of ../shared', () => {
  it('is within 1e-3 of another engine, relative to the length', async () => {
    const golden = JSON.parse(readFileSync(sharedFile('golden/embeddings.json'), 'utf8')).y1 as Record<
      string,
      number[]
    >;
    const names = Object.keys(golden);
    expect(names).toHaveLength(4);
    const images = names.map((name) => sharedFile(`faces/lfw-aligned-112/${name}`));
    const model = sharedFile('models/mobilefacenet-y1/mobilefacenet.param');
    const { document } = await runJson<EmbedDocument>('embed', ...images, '--raw', '--model', model);
    for (const [index, name] of names.entries()) {
      const expected = golden[name]!;
      const found = document.embeddings[index]!.embedding;
      expect(found).toHaveLength(expected.length);
      const distance = lengthOf(expected.map((value, element) => value - found[element]!));
      expect(distance / lengthOf(expected), name).toBeLessThanOrEqual(1e-3);
    }
  });
});
