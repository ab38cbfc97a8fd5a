/** Options that several commands share, and the numbers in them. */
import { type Command, Option } from 'commander';
import { InputError } from '../errors.js';
import type { FaceChoice } from '../face/chooseFace.js';
import type { Turns } from '../face/face.js';
import { LARGEST_INPUT_SIDE, LEAST_MINIMUM_FACE } from '../model/parseCard.js';

/** Reads a number within `[least, most]`. Throws InputError BAD_NUMBER. */
export function parseNumber(text: string, option: string, least: number, most: number): number {
  const value = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text.trim()) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return value;
  throw new InputError(
    'BAD_NUMBER',
    `option ${option} is ${JSON.stringify(text)}; accepted is a number from ${least} to ${most}.`,
  );
}

/** Reads a whole number within `[least, most]`. Throws InputError BAD_NUMBER. */
export function parseCount(text: string, option: string, least: number, most: number): number {
  const value = parseNumber(text, option, least, most);
  if (Number.isInteger(value)) return value;
  throw new InputError(
    'BAD_NUMBER',
    `option ${option} is ${text}; accepted is a whole number from ${least} to ${most}.`,
  );
}

/** `--model FILE`. */
export function addModelOption(command: Command): void {
  command.option(
    '--model <file>',
    'a native .safetensors file, an .onnx file, or an ncnn .param with its .bin beside it (default: the weights of this package)',
  );
}

/** `--flip`. */
export function addFlipOption(command: Command): void {
  command.option('--flip', 'add the embedding of the mirrored image: twice the time, a little more accuracy');
}

/** `--threshold T`. */
export function addThresholdOption(command: Command): void {
  const option = new Option(
    '--threshold <t>',
    'cosine similarity from which two faces count as the same person, -1 to 1',
  );
  command.addOption(option.argParser((text) => parseNumber(text, '--threshold', -1, 1)));
}

/** `--far RATE`. */
export function addFarOption(command: Command): void {
  const option = new Option(
    '--far <rate>',
    "share of different people that may be accepted; takes the threshold for it from the model's card (default: 1e-4)",
  );
  command.addOption(option.argParser((text) => parseNumber(text, '--far', 0, 1)).conflicts('threshold'));
}

/** `--force`. */
export function addForceOption(command: Command): void {
  command.option('--force', 'replace an existing file of another kind too; inputs are never replaced');
}

/** What `--detector`, `--min-face`, `--face`, `--aligned` and `--detect` give. */
export interface FaceOptions {
  readonly detector?: string;
  readonly minFace?: number;
  readonly turns?: Turns;
  readonly face?: FaceChoice;
  readonly aligned?: boolean;
  readonly detect?: boolean;
}

/** `--detector FILE`, `--min-face N` and `--turns WHICH`. */
export function addDetectorOptions(command: Command): void {
  command.option(
    '--detector <file>',
    'a native file, or a single-shot detector as .onnx or ncnn .param (default: the weights of this package)',
  );
  const option = new Option(
    '--min-face <n>',
    `smallest face to look for, in pixels (default: the detector's, mostly 40)`,
  );
  const parse = (text: string) => parseNumber(text, '--min-face', LEAST_MINIMUM_FACE, LARGEST_INPUT_SIDE);
  command.addOption(option.argParser(parse));
  const turns = 'auto: upright faces, or lying ones where no sure face is upright; all: both; none: upright ones alone';
  command.addOption(new Option('--turns <which>', turns).choices(['auto', 'all', 'none']).default('auto'));
}

/** `--face CHOICE`. */
export function addFaceOption(command: Command, fallback?: FaceChoice, more: readonly string[] = []): void {
  const option = new Option(
    '--face <choice>',
    'which of several faces is meant, the largest where nothing else is said; "only" refuses pictures with several',
  );
  option.choices(['largest', 'central', 'only', ...more]);
  command.addOption(fallback ? option.default(fallback) : option);
}

/** `--aligned` and `--detect`: what the pictures are, where it shall not be found out for each. */
export function addInputOptions(command: Command): void {
  const aligned = "every picture is an aligned crop of the model's input size";
  const detect = 'every picture is a photograph: look for faces also in those that look like aligned crops';
  command.addOption(new Option('--aligned', aligned).conflicts('detect'));
  command.addOption(new Option('--detect', detect));
}
