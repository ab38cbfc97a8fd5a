/** What `import` is told of a model that its files do not say. */
import { type Command, Option } from 'commander';
import { InputError } from '../errors.js';
import type { ImportOptions } from '../formats/index.js';
import type { Normalisation } from '../model/card.js';
import { LARGEST_INPUT_SIDE, LARGEST_PIXEL_FACTOR } from '../model/parseCard.js';
import { addThresholdOption, parseCount, parseNumber } from './options.js';

/** What the options give. */
export interface CardOptions {
  readonly inputSize?: ImportOptions['inputSize'];
  readonly normalise?: Normalisation;
  readonly order?: 'rgb' | 'bgr';
  readonly licence?: string;
  readonly threshold?: number;
  readonly thresholdData?: string;
  readonly randomWeights?: number | true;
}

/** What the card says of a threshold that was given without a word on its origin. */
const NOT_STATED = 'not stated: given by hand at import';

/** `112` or `112x96`: height, then width. */
function parseInputSize(text: string): ImportOptions['inputSize'] {
  const sides = text.toLowerCase().split('x');
  const [height, width = height] = sides.map((side) => parseNumber(side, '--input-size', 1, LARGEST_INPUT_SIDE));
  if (height !== undefined && width !== undefined && sides.length <= 2) return { height, width };
  throw new InputError('BAD_OPTION', `option --input-size is "${text}"; accepted is 112, or 112x96 (height, width).`);
}

/** One number for all channels, or three. */
function parseTriple(text: string): readonly [number, number, number] | undefined {
  const numbers = text
    .split(',')
    .map((part) => parseNumber(part, '--normalise', -LARGEST_PIXEL_FACTOR, LARGEST_PIXEL_FACTOR));
  const [first, second = first, third = first] = numbers;
  return numbers.length === 1 || numbers.length === 3 ? [first!, second!, third!] : undefined;
}

/** `127.5/128`: (pixel − 127.5) / 128. */
function parseNormalise(text: string): Normalisation {
  const [mean, divisor, ...others] = text.split('/').map(parseTriple);
  if (mean && divisor && others.length === 0 && !divisor.includes(0)) {
    return { mean, scale: [1 / divisor[0], 1 / divisor[1], 1 / divisor[2]] };
  }
  const accepted = 'MEAN/DIVISOR, each one number or three with commas, such as 127.5/128';
  throw new InputError('BAD_OPTION', `option --normalise is "${text}"; accepted is ${accepted}.`);
}

/** Declares `--input-size`, `--normalise`, `--order` and `--random-weights`. */
export function addPixelOptions(command: Command): void {
  const size = new Option('--input-size <size>', "height and width, such as 112 or 112x96 (default: the file's)");
  const normalise = new Option(
    '--normalise <mean/divisor>',
    'how pixels become the input: (pixel - mean) / divisor, one number each or three, such as 127.5/128',
  );
  command
    .addOption(size.argParser(parseInputSize))
    .addOption(normalise.argParser(parseNormalise))
    .addOption(new Option('--order <order>', 'the order of colours (default: rgb)').choices(['rgb', 'bgr']));
  addRandomWeightsOption(command);
}

const DEFAULT_SEED = 1;
const LARGEST_SEED = 2 ** 31 - 1;

/** `--random-weights [SEED]`. */
export function addRandomWeightsOption(command: Command): void {
  const option = new Option(
    '--random-weights [seed]',
    'for an ncnn .param without its .bin: seeded weights, to check the structure and its speed',
  );
  command.addOption(option.argParser((text) => parseCount(text, '--random-weights', 0, LARGEST_SEED)));
}

/** Declares the options that fill a card: those of pixels, `--licence`, `--threshold` and `--threshold-data`. */
export function addCardOptions(command: Command): void {
  addPixelOptions(command);
  command.option('--licence <text>', 'the licence of the weights');
  addThresholdOption(command);
  command.option(
    '--threshold-data <text>',
    'the data that the threshold was measured on, for the card; without it the card says that nobody stated it',
  );
}

/** The options as imports take them. Throws InputError BAD_OPTION for the data of a threshold that is not given. */
export function importOptionsOf(options: CardOptions): ImportOptions {
  const { inputSize, normalise, order, licence, threshold, thresholdData, randomWeights } = options;
  if (thresholdData !== undefined && threshold === undefined) {
    throw new InputError('BAD_OPTION', 'option --threshold-data is given alone; accepted is it beside --threshold.');
  }
  return {
    inputSize,
    normalisation: normalise,
    channelOrder: order,
    randomWeights: randomWeights === true ? DEFAULT_SEED : randomWeights,
    licence,
    threshold: threshold === undefined ? undefined : { value: threshold, calibratedOn: thresholdData ?? NOT_STATED },
  };
}
