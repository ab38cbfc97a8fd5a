/** `eval`: accuracy on a benchmark set by LFW's protocol, and what pages and pictures show of it. */
import { join } from 'node:path';
import { type Command, Option } from 'commander';
import { drawHistogram, drawRoc } from '../evaluation/charts.js';
import { type Evaluation, evaluatePairs, FALSE_ACCEPT_RATES } from '../evaluation/evaluate.js';
import { groupRates } from '../evaluation/groups.js';
import { type OperatingPoint, operatingPoint } from '../evaluation/operatingPoint.js';
import { checkOutputs, type Output } from '../files/outputs.js';
import { writeOutputFile } from '../files/writing.js';
import { defaultThreshold } from '../model/chooseThreshold.js';
import { defineCommand, type Outcome } from './command.js';
import { countUndetected } from './embedFiles.js';
import { explainGroups, type GroupsDocument } from './groups.js';
import type { ImageFile } from './models.js';
import { addForceOption, parseNumber } from './options.js';
import { type Mistake, type MistakeImage, printReport } from './report.js';
import { addPairOptions, type PairOptions, type ScoredList, scorePairs } from './scorePairs.js';
import { alignRows, formatCount, formatCounted, formatDuration, roundTo } from './text.js';

interface EvalOptions extends PairOptions {
  readonly far?: readonly number[];
  readonly report?: string;
  readonly charts?: string;
  readonly force?: boolean;
}

/** What `eval --json` prints. */
export interface EvalDocument extends Omit<Evaluation, 'folds'> {
  readonly pairs: number;
  /** Distinct images, each decoded and embedded once. */
  readonly images: number;
  /** With `--detect`: images in which no face was found; their pairs count as refused. */
  readonly undetected?: number;
  /** With `--far`: thresholds and shares at those rates. */
  readonly points?: readonly OperatingPoint[];
  /** With `--groups`: at the threshold of the model's card, or the best one where it has none. */
  readonly groups?: GroupsDocument;
  readonly elapsedMs: number;
}

/** Mistakes that a report shows, and bytes of an image that it takes in. */
const SHOWN_MISTAKES = 24;
const LARGEST_SHOWN_IMAGE = 100_000;

function explain(document: EvalDocument, list: ScoredList, written: readonly string[]): string {
  const rates = Object.entries(document.tarAtFar).map(([rate, tar]) => {
    const [low, high] = document.tarIntervals[rate as keyof EvalDocument['tarIntervals']];
    return `${tar.toFixed(4)} (${low.toFixed(4)} to ${high.toFixed(4)}) at FAR ${rate}`;
  });
  const points = (document.points ?? []).map((point): [string, string] => {
    const interval = point.interval.map((share) => share.toFixed(4)).join(' to ');
    const found = `${point.trueAcceptRate.toFixed(4)} (${interval})`;
    const accepts = `${point.falseAccepts} of ${formatCount(point.differentPairs)} different accepted`;
    return [`FAR ${point.falseAcceptRate}`, `${found} from threshold ${point.threshold.toFixed(3)} on; ${accepts}`];
  });
  const accuracy = `${document.accuracy.toFixed(4)} ± ${document.std.toFixed(4)}`;
  return alignRows([
    ['accuracy', `${accuracy} over ${formatCounted(list.folds, 'fold')}`],
    ['threshold', `${document.threshold.toFixed(3)} (best over all these pairs: choose yours on other data)`],
    ['AUC', document.auc.toFixed(4)],
    ['TAR', `${rates.join(', ')}; in brackets 95 % intervals`],
    ...points,
    ['pairs', `${formatCount(document.pairs)} of ${formatCounted(document.images, 'image')}`],
    ['no face', document.undetected ? `in ${formatCounted(document.undetected, 'image')}: refused` : undefined],
    ['model', list.card.name],
    ['time', formatDuration(document.elapsedMs)],
    ['wrote', written.length > 0 ? written.join(', ') : undefined],
  ]);
}

async function shownImage({ name, read }: ImageFile): Promise<MistakeImage> {
  const bytes = await read();
  return { name: name.split(/[/\\]/).at(-1)!, bytes: bytes.length <= LARGEST_SHOWN_IMAGE ? bytes : undefined };
}

