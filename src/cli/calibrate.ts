/** `calibrate MODEL`: thresholds for stated false-accept rates, measured on pairs and written into a model's card. */
import { InputError } from '../errors.js';
import { calibrate, checkRate } from '../evaluation/calibrate.js';
import { exportNative, importNative } from '../formats/index.js';
import type { CardProbability, CardThreshold } from '../model/card.js';
import type { Model } from '../model/model.js';
import { defineCommand, type Outcome } from './command.js';
import { addRatesOption } from './eval.js';
import { readInputFile, writeOutputFile } from './files.js';
import { addPairOptions, type PairOptions, scorePairs } from './scorePairs.js';
import { alignRows, formatCosine, formatCount, formatDuration, roundTo } from './text.js';

interface CalibrateOptions extends PairOptions {
  readonly far: readonly number[];
  readonly out?: string;
  readonly data?: string;
}

/** What `calibrate --json` prints. */
export interface CalibrateDocument {
  /** The file that was written. */
  readonly model: string;
  /** SHA-256 of the weights, which calibration leaves as they are. */
  readonly sha256: string;
  readonly pairs: number;
  readonly images: number;
  /** As they stand in the card now; the first is what decides where no other is chosen. */
  readonly thresholds: readonly CardThreshold[];
  readonly probability: CardProbability;
  readonly elapsedMs: number;
}

/** How the file stores its weights: rounding them again must not change them. */
async function rewrite(model: Model, sha256: string, where: string): Promise<Uint8Array> {
  for (const storage of ['float16', 'float32'] as const) {
    const bytes = await exportNative(model, { storage }).catch((error: unknown) => {
      if (storage === 'float32') throw error;
      return undefined;
    });
    if (bytes && (await importNative(bytes, where)).card.sha256 === sha256) return bytes;
  }
  throw new InputError(
    'NOT_REWRITABLE',
    `${where}: stores its weights in a way that this package does not write; import it first: that gives a file it does.`,
  );
}

function explain(document: CalibrateDocument): string {
  const { slope, offset } = document.probability;
  return alignRows([
    ['wrote', document.model],
    ...document.thresholds.map(({ value, calibratedOn }): [string, string] => [
      'threshold',
      `${formatCosine(value)}: ${calibratedOn}`,
    ]),
    [
      'probability',
      `1 / (1 + exp(-(${slope.toFixed(2)} · similarity ${offset < 0 ? '-' : '+'} ${Math.abs(offset).toFixed(2)})))`,
    ],
    ['pairs', `${formatCount(document.pairs)} of ${formatCount(document.images)} images`],
    ['time', formatDuration(document.elapsedMs)],
  ]);
}

async function calibrateFile([file]: readonly string[], options: CalibrateOptions): Promise<Outcome> {
  const begin = performance.now();
  const path = file!;
  const model = await importNative(await readInputFile(path, 'a native .safetensors file is needed'), path);
  const list = await scorePairs({ ...options, model: path }, (pairs) => {
    const different = pairs.filter(({ same }) => !same).length;
    for (const rate of options.far) checkRate(rate, different);
  });
  const data = options.data ?? options.pairs.split(/[/\\]/).at(-1)!;
  const calibration = calibrate(list.scored, options.far, data);
  const sha256 = model.card.sha256!;
  const bytes = await rewrite({ ...model, card: { ...model.card, ...calibration } }, sha256, path);
  const out = options.out ?? path;
  await writeOutputFile(out, bytes);
  const document: CalibrateDocument = {
    model: out,
    sha256,
    pairs: list.scored.length,
    images: list.images,
    ...calibration,
    elapsedMs: roundTo(performance.now() - begin, 1),
  };
  return { document, text: explain(document) };
}

export const calibrateCommand = defineCommand<CalibrateOptions>({
  name: 'calibrate',
  summary: 'measure thresholds on pairs of your own and store them in a model',
  declare(command) {
    command.argument('<model>', 'a native .safetensors file; its card is replaced, its weights stay');
    addRatesOption(
      command,
      '--far <rate...>',
      'false-accept rates to find thresholds for, the default one first',
      true,
    );
    command
      .option('--out <file>', 'write another file and leave MODEL as it is')
      .option('--data <text>', 'what the card calls the pairs (default: the name of the pair list)');
    addPairOptions(command, { model: false });
  },
  run: calibrateFile,
});
