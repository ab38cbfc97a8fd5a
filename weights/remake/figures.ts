/** The figures of the default weights, and the texts that state them: one way from the one to the other. */
import type { GroupRates } from '../../src/evaluation/groups.js';
import type { ModelCard } from '../../src/model/card.js';
import { defaultThreshold } from '../../src/model/chooseThreshold.js';

/** What LFW's protocol says of one kind of embedding. */
export interface SetFigures {
  readonly accuracy: number;
  readonly std: number;
  /** The best on all 6,000 pairs. */
  readonly threshold: number;
  readonly auc: number;
  readonly tarAtFar: Readonly<Record<string, number>>;
  /** Mean similarities. */
  readonly sameMean: number;
  readonly differentMean: number;
}

/** What is known of one weights file beside its card. */
export interface FileFigures {
  readonly bytes: number;
  readonly sha256: string;
  /** SHA-256 of the tensors, which is in the card. */
  readonly tensors: string;
  readonly plain: SetFigures;
  readonly mirrored: SetFigures;
  /** Of mirrored embeddings on all pairs of LFW's images, at the card's default threshold. */
  readonly mirroredAtDefault: { readonly falseAcceptRate: number; readonly trueAcceptRate: number };
  /** Of one image, on all pairs, at the card's default threshold. */
  readonly groups: readonly GroupRates[];
}

/** What `weights/figures.json` holds. */
export interface Figures {
  /** SHA-256 of the float32 weights that everything was made from. */
  readonly source: string;
  /** How far storage as float16 moves an embedding at most, as a share of its length. */
  readonly float16Move: number;
  readonly float32: FileFigures;
  readonly int8: FileFigures;
  readonly quantised: {
    readonly calibrationImages: number;
    readonly heldOutImages: number;
    readonly meanCosine: number;
    readonly leastCosine: number;
    readonly layers: number;
    /** Names of the layers that stay float32. */
    readonly float32Layers: readonly string[];
    readonly weightBytes: { readonly float32: number; readonly int8: number };
    readonly arenaBytes: { readonly float32: number; readonly int8: number };
  };
  /** Similarities of the samples' aligned crops with the float32 file. */
  readonly samples: {
    readonly same: readonly [least: number, most: number];
    readonly differentMost: number;
    /** Pairs of people that the default threshold takes for one, such as `c and d (0.45)`. */
    readonly taken: readonly string[];
  };
}

/** The cards of both files. */
export interface Cards {
  readonly float32: ModelCard;
  readonly int8: ModelCard;
}

const count = (value: number) => value.toLocaleString('en-GB');
const percent = (share: number, digits: number) => `${(100 * share).toFixed(digits)} %`;
const megabytes = (bytes: number) => (bytes / 1e6).toFixed(2);

/** 10,000 for a rate of about 1e-4. */
const oneIn = (rate: number) => count(Number((1 / rate).toPrecision(1)));

/** 98.45 ± 0.48 % */
function accuracyText({ accuracy, std }: SetFigures): string {
  return `${(100 * accuracy).toFixed(2)} ± ${percent(std, 2)}`;
}

const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;

/** Rows of cells as a table of Markdown, numbers to the right. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [line(head), line(head.map((_, index) => (index === 0 ? '---' : '--:'))), ...rows.map(line)].join('\n');
}

/** What is known of one thing: a name and a text a row. */
function facts(rows: readonly (readonly [string, string])[]): string {
  return ['| | |', '| --- | --- |', ...rows.map(line)].join('\n');
}

/** 0.8921 (0.8810 to 0.9023) as per cent. */
function shareText(share: number, [low, high]: readonly [number, number]): string {
  return `${percent(share, 1)} (${(100 * low).toFixed(1)} to ${(100 * high).toFixed(1)})`;
}

/** The thresholds of a card with the rates that both were measured at. */
function thresholdRows({ float32, int8 }: Cards): string[][] {
  const byDefault = defaultThreshold(float32.thresholds);
  return float32.thresholds.map((threshold, index) => {
    const other = int8.thresholds[index]!;
    const [mantissa, exponent] = threshold.falseAcceptRate!.toExponential(0).split('e');
    const one = `1 in ${oneIn(threshold.falseAcceptRate!)}`;
    const rate = threshold === byDefault ? `**${one}**, the default` : `${one} (\`--far ${mantissa}e${exponent}\`)`;
    return [
      rate,
      threshold.value.toFixed(3),
      shareText(threshold.trueAcceptRate!, threshold.trueAcceptInterval!),
      other.value.toFixed(3),
      shareText(other.trueAcceptRate!, other.trueAcceptInterval!),
    ];
  });
}

