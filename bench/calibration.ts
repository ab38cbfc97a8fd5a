/** `npm run bench -- calibration`: how much closer an int8 embedder comes to the float32 one with more images to calibrate on. */
import type { Command } from 'commander';
import { defineCommand, type Outcome } from '../src/cli/command.js';
import { packageFile } from '../src/cli/package.js';
import { Progress } from '../src/cli/progress.js';
import { alignTable, roundTo } from '../src/cli/text.js';
import { Engine } from '../src/engine.js';
import { InputError } from '../src/errors.js';
import { expandImages } from '../src/files/images.js';
import { loadModel } from '../src/files/models.js';
import { readImage } from '../src/files/pictures.js';
import type { RgbImage } from '../src/image/image.js';
import { quantiseModel } from '../src/quantise/quantiseModel.js';

/** Images to calibrate on in each row. */
const COUNTS = [8, 16, 32, 64, 128, 256];

interface CalibrationOptions {
  readonly images: string;
  readonly compare: string;
  readonly model: string;
}

/** What `npm run bench -- calibration --json` prints. */
export interface CalibrationDocument {
  readonly model: string;
  /** Images to compare on, which are never calibrated on. */
  readonly heldOut: number;
  /** Cosine between the float32 and the int8 embeddings of the held-out images, by images to calibrate on. */
  readonly rows: readonly { readonly images: number; readonly mean: number; readonly least: number }[];
}

async function readImages(folder: string): Promise<RgbImage[]> {
  const named = await expandImages([folder]);
  return Promise.all(named.map(({ path }) => readImage(path)));
}

/** Calibrates on the first 8, 16 … of one folder's images, and compares on those of another. */
async function benchCalibration(_: readonly string[], options: CalibrationOptions): Promise<Outcome> {
  const model = await loadModel([options.model]);
  const images = await readImages(options.images);
  const heldOut = await readImages(options.compare);
  const counts = COUNTS.filter((count) => count <= images.length);
  if (counts.length === 0) {
    throw new InputError(
      'TOO_FEW_IMAGES',
      `${options.images}: has ${images.length} images; at least ${COUNTS[0]} are needed.`,
    );
  }
  using engine = await Engine.create();
  const progress = new Progress(counts.length, 'rows');
  const rows: { images: number; mean: number; least: number }[] = [];
  for (const count of counts) {
    const { report } = await quantiseModel(engine, model, images.slice(0, count), { heldOut });
    rows.push({ images: count, mean: roundTo(report.meanCosine, 5), least: roundTo(report.leastCosine, 5) });
    progress.step();
  }
  progress.stop();
  const document: CalibrationDocument = { model: model.card.name, heldOut: heldOut.length, rows };
  const cells = rows.map(({ images: count, mean, least }) => [String(count), mean.toFixed(4), least.toFixed(4)]);
  return { document, text: alignTable([['images', 'mean cosine', 'least cosine'], ...cells]) };
}

export const calibrationCommand = defineCommand<CalibrationOptions>({
  name: 'calibration',
  summary: 'how alike int8 and float32 embeddings are, by the number of images that int8 is calibrated on',
  declare(command: Command) {
    command
      .requiredOption('--images <dir>', 'aligned faces to calibrate on, of the input size')
      .requiredOption('--compare <dir>', 'other aligned faces to compare on')
      .option('--model <file>', 'the embedder', packageFile('weights/mobilefacenet.safetensors'));
  },
  run: benchCalibration,
});
