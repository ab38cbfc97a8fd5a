/** What `import` is told of a model that its files do not say. */
import { type Command, Option } from 'commander';
import { InputError } from '../errors.js';
import type { ImportOptions } from '../formats/index.js';
import type { Normalisation } from '../model/card.js';
import { LARGEST_INPUT_SIDE, LARGEST_PIXEL_FACTOR } from '../model/parseCard.js';
import { addThresholdOption, parseNumber } from './options.js';

/** What the options give. */
export interface CardOptions {
  readonly inputSize?: ImportOptions['inputSize'];
  readonly normalise?: Normalisation;
  readonly order?: 'rgb' | 'bgr';
  readonly licence?: string;
  readonly threshold?: number;
}

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

/** Declares `--input-size`, `--normalise`, `--order`, `--licence` and `--threshold`. */
export function addCardOptions(command: Command): void {
  const size = new Option('--input-size <size>', "height and width, such as 112 or 112x96 (default: the file's)");
  const normalise = new Option(
    '--normalise <mean/divisor>',
    'how pixels become the input: (pixel - mean) / divisor, one number each or three, such as 127.5/128',
  );
  command
    .addOption(size.argParser(parseInputSize))
    .addOption(normalise.argParser(parseNormalise))
    .addOption(new Option('--order <order>', 'the order of colours (default: rgb)').choices(['rgb', 'bgr']))
    .option('--licence <text>', 'the licence of the weights');
  addThresholdOption(command);
}

/** The options as imports take them. */
export function importOptionsOf({ inputSize, normalise, order, licence, threshold }: CardOptions): ImportOptions {
  const calibration = { calibratedOn: 'given at import', pairs: 0 };
  return {
    inputSize,
    normalisation: normalise,
    channelOrder: order,
    licence,
    threshold: threshold === undefined ? undefined : { value: threshold, ...calibration },
  };
}
