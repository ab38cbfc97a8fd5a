/** `quantize MODEL`: an embedder in int8, calibrated on aligned faces. */

import { Engine } from '../engine.js';
import { InputError } from '../errors.js';
import { expandImages } from '../files/images.js';
import { readModelFiles } from '../files/models.js';
import { checkOutputs } from '../files/outputs.js';
import { writeOutputFile } from '../files/writing.js';
import { exportNative, importModel, importNative } from '../formats/index.js';
import type { RgbImage } from '../image/image.js';
import { MOST_IMAGES, quantiseModel } from '../quantise/quantiseModel.js';
import { defineCommand, type Outcome } from './command.js';
import { readNamed, readNamedImage } from './input.js';
import { addForceOption } from './options.js';
import { packageFile } from './package.js';
import { Progress } from './progress.js';
import { alignRows, alignTable, formatBytes, formatCosine, formatDuration, roundTo } from './text.js';

interface QuantizeOptions {
  readonly images?: string;
  readonly compare?: string;
  readonly out: string;
  readonly keep?: readonly string[];
  readonly force?: boolean;
}

/** What `quantize --json` prints. */
export interface QuantizeDocument {
  readonly out: string;
  readonly name: string;
  readonly sha256: string;
  /** Sizes of the files. */
  readonly bytes: { readonly before: number; readonly after: number };
  /** Sizes in the engine's memory. */
  readonly weightBytes: { readonly float32: number; readonly int8: number };
  readonly arenaBytes: { readonly float32: number; readonly int8: number };
  readonly images: { readonly calibration: number; readonly heldOut: number };
  /** Between float32 and int8 embeddings of the held-out images. */
  readonly cosine: { readonly mean: number; readonly least: number };
  /**
   * Signal-to-noise ratio of each layer in decibels: on the held-out images with the errors of all layers before it, and
   * its own alone on some of the others. Layers whose own one is too low stay float32.
   */
  readonly layers: readonly {
    readonly node: string;
    readonly signalToNoise: number;
    readonly ownSignalToNoise?: number;
    readonly int8: boolean;
  }[];
  readonly elapsedMs: number;
}

function explain(document: QuantizeDocument): string {
  const { bytes, images, cosine, weightBytes, arenaBytes } = document;
  const decibels = (value: number | undefined): string => (value === undefined ? '' : `${value.toFixed(1)} dB`);
  const wider = document.layers
    .filter(({ int8 }) => !int8)
    .map(({ node, ownSignalToNoise }) => {
      return ownSignalToNoise === undefined ? node : `${node} (in int8 ${decibels(ownSignalToNoise)})`;
    });
  const head = alignRows([
    ['wrote', `${document.out} (${formatBytes(bytes.after)}, before ${formatBytes(bytes.before)})`],
    ['name', document.name],
    ['sha256', document.sha256],
    ['weights', `${formatBytes(weightBytes.int8)} in memory, in float32 ${formatBytes(weightBytes.float32)}`],
    ['arena', `${formatBytes(arenaBytes.int8)}, in float32 ${formatBytes(arenaBytes.float32)}`],
    ['images', `${images.calibration} to calibrate on, ${images.heldOut} held out`],
    [
      'cosine',
      `${formatCosine(cosine.mean)} between float32 and int8 on average, ${formatCosine(cosine.least)} at least`,
    ],
    ['float32', wider.length > 0 ? wider.join(', ') : 'no layer'],
    ['time', formatDuration(document.elapsedMs)],
  ]);
  const rows = document.layers.map(({ node, signalToNoise, ownSignalToNoise }) => {
    return [node, decibels(ownSignalToNoise), decibels(signalToNoise)];
  });
  return [
    head,
    alignTable([['layer', 'signal to noise', 'with those before'], ...rows]),
    'Thresholds are to be measured again: calibrate.',
  ].join('\n');
}

/** A folder's images, or as many as are used, spread over all of them. */
async function readImages(folder: string): Promise<RgbImage[]> {
  const named = await expandImages([folder]);
  const step = Math.max(1, named.length / MOST_IMAGES);
  const images: RgbImage[] = [];
  for (let at = 0; at < named.length; at += step) images.push(await readNamedImage(named[Math.floor(at)]!.path));
  return images;
}

async function quantizeFile([path = '']: readonly string[], options: QuantizeOptions): Promise<Outcome> {
  const begin = performance.now();
  if (!/\.safetensors$/i.test(options.out)) {
    const accepted = 'accepted is a name that ends in .safetensors';
    throw new InputError('BAD_OPTION', `option --out is "${options.out}"; ${accepted}.`);
  }
  const files = await readModelFiles([path]);
  const inputs = [...files.map(({ name }) => name), options.images, options.compare];
  await checkOutputs([{ path: options.out, kind: 'model' }], inputs, options.force);
  const model = await importModel(files);
  const images = await readImages(options.images ?? `${packageFile('samples')}/aligned-*.png`);
  const heldOut = options.compare === undefined ? {} : { heldOut: await readImages(options.compare) };
  using engine = await Engine.create();
  const progress = new Progress(images.length, 'images');
  const onImage = (): void => progress.step();
  const quantising = quantiseModel(engine, model, images, { keep: options.keep ?? [], ...heldOut, onImage });
  const { model: quantised, report } = await quantising.finally(() => progress.stop());
  const bytes = await exportNative(quantised, { storage: 'float16' });
  const { card } = await importNative(bytes, options.out);
  await writeOutputFile(options.out, bytes);
  const before = /\.param$/i.test(path) ? path.replace(/\.param$/i, '.bin') : path;
  const document: QuantizeDocument = {
    out: options.out,
    name: card.name,
    sha256: card.sha256!,
    bytes: { before: (await readNamed(before)).length, after: bytes.length },
    weightBytes: { float32: report.float32.weightBytes, int8: report.int8.weightBytes },
    arenaBytes: { float32: report.float32.arenaBytes, int8: report.int8.arenaBytes },
    images: { calibration: report.calibrationImages, heldOut: report.heldOutImages },
    cosine: { mean: roundTo(report.meanCosine, 5), least: roundTo(report.leastCosine, 5) },
    layers: report.layers.map(({ ownSignalToNoise, ...layer }) => ({
      ...layer,
      signalToNoise: roundTo(layer.signalToNoise, 2),
      ...(ownSignalToNoise !== undefined && { ownSignalToNoise: roundTo(ownSignalToNoise, 2) }),
    })),
    elapsedMs: roundTo(performance.now() - begin, 1),
  };
  return { document, text: explain(document) };
}

export const quantizeCommand = defineCommand<QuantizeOptions>({
  name: 'quantize',
  summary: 'make an embedder of int8 weights and values: a quarter of the size',
  declare(command) {
    command
      .argument('<model>', 'a native .safetensors file, an .onnx file, or an ncnn .param with its .bin beside it')
      .requiredOption('--out <file>', 'the file to write, named *.safetensors; an existing one is replaced')
      .option('--images <dir>', 'aligned faces to calibrate on, some hundred of them (default: the samples)')
      .option('--compare <dir>', 'aligned faces to compare on (default: every eighth of those to calibrate on)')
      .option('--keep <node...>', 'layers that stay float32 besides those that int8 makes too noisy');
    addForceOption(command);
  },
  run: quantizeFile,
});
