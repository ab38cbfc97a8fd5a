/** `calibrate MODEL`: thresholds for stated false-accept rates, measured on pairs of pictures and written into a model's card. */
import { InputError } from '../errors.js';
import { calibrate, checkRate } from '../evaluation/calibrate.js';
import { groupRates } from '../evaluation/groups.js';
import { checkOutputs } from '../files/outputs.js';
import { packagedWeights } from '../files/packaged.js';
import { writeOutputFile } from '../files/writing.js';
import { exportNative, importNative } from '../formats/index.js';
import type { CardInterval, CardProbability, CardThreshold } from '../model/card.js';
import { defaultThreshold } from '../model/chooseThreshold.js';
import type { Model } from '../model/model.js';
import { defineCommand, type Outcome } from './command.js';
import { countUndetected } from './embedFiles.js';
import { addRatesOption } from './eval.js';
import { explainGroups, type GroupsDocument } from './groups.js';
import { readNamed } from './input.js';
import { addForceOption } from './options.js';
import { calibrateFolder, type PeopleOptions } from './people.js';
import { addPairOptions, type PairOptions, scorePairs } from './scorePairs.js';
import { alignRows, formatCount, formatCounted, formatDuration, formatRate, roundTo } from './text.js';

interface CalibrateOptions extends Omit<PairOptions, 'pairs'> {
  readonly pairs?: string;
  readonly far: readonly number[];
  readonly out?: string;
  readonly data?: string;
  readonly force?: boolean;
}

/** What was measured, and on how much. */
interface Measured {
  readonly pairs: number;
  readonly images: number;
  /** Of a folder of people; a pair list does not count them. */
  readonly people?: number;
  /** With `--detect`: images in which no face was found; a list's pairs count as refused, others are left out. */
  readonly undetected?: number;
  /** As they stand in the card now; that for a false-accept rate of 1e-4, or the strictest, is the default. */
  readonly thresholds: readonly CardThreshold[];
  readonly probability: CardProbability;
  /** Without a list: what comparing all pairs took, after the images were embedded. */
  readonly comparedMs?: number;
  /** With `--groups`: by threshold, in their order. */
  readonly groups?: readonly GroupsDocument[];
}

/** What `calibrate --json` prints. */
export interface CalibrateDocument extends Measured {
  /** The file that was written. */
  readonly model: string;
  /** SHA-256 of the weights, which calibration leaves as they are. */
  readonly sha256: string;
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
  const between = ([low, high]: CardInterval, format: (share: number) => string) => `${format(low)} to ${format(high)}`;
  const thresholds = document.thresholds.map((threshold): [string, string] => [
    `FAR ${formatRate(threshold.falseAcceptRate!)}`,
    `threshold ${threshold.value.toFixed(4)}: accepts ${formatCount(threshold.falseAccepts!)} of ` +
      `${formatCount(threshold.pairs!)} pairs of different people (${between(threshold.falseAcceptInterval!, formatRate)}), ` +
      `TAR ${threshold.trueAcceptRate!.toFixed(4)} of ${formatCount(threshold.samePairs!)} pairs of the same person ` +
      `(${between(threshold.trueAcceptInterval!, (share) => share.toFixed(4))})`,
  ]);
  const people = document.people === undefined ? '' : ` of ${formatCount(document.people)} people`;
  const compared =
    document.comparedMs === undefined ? '' : `, ${formatDuration(document.comparedMs)} of it to compare all pairs`;
  const rows = alignRows([
    ['wrote', document.model],
    ...thresholds,
    [
      'probability',
      `1 / (1 + exp(-(${slope.toFixed(2)} · similarity ${offset < 0 ? '-' : '+'} ${Math.abs(offset).toFixed(2)})))`,
    ],
    [
      'pairs',
      `${formatCount(document.pairs)} of ${formatCount(document.images)} images${people}; in brackets 95 % intervals`,
    ],
    ['no face', document.undetected ? `in ${formatCounted(document.undetected, 'image')}` : undefined],
    ['time', `${formatDuration(document.elapsedMs)}${compared}`],
  ]);
  const byDefault = defaultThreshold(document.thresholds);
  const groups = document.groups?.find(({ threshold }) => threshold === byDefault?.value);
  return groups ? `${rows}\n\n${explainGroups(groups)}` : rows;
}