/** What the default threshold means in comparisons. */
function meaning({ thresholds }: ModelCard): string {
  const threshold = defaultThreshold(thresholds)!;
  const turnedAway = Math.round(1000 * (1 - threshold.trueAcceptRate!));
  return (
    `At the default threshold, of 1,000 comparisons of the same person ${turnedAway} are turned away, and of 1,000 of ` +
    `different people ${(1000 * threshold.falseAcceptRate!).toPrecision(1)} are accepted, one in ` +
    `${oneIn(threshold.falseAcceptRate!)}.`
  );
}

/** For README.md. */
export function readmeText({ float32, int8 }: Figures, cards: Cards): string {
  const accuracies = table(
    ['', '`mobilefacenet.safetensors`', '`mobilefacenet-int8.safetensors`'],
    [
      ['size', `${megabytes(float32.bytes)} MB`, `${megabytes(int8.bytes)} MB`],
      ['LFW, 10-fold (`eval`), one image', accuracyText(float32.plain), accuracyText(int8.plain)],
      ['mirrored image added (`--flip`)', accuracyText(float32.mirrored), accuracyText(int8.mirrored)],
    ],
  );
  const thresholds = table(
    ['different people accepted', 'threshold', 'same person accepted', 'int8: threshold', 'same person accepted'],
    thresholdRows(cards),
  );
  const { pairs, samePairs } = cards.float32.thresholds[0]!;
  return (
    `${accuracies}\n\n${thresholds}\n\n${meaning(cards.float32)} Measured by \`calibrate\` on all pairs of LFW's images, ` +
    `${count(pairs!)} of different people and ${count(samePairs!)} of the same; in brackets 95 % intervals.`
  );
}

/** The rows that both files have in weights/README.md. */
function fileRows(figures: FileFigures): [string, string][] {
  return [
    ['SHA-256 of the file', `\`${figures.sha256}\``],
    ['SHA-256 of its tensor section, which is in the card and names embeddings', `\`${figures.tensors}\``],
  ];
}

/** Thresholds of one card with counts. */
function countsTable({ thresholds }: ModelCard): string {
  return table(
    ['threshold', 'of different people', '95 %', 'of the same person', '95 %'],
    thresholds.map((threshold) => {
      const rate = threshold.falseAcceptInterval!.map((share) => share.toExponential(1)).join(' to ');
      return [
        threshold.value.toFixed(4),
        `${count(threshold.falseAccepts!)} of ${count(threshold.pairs!)}`,
        rate,
        `${count(Math.round(threshold.trueAcceptRate! * threshold.samePairs!))} of ${count(threshold.samePairs!)}`,
        threshold.trueAcceptInterval!.map((share) => share.toFixed(3)).join(' to '),
      ];
    }),
  );
}

/** The rates of groups at the default threshold. */
function groupsText({ groups }: FileFigures): string {
  const rates = table(
    ['at the default threshold, pairs with both images in', 'of the same person', 'of different people'],
    groups.map((group) => [
      `${group.attribute}, ${group.group}`,
      `${shareText(group.trueAcceptRate, group.trueAcceptInterval)} of ${count(group.samePairs)}`,
      `${group.falseAcceptRate.toExponential(1)} (${group.falseAcceptInterval.map((share) => share.toExponential(1)).join(' to ')})`,
    ]),
  );
  return `Errors by sharpness (\`calibrate --groups measured\`), the one measure that a crop has by itself:\n\n${rates}`;
}

