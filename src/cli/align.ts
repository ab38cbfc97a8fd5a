/** `align IMAGE…`: the faces of photographs as aligned crops. */
import { join } from 'node:path';
import { InputError } from '../errors.js';
import type { QualityReason } from '../face/quality.js';
import { expandImages, type NamedImage } from '../files/images.js';
import { checkOutputs } from '../files/outputs.js';
import { writeOutputFile } from '../files/writing.js';
import { encodePng } from '../image/encodePng.js';
import { defineCommand, type Outcome } from './command.js';
import { type FailureEntry, failureEntry } from './detect.js';
import { readNamedImage } from './input.js';
import { cropOptions, loadVerifier } from './models.js';
import { addDetectorOptions, addFaceOption, addForceOption, addModelOption, type FaceOptions } from './options.js';
import { Progress } from './progress.js';
import { countSeveral, explainSeveral, type SeveralFaces } from './severalFaces.js';
import { roundTo } from './text.js';

interface AlignOptions extends FaceOptions {
  readonly out: string;
  readonly model?: string;
  readonly force?: boolean;
}

export interface AlignEntry extends SeveralFaces {
  readonly image: string;
  /** The file of the crop. */
  readonly out: string;
  /** 0 to 1; below 0.5 there are reasons not to verify the face. */
  readonly quality: number;
  readonly reasons: readonly QualityReason[];
}

/** What `align --json` prints: one entry an image, in order. */
export interface AlignDocument {
  readonly images: readonly (AlignEntry | FailureEntry)[];
}

/** The crops' files: below the folder as the images lie below theirs. Throws InputError BAD_OPTION where two are one. */
function outputsOf(images: readonly NamedImage[], folder: string): string[] {
  const outputs = images.map(({ name }) => join(folder, name.replace(/\.[^./]*$/, '.png')));
  const repeated = outputs.find((output, index) => outputs.indexOf(output) !== index);
  if (repeated === undefined) return outputs;
  throw new InputError('BAD_OPTION', `several images would be written to ${repeated}; name folders, or one at a time.`);
}

function explainEntry(entry: AlignEntry | FailureEntry, face: FaceOptions['face']): string {
  if ('error' in entry) return `${entry.error.code}: ${entry.error.message}`;
  const poor = entry.reasons.length > 0 ? `: ${entry.reasons.join(', ')}` : '';
  return `${entry.image} → ${entry.out}, quality ${entry.quality.toFixed(2)}${poor}${explainSeveral(entry, face)}`;
}

async function align(args: readonly string[], options: AlignOptions): Promise<Outcome> {
  const images = await expandImages(args);
  const outputs = outputsOf(images, options.out);
  await checkOutputs(
    outputs.map((path) => ({ path, kind: 'PNG picture' })),
    [...images.map(({ path }) => path), options.model, options.detector],
    options.force,
  );
  using verifier = await loadVerifier(options.model, options.detector);
  const progress = new Progress(images.length, 'images');
  const entries: (AlignEntry | FailureEntry)[] = [];
  try {
    for (const [index, { path }] of images.entries()) {
      const out = outputs[index]!;
      try {
        const { image, quality, faces } = await verifier.crop(
          await readNamedImage(path),
          cropOptions({ ...options, detect: true }),
        );
        await writeOutputFile(out, await encodePng(image));
        entries.push({
          image: path,
          out,
          quality: roundTo(quality.value, 3),
          reasons: quality.reasons,
          ...countSeveral(faces),
        });
      } catch (error) {
        entries.push(failureEntry(path, error));
      }
      progress.step();
    }
  } finally {
    progress.stop();
  }
  const failed = entries.some((entry) => 'error' in entry);
  return {
    document: { images: entries },
    text: entries.map((entry) => explainEntry(entry, options.face)).join('\n'),
    exitCode: failed ? 2 : 0,
  };
}

export const alignCommand = defineCommand<AlignOptions>({
  name: 'align',
  summary: 'cut faces out of photographs, aligned for the embedder',
  declare(command) {
    command
      .argument('<image...>', 'photographs; folders and patterns')
      .requiredOption('--out <dir>', 'the folder for the crops, PNG files; existing ones are replaced');
    addForceOption(command);
    addModelOption(command);
    addDetectorOptions(command);
    addFaceOption(command);
  },
  run: align,
});