/** The pairs that are decided wrongly with the greatest distance from the threshold. */
async function worstMistakes({ scored, files }: ScoredList, threshold: number): Promise<Mistake[]> {
  const wrong = scored
    .map((pair, index) => ({ ...pair, index }))
    .filter(({ score, same }) => score >= threshold !== same);
  const worst = wrong.sort((a, b) => Math.abs(b.score - threshold) - Math.abs(a.score - threshold));
  return Promise.all(
    worst.slice(0, SHOWN_MISTAKES).map(async ({ score, same, index }) => {
      const [a, b] = files[index]!;
      return { score, same, a: await shownImage(a), b: await shownImage(b) };
    }),
  );
}

/** The page and the pictures that are asked for. */
function outputsOf({ charts, report }: EvalOptions): Output[] {
  const pictures = charts === undefined ? [] : ['roc.svg', 'similarities.svg'].map((name) => join(charts, name));
  const page: Output[] = report === undefined ? [] : [{ path: report, kind: 'HTML page' }];
  return [...pictures.map((path): Output => ({ path, kind: 'SVG picture' })), ...page];
}

/** Writes the page and the pictures that were asked for, and gives their paths. */
async function writeFiles(
  options: EvalOptions,
  list: ScoredList,
  evaluation: Evaluation,
  elapsedMs: number,
): Promise<string[]> {
  const { scored: pairs, images, card } = list;
  const files = new Map<string, string>();
  const rates = [...Object.values(FALSE_ACCEPT_RATES), ...(options.far ?? [])];
  const points = [...new Set(rates)].sort((a, b) => b - a).map((rate) => operatingPoint(pairs, rate));
  if (options.charts !== undefined) {
    files.set(join(options.charts, 'roc.svg'), drawRoc(pairs, points));
    files.set(join(options.charts, 'similarities.svg'), drawHistogram(pairs, evaluation.threshold));
  }
  if (options.report !== undefined) {
    const mistakes = await worstMistakes(list, evaluation.threshold);
    const data = options.pairs.split(/[/\\]/).at(-1)!;
    files.set(options.report, printReport({ data, card, pairs, images, evaluation, points, mistakes, elapsedMs }));
  }
  for (const [path, text] of files) await writeOutputFile(path, new TextEncoder().encode(text));
  return [...files.keys()];
}

async function evaluate(_args: readonly string[], options: EvalOptions): Promise<Outcome> {
  const begin = performance.now();
  const { pairs, images, groups, model, detector } = options;
  await checkOutputs(outputsOf(options), [pairs, images, groups, model, detector], options.force);
  const list = await scorePairs(options);
  const evaluation = evaluatePairs(list.scored);
  const { folds: _, ...figures } = evaluation;
  const elapsedMs = roundTo(performance.now() - begin, 1);
  const threshold = defaultThreshold(list.card.thresholds)?.value ?? evaluation.threshold;
  const document: EvalDocument = {
    pairs: list.scored.length,
    images: list.images,
    ...countUndetected(options, list.undetected),
    ...figures,
    ...(options.far ? { points: options.far.map((rate) => operatingPoint(list.scored, rate)) } : {}),
    ...(options.groups === undefined
      ? {}
      : { groups: { threshold, rates: groupRates(list.scored, list.attributes, threshold) } }),
    elapsedMs,
  };
  const written = await writeFiles(options, list, evaluation, elapsedMs);
  const text = explain(document, list, written);
  return { document, text: document.groups ? `${text}\n\n${explainGroups(document.groups)}` : text };
}

/** `--far RATE…`. */
export function addRatesOption(
  command: Command,
  flags: '--far <rate...>',
  description: string,
  required = false,
): void {
  const option = new Option(flags, description);
  const parse = (text: string, before: readonly number[] | undefined) => [
    ...(before ?? []),
    parseNumber(text, '--far', 0, 1),
  ];
  command.addOption(option.argParser(parse).makeOptionMandatory(required));
}

export const evalCommand = defineCommand<EvalOptions>({
  name: 'eval',
  summary: 'measure accuracy on a benchmark set by the protocol of LFW',
  declare(command) {
    addPairOptions(command);
    addRatesOption(
      command,
      '--far <rate...>',
      'further false-accept rates to give thresholds and true-accept rates for',
    );
    command
      .option(
        '--report <file>',
        'write curves, mistakes and figures as one HTML page; it contains the images of mistakes',
      )
      .option('--charts <dir>', 'write roc.svg and similarities.svg to a folder');
    addForceOption(command);
  },
  run: evaluate,
});