/** What LFW's 6,000 pairs and the mirrored image say. */
function lfwText({ plain, mirrored, mirroredAtDefault }: FileFigures): string {
  const rates = Object.entries(plain.tarAtFar).map(([rate, tar]) => `${tar.toFixed(3)} at ${rate}`);
  return (
    `${table(
      ['LFW, 10-fold', 'accuracy', 'mean similarity of the same person', 'of different people', 'best threshold'],
      [['one image', plain] as const, ['mirrored image added', mirrored] as const].map(([label, set]) => [
        label,
        accuracyText(set),
        set.sameMean.toFixed(3),
        set.differentMean.toFixed(3),
        set.threshold.toFixed(3),
      ]),
    )}\n\nTrue-accept rates on the 6,000 pairs at false-accept rates: ${rates.join(', ')}. With the mirrored image added ` +
    `the default threshold accepts ${mirroredAtDefault.falseAcceptRate.toExponential(1)} of different people and ` +
    `${percent(mirroredAtDefault.trueAcceptRate, 1)} of the same.`
  );
}

/** For weights/README.md, on the float32 file. */
export function float32Text({ source, float16Move, float32 }: Figures, { float32: card }: Cards): string {
  return `${facts([
    ['storage', `weights float16, biases and PReLU slopes float32; ${count(float32.bytes)} bytes`],
    ...fileRows(float32),
    ['made from', `float32 weights with SHA-256 \`${source}\``],
    ['float16', `moves an embedding by at most ${percent(float16Move, 2)} of its length`],
  ])}\n\n${lfwText(float32)}\n\n${meaning(card)}\n\n${countsTable(card)}\n\n${groupsText(float32)}`;
}

/** For weights/README.md, on the int8 file. */
export function int8Text({ int8, quantised }: Figures, { int8: card }: Cards): string {
  const { weightBytes, arenaBytes, float32Layers, layers, calibrationImages, heldOutImages } = quantised;
  const kept = float32Layers.length === 0 ? `all ${layers} layers in int8` : `float32 stay ${float32Layers.join(', ')}`;
  return `${facts([
    ['storage', `weights int8, their scales and PReLU slopes float16, biases float32; ${count(int8.bytes)} bytes`],
    ...fileRows(int8),
    [
      'made from',
      `\`mobilefacenet.safetensors\`, ${kept}; ranges from ${calibrationImages} aligned public research face images, none of a person in LFW's \`pairs.txt\``,
    ],
    [
      'in memory',
      `weights ${megabytes(weightBytes.int8)} MB (float32: ${megabytes(weightBytes.float32)} MB), values of a run ${megabytes(arenaBytes.int8)} MB (${megabytes(arenaBytes.float32)} MB)`,
    ],
    [
      'cosine to the float32 embeddings',
      `${quantised.meanCosine.toFixed(4)} on average, ${quantised.leastCosine.toFixed(4)} at least, on ${heldOutImages} images that were held out`,
    ],
  ])}\n\n${lfwText(int8)}\n\n${meaning(card)}\n\n${countsTable(card)}`;
}

/** For samples/README.md. */
export function samplesText({ samples }: Figures): string {
  const [least, most] = samples.same;
  const taken =
    samples.taken.length === 0
      ? 'so that the default threshold tells all of them apart'
      : `and the default threshold takes ${samples.taken.join(', ')} for one person`;
  return (
    `The crops of one person have a cosine similarity of ${least.toFixed(2)} to ${most.toFixed(2)} with the default weights, ` +
    `those of different people at most ${samples.differentMost.toFixed(2)}, ${taken}.`
  );
}

const begin = (name: string) => `<!-- ${name}: node scripts/run.js weights/remake.ts SOURCE -->`;
const end = (name: string) => `<!-- /${name} -->`;

/** A text with `content` between the markers of a name. */
export function replaceBlock(text: string, name: string, content: string): string {
  const [from, to] = [text.indexOf(begin(name)), text.indexOf(end(name))];
  if (from < 0 || to < from) throw new Error(`the markers ${begin(name)} and ${end(name)} are missing.`);
  return `${text.slice(0, from)}${begin(name)}\n${content}\n${text.slice(to)}`;
}

/** All texts that state figures: by file, the names of the blocks and what stands in them. */
export function blocksOf(figures: Figures, cards: Cards): ReadonlyMap<string, ReadonlyMap<string, string>> {
  return new Map([
    ['README.md', new Map([['weights', readmeText(figures, cards)]])],
    [
      'weights/README.md',
      new Map([
        ['float32', float32Text(figures, cards)],
        ['int8', int8Text(figures, cards)],
      ]),
    ],
    ['samples/README.md', new Map([['samples', samplesText(figures)]])],
  ]);
}
