/** The default weights are of one piece: files, cards, golden embeddings, figures and every text that states one. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { importNative } from '../../src/formats/native.js';
import { defaultThreshold } from '../../src/model/chooseThreshold.js';
import { parseCard } from '../../src/model/parseCard.js';
import { blocksOf, type Cards, type Figures, type FileFigures, replaceBlock } from '../../weights/remake/figures.js';

const read = (path: string) => new Uint8Array(readFileSync(path));
const readText = (path: string) => readFileSync(path, 'utf8');
const figures = JSON.parse(readText('weights/figures.json')) as Figures;
const files = {
  float32: { path: 'weights/mobilefacenet.safetensors', texts: 'weights/card.json' },
  int8: { path: 'weights/mobilefacenet-int8.safetensors', texts: 'weights/mobilefacenet-int8.card.json' },
} as const;
const cards: Cards = {
  float32: (await importNative(read(files.float32.path), 'float32')).card,
  int8: (await importNative(read(files.int8.path), 'int8')).card,
};

/** Paths and names of the blocks that do not say what the figures are. */
function staleBlocks(of: Figures, on: Cards): string[] {
  return [...blocksOf(of, on)].flatMap(([path, blocks]) => {
    const text = readText(path);
    return [...blocks].flatMap(([name, content]) =>
      replaceBlock(text, name, content) === text ? [] : [`${path}: ${name}`],
    );
  });
}

describe.each(['float32', 'int8'] as const)('the default weights in %s', (kind) => {
  const { path, texts } = files[kind];
  const card = cards[kind];
  const known: FileFigures = figures[kind];

  it('are the file that the figures were measured on', () => {
    const bytes = read(path);
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(known.sha256);
    expect(bytes.length).toBe(known.bytes);
    expect(card.sha256).toBe(known.tensors);
  });

  it('carry the texts that stand beside them, and name what they were made from', () => {
    const { sha256, thresholds, accuracy, probability, provenance, ...rest } = card;
    const { thresholds: _, accuracy: __, provenance: written, ...others } = parseCard(readText(texts), texts);
    expect(rest).toEqual(others);
    expect(provenance!.startsWith(written!)).toBe(true);
    expect(provenance).toContain(kind === 'float32' ? figures.source : figures.float32.tensors);
  });

  it('state the accuracy that was measured, and thresholds for 1e-2 to 1e-6', () => {
    for (const [index, set] of [known.plain, known.mirrored].entries()) {
      expect(card.accuracy[index]!.accuracy).toBeCloseTo(set.accuracy, 4);
      expect(card.accuracy[index]!.std).toBeCloseTo(set.std, 4);
    }
    expect(card.thresholds).toHaveLength(5);
    for (const [index, threshold] of card.thresholds.entries()) {
      const rate = 10 ** -(index + 2);
      expect(threshold.falseAcceptRate!).toBeLessThanOrEqual(rate);
      expect(threshold.falseAcceptRate!).toBeGreaterThan(0.95 * rate);
      expect(threshold.falseAcceptRate).toBe(threshold.falseAccepts! / threshold.pairs!);
      for (const [share, interval] of [
        [threshold.falseAcceptRate!, threshold.falseAcceptInterval!],
        [threshold.trueAcceptRate!, threshold.trueAcceptInterval!],
      ] as const) {
        expect(share).toBeGreaterThan(interval[0]);
        expect(share).toBeLessThan(interval[1]);
      }
    }
    expect(defaultThreshold(card.thresholds)).toBe(card.thresholds[2]);
    expect(card.probability!.slope).toBeGreaterThan(0);
  });
});

describe('what states figures of the default weights', () => {
  it('agrees with them', () => {
    expect(staleBlocks(figures, cards)).toEqual([]);
  });

  it('would be found where it did not', () => {
    const changed = { ...figures, samples: { ...figures.samples, differentMost: 0.99 } };
    expect(staleBlocks(changed, cards)).toEqual(['samples/README.md: samples']);
    const worse = structuredClone(figures) as { float32: { plain: { accuracy: number } } };
    worse.float32.plain.accuracy = 0.5;
    expect(staleBlocks(worse as Figures, cards)).toEqual(['README.md: weights', 'weights/README.md: float32']);
  });

  it('has golden embeddings of these weights', () => {
    const float32 = JSON.parse(readText('weights/mobilefacenet.golden.json'));
    const int8 = JSON.parse(readText('weights/mobilefacenet-int8.golden.json'));
    expect(float32.weights).toBe(figures.source);
    expect(float32.tolerance).toBeGreaterThanOrEqual(figures.float16Move);
    expect(float32.tolerance).toBeLessThan(figures.float16Move + 1e-4);
    expect(int8.weights).toBe(figures.int8.tensors);
  });

  it('keeps int8 close to float32', () => {
    for (const set of ['plain', 'mirrored'] as const) {
      expect(Math.abs(figures.int8[set].accuracy - figures.float32[set].accuracy)).toBeLessThanOrEqual(0.003);
    }
  });
});
