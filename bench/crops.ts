/** `npm run bench -- crops`: how alike an embedder finds our crops of photographs and crops that others aligned. */
import { join } from 'node:path';
import type { Command } from 'commander';
import { defineCommand, type Outcome } from '../src/cli/command.js';
import { embedFile, loadVerifier } from '../src/cli/models.js';
import { addDetectorOptions, addModelOption } from '../src/cli/options.js';
import { Progress } from '../src/cli/progress.js';
import { alignRows, formatCosine, formatCounted } from '../src/cli/text.js';
import { ImageError, InputError } from '../src/errors.js';
import { cosineSimilarity } from '../src/face/match.js';
import { expandImages } from '../src/files/images.js';
import { fileExists } from '../src/files/writing.js';

interface CropsOptions {
  readonly photos: string;
  readonly aligned: string;
  readonly model?: string;
  readonly detector?: string;
  readonly minFace?: number;
}

/** What `npm run bench -- crops --json` prints. */
export interface CropsDocument {
  /** The embedder's name. */
  readonly model: string;
  /** Photographs with an aligned crop. */
  readonly images: number;
  /** Those of them in which no face is found. */
  readonly withoutFace: readonly string[];
  /** Cosine similarity of the embeddings of the two crops of a photograph. */
  readonly meanSimilarity: number;
  readonly medianSimilarity: number;
  readonly tenthPercentile: number;
  readonly least: { readonly image: string; readonly similarity: number };
}

interface Compared {
  readonly image: string;
  readonly similarity: number;
}

function describeSimilarities(compared: readonly Compared[]) {
  const sorted = compared.toSorted((a, b) => a.similarity - b.similarity);
  const at = (share: number): number => sorted[Math.floor(share * (sorted.length - 1))]!.similarity;
  return {
    meanSimilarity: sorted.reduce((sum, { similarity }) => sum + similarity, 0) / sorted.length,
    medianSimilarity: at(0.5),
    tenthPercentile: at(0.1),
    least: sorted[0]!,
  };
}

function explain(document: CropsDocument): string {
  const { model, images, withoutFace, meanSimilarity, medianSimilarity, tenthPercentile, least } = document;
  const missing = withoutFace.length > 0 ? `: ${withoutFace.join(', ')}` : '';
  return alignRows([
    ['model', model],
    ['images', `${images}, of which ${withoutFace.length} without a face${missing}`],
    ['mean', formatCosine(meanSimilarity)],
    ['median', `${formatCosine(medianSimilarity)}; a tenth is below ${formatCosine(tenthPercentile)}`],
    ['least', `${formatCosine(least.similarity)}: ${least.image}`],
  ]);
}

/** Compares each photograph's central face, aligned here, with the crop of the same path below the other folder. */
async function benchCrops(_: readonly string[], options: CropsOptions): Promise<Outcome> {
  const { photos, aligned, minFace } = options;
  const named = await expandImages([photos]);
  const pairs: { readonly name: string; readonly path: string; readonly crop: string }[] = [];
  for (const { name, path } of named) {
    const crop = join(aligned, name);
    if (await fileExists(crop)) pairs.push({ name, path, crop });
  }
  if (pairs.length === 0) {
    const found = formatCounted(named.length, 'image');
    throw new InputError('NO_IMAGES', `${aligned}: has none of the ${found} below ${photos} under the same paths.`);
  }
  using verifier = await loadVerifier(options.model, options.detector);
  const progress = new Progress(pairs.length, 'images');
  const compared: Compared[] = [];
  const withoutFace: string[] = [];
  for (const { name, path, crop } of pairs) {
    const theirs = await embedFile(crop, verifier, { input: 'crop' });
    try {
      const ours = await embedFile(path, verifier, { input: 'photograph', face: 'central', minimumFace: minFace });
      compared.push({ image: name, similarity: cosineSimilarity(ours.embedding, theirs.embedding) });
    } catch (error) {
      if (!(error instanceof ImageError && error.code === 'NO_FACE')) throw error;
      withoutFace.push(name);
    }
    progress.step();
  }
  progress.stop();
  if (compared.length === 0) throw new InputError('NO_IMAGES', `${photos}: no face is found in any of the images.`);
  const similarities = describeSimilarities(compared);
  const document: CropsDocument = { model: verifier.card.name, images: pairs.length, withoutFace, ...similarities };
  return { document, text: explain(document) };
}

export const cropsCommand = defineCommand<CropsOptions>({
  name: 'crops',
  summary: 'compare aligned crops of photographs with those of an aligned set, by an embedder',
  declare(command: Command) {
    command
      .requiredOption('--photos <dir>', 'photographs')
      .requiredOption('--aligned <dir>', 'crops of the same faces under the same paths, of the input size');
    addModelOption(command);
    addDetectorOptions(command);
  },
  run: benchCrops,
});