async function measurePairs(options: CalibrateOptions & PairOptions, data: string): Promise<Measured> {
  const list = await scorePairs(options, (pairs) => {
    const different = pairs.filter(({ same }) => !same).length;
    for (const rate of options.far) checkRate(rate, different);
  });
  const calibration = calibrate(list.scored, options.far, data);
  const groups = calibration.thresholds.map(({ value }) => ({
    threshold: value,
    rates: groupRates(list.scored, list.attributes, value),
  }));
  return {
    pairs: list.scored.length,
    images: list.images,
    ...countUndetected(options, list.undetected),
    ...calibration,
    ...(options.groups === undefined ? {} : { groups }),
  };
}

async function measurePeople(options: PeopleOptions, data: string): Promise<Measured> {
  const { calibration, images, undetected, comparedMs } = await calibrateFolder(options, data);
  const { people, samePairs, differentPairs, thresholds, probability } = calibration;
  const groups = calibration.groups.map((rates, index) => ({ threshold: thresholds[index]!.value, rates }));
  return {
    pairs: samePairs + differentPairs,
    images,
    people,
    ...countUndetected(options, undetected),
    thresholds,
    probability,
    comparedMs: roundTo(comparedMs, 1),
    ...(options.groups === undefined ? {} : { groups }),
  };
}

/** Measures on a pair list where there is one, else on all pairs of a folder. Throws InputError BAD_OPTION for neither. */
async function measure(options: CalibrateOptions, model: string): Promise<Measured> {
  const { pairs, images } = options;
  const data = options.data ?? (pairs ?? images ?? '').split(/[/\\]/).findLast((part) => part !== '') ?? '';
  if (pairs !== undefined) return measurePairs({ ...options, pairs, model }, data);
  if (images !== undefined) return measurePeople({ ...options, images, model }, data);
  throw new InputError(
    'BAD_OPTION',
    'option --images with a folder for each person is needed, or --pairs with a list.',
  );
}

async function calibrateFile([file]: readonly string[], options: CalibrateOptions): Promise<Outcome> {
  const begin = performance.now();
  const path = file!;
  const model = await importNative(await readNamed(path, 'a native .safetensors file is needed'), path);
  const { out = path, pairs, images, groups, detect, detector = detect && packagedWeights('detector') } = options;
  // Without --out the card alone is replaced, in the model's own file.
  const read = [options.out && path, pairs, images, groups, detector || undefined];
  await checkOutputs([{ path: out, kind: 'model' }], read, options.force);
  const measured = await measure(options, path);
  const { thresholds, probability } = measured;
  const sha256 = model.card.sha256!;
  const bytes = await rewrite({ ...model, card: { ...model.card, thresholds, probability } }, sha256, path);
  await writeOutputFile(out, bytes);
  const document = { model: out, sha256, ...measured, elapsedMs: roundTo(performance.now() - begin, 1) };
  return { document, text: explain(document) };
}

const LAYOUT = `
Without --pairs, DIR has a folder of pictures for each person, and all pairs count: those of one person as the same, all
others as different people. A rate needs pairs that let expect 30 false accepts: 1e-4 needs 300,000 pairs of different
people, which 800 pictures have. The default decision takes the threshold for 1e-4, or the strictest in the card.`;

export const calibrateCommand = defineCommand<CalibrateOptions>({
  name: 'calibrate',
  summary: 'measure thresholds on pictures of your own and store them in a model',
  declare(command) {
    command.argument('<model>', 'a native .safetensors file; its card is replaced, its weights stay');
    addRatesOption(command, '--far <rate...>', 'false-accept rates to find thresholds for', true);
    command
      .option('--out <file>', 'write another file and leave MODEL as it is')
      .option('--data <text>', 'what the card calls the pairs (default: the name of the pair list, or the folder)');
    addForceOption(command);
    command.addHelpText('after', LAYOUT);
    addPairOptions(command, { model: false, people: true });
  },
  run: calibrateFile,
});
