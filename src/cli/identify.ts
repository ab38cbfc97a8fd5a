/** `identify`: people found among distractors, by the protocol of MegaFace, on folders of one's own. */
import { dirname } from 'node:path';
import { ImageError } from '../errors.js';
import { evaluateIdentification, type Identification, type Probe } from '../evaluation/identify.js';
import type { EmbedPhotoOptions } from '../face/comparer.js';
import type { FaceVerifier } from '../face/verifier.js';
import { expandImages, type NamedImage } from '../files/images.js';
import { defineCommand, type Outcome } from './command.js';
import { countUndetected } from './embedFiles.js';
import { addRatesOption } from './eval.js';
import { cropOptions, embedFile, loadVerifier } from './models.js';
import {
  addDetectorOptions,
  addFaceOption,
  addFlipOption,
  addInputOptions,
  addModelOption,
  type FaceOptions,
} from './options.js';
import { Progress } from './progress.js';
import { alignRows, formatCount, formatCounted, formatDuration, roundTo } from './text.js';

interface IdentifyOptions extends FaceOptions {
  readonly probes: string;
  readonly distractors: string;
  readonly far?: readonly number[];
  readonly model?: string;
  readonly flip?: boolean;
}

/** What `identify --json` prints. */
export interface IdentifyDocument extends Identification {
  /** With `--detect`: images in which no face was found; they are left out. */
  readonly undetected?: number;
  /** The name in the model's card. */
  readonly model: string;
  readonly elapsedMs: number;
}

/** False accepts below which a rate says little. */
const FEW_FALSE_ACCEPTS = 30;

/** Embeds images; those in which no face is found are left out. */
async function embedAll(
  images: readonly NamedImage[],
  verifier: FaceVerifier,
  options: EmbedPhotoOptions,
  progress: Progress,
): Promise<{ readonly name: string; readonly embedding: Float32Array }[]> {
  const embedded = [];
  for (const { path, name } of images) {
    try {
      embedded.push({ name, embedding: (await embedFile(path, verifier, options)).embedding });
    } catch (error) {
      if (!(error instanceof ImageError && error.code === 'NO_FACE')) throw error;
    }
    progress.step();
  }
  return embedded;
}

function explain(document: IdentifyDocument): string {
  const share = (value: number, [low, high]: readonly [number, number]) =>
    `${value.toFixed(4)} (95 % interval ${low.toFixed(4)} to ${high.toFixed(4)})`;
  const points = document.operatingPoints.map((point): [string, string] => {
    const few = point.expectedFalseAccepts < FEW_FALSE_ACCEPTS ? '; too few impostor pairs to rely on' : '';
    return [`TAR at FAR ${point.falseAcceptRate}`, share(point.trueAcceptRate, point.interval) + few];
  });
  const { probes, people, distractors, genuinePairs, impostorPairs, undetected } = document;
  return alignRows([
    ['rank 1', share(document.rank1, document.rank1Interval)],
    ...points,
    [
      'probes',
      `${formatCounted(probes, 'image')} of ${formatCount(people)} people: ${formatCount(genuinePairs)} searches`,
    ],
    ['distractors', `${formatCounted(distractors, 'image')}: ${formatCount(impostorPairs)} impostor pairs`],
    ['no face', undetected ? `in ${formatCounted(undetected, 'image')}: left out` : undefined],
    ['model', document.model],
    ['time', formatDuration(document.elapsedMs)],
  ]);
}

async function identify(_: readonly string[], options: IdentifyOptions): Promise<Outcome> {
  const begin = performance.now();
  const probeImages = await expandImages([options.probes]);
  const otherImages = await expandImages([options.distractors]);
  using verifier = await loadVerifier(options.model, options.detector);
  const photo = { ...cropOptions(options), mirror: options.flip };
  const images = probeImages.length + otherImages.length;
  const progress = new Progress(images, 'images');
  let probes: Probe[] = [];
  let distractors: Float32Array[] = [];
  try {
    const embedded = await embedAll(probeImages, verifier, photo, progress);
    probes = embedded.map(({ name, embedding }) => ({ person: dirname(name), embedding }));
    distractors = (await embedAll(otherImages, verifier, photo, progress)).map(({ embedding }) => embedding);
  } finally {
    progress.stop();
  }
  const undetected = images - probes.length - distractors.length;
  const document: IdentifyDocument = {
    ...evaluateIdentification(verifier.engine, probes, distractors, { falseAcceptRates: options.far }),
    ...countUndetected(options, undetected),
    model: verifier.card.name,
    elapsedMs: roundTo(performance.now() - begin, 1),
  };
  return { document, text: explain(document) };
}

const LAYOUT = `
Probes lie as DIR/Person/any.jpg; distractors show other people, in any folders. Each probe is searched for among its
person's other photographs and all distractors. MegaFace takes FaceScrub's probes and a million distractors.`;

export const identifyCommand = defineCommand<IdentifyOptions>({
  name: 'identify',
  summary: 'measure how often people are found among distractors, as MegaFace does',
  declare(command) {
    command
      .requiredOption('--probes <dir>', 'known people, a folder each with two images or more')
      .requiredOption('--distractors <dir>', 'images of other people');
    addRatesOption(command, '--far <rate...>', 'false-accept rates of verification (default: 1e-6)');
    addModelOption(command);
    addInputOptions(command);
    addDetectorOptions(command);
    addFaceOption(command, 'central');
    addFlipOption(command);
    command.addHelpText('after', LAYOUT);
  },
  run: identify,
});
