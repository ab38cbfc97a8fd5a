/** Model cards as JSON: every field's type and range checked on reading, fields in a fixed order on writing. */
import type {
  CardAccuracy,
  CardDetector,
  CardInput,
  CardInterval,
  CardProbability,
  CardThreshold,
  ModelCard,
  Normalisation,
} from './card.js';
import {
  field,
  type JsonObject,
  parseJson,
  readIntegerWithin,
  readList,
  readNumberWithin,
  readObject,
  readText,
  refuseJson,
} from './json.js';
import { readSingleShot } from './parseSingleShot.js';

/** Characters of a card's texts. */
export const LONGEST_CARD_TEXT = 4096;
/** Thresholds, and measured accuracies, that a card may hold. */
export const MOST_CARD_ENTRIES = 256;
/** Pixels of an input's side. */
export const LARGEST_INPUT_SIDE = 1 << 16;
/** Elements of an embedding. */
export const LONGEST_EMBEDDING = 2 ** 28;
/** What a mean or scale may be, without its sign. */
export const LARGEST_PIXEL_FACTOR = 1e9;
/** What the slope and offset of a probability may be, without their signs. */
export const LARGEST_LOGIT = 1e6;
/** Pixels of the smallest face that a detector looks for: P-Net's window. */
export const LEAST_MINIMUM_FACE = 12;
/** Ratios of neighbouring levels of a detector's image pyramid. */
export const SCALE_FACTORS = { least: 0.1, most: 0.95 } as const;

const CARD_FIELDS = [
  'name',
  'input',
  'embeddingLength',
  'thresholds',
  'accuracy',
  'probability',
  'detector',
  'singleShot',
  'licence',
  'use',
  'provenance',
  'sha256',
] as const satisfies readonly (keyof ModelCard)[];

function readShare(value: unknown, where: string): number {
  return readNumberWithin(value, where, 0, 1);
}

function readCount(value: unknown, where: string): number {
  return readIntegerWithin(value, where, 0, Number.MAX_SAFE_INTEGER);
}

function readTriple(value: unknown, where: string): readonly [number, number, number] {
  const list = readList(value, where);
  if (list.length !== 3) refuseJson(where, value, 'a list of 3 numbers');
  const [first, second, third] = list.map((item, index) =>
    readNumberWithin(item, `${where}[${index}]`, -LARGEST_PIXEL_FACTOR, LARGEST_PIXEL_FACTOR),
  );
  return [first!, second!, third!];
}

function readChannelOrder(value: unknown, where: string): 'rgb' | 'bgr' {
  if (value !== 'rgb' && value !== 'bgr') refuseJson(where, value, '"rgb" or "bgr"');
  return value;
}

function readNormalisation(value: unknown, where: string): Normalisation {
  const normalisation = readObject(value, where, ['mean', 'scale']);
  const mean = readTriple(field(normalisation, 'mean'), `${where}.mean`);
  const scale = readTriple(field(normalisation, 'scale'), `${where}.scale`);
  if (scale.includes(0)) refuseJson(`${where}.scale`, 0, '3 numbers other than 0');
  return { mean, scale };
}

function readInput(value: unknown, where: string): CardInput {
  const input = readObject(value, where, ['height', 'width', 'channelOrder', 'normalisation']);
  return {
    height: readIntegerWithin(field(input, 'height'), `${where}.height`, 1, LARGEST_INPUT_SIDE),
    width: readIntegerWithin(field(input, 'width'), `${where}.width`, 1, LARGEST_INPUT_SIDE),
    channelOrder: readChannelOrder(field(input, 'channelOrder'), `${where}.channelOrder`),
    normalisation: readNormalisation(field(input, 'normalisation'), `${where}.normalisation`),
  };
}

function readProbability(value: unknown, where: string): CardProbability {
  const probability = readObject(value, where, ['slope', 'offset', 'calibratedOn', 'pairs']);
  const logit = (name: string) =>
    readNumberWithin(field(probability, name), `${where}.${name}`, -LARGEST_LOGIT, LARGEST_LOGIT);
  return {
    slope: logit('slope'),
    offset: logit('offset'),
    calibratedOn: readText(field(probability, 'calibratedOn'), `${where}.calibratedOn`, LONGEST_CARD_TEXT),
    pairs: readIntegerWithin(field(probability, 'pairs'), `${where}.pairs`, 1, Number.MAX_SAFE_INTEGER),
  };
}

function readDetector(value: unknown, where: string): CardDetector {
  const known = ['channelOrder', 'normalisation', 'thresholds', 'minimumFace', 'scaleFactor'];
  const detector = readObject(value, where, known);
  const list = readList(field(detector, 'thresholds'), `${where}.thresholds`);
  if (list.length !== 3) refuseJson(`${where}.thresholds`, list, 'a list of 3 numbers');
  const [first, second, third] = list.map((item, index) =>
    readNumberWithin(item, `${where}.thresholds[${index}]`, 0, 1),
  );
  const { least, most } = SCALE_FACTORS;
  return {
    channelOrder: readChannelOrder(field(detector, 'channelOrder'), `${where}.channelOrder`),
    normalisation: readNormalisation(field(detector, 'normalisation'), `${where}.normalisation`),
    thresholds: [first!, second!, third!],
    minimumFace: readNumberWithin(
      field(detector, 'minimumFace'),
      `${where}.minimumFace`,
      LEAST_MINIMUM_FACE,
      LARGEST_INPUT_SIDE,
    ),
    scaleFactor: readNumberWithin(field(detector, 'scaleFactor'), `${where}.scaleFactor`, least, most),
  };
}

function readInterval(value: unknown, where: string): CardInterval {
  const list = readList(value, where);
  if (list.length !== 2) refuseJson(where, list, 'a list of 2 numbers');
  const [low, high] = list.map((item, index) => readNumberWithin(item, `${where}[${index}]`, 0, 1));
  if (low! > high!) refuseJson(where, `${low} to ${high}`, 'the lower number first');
  return [low!, high!];
}

/** What is known of a threshold beside its value, and how it is read. */
const THRESHOLD_MEASURES = {
  falseAcceptRate: readShare,
  falseAccepts: readCount,
  falseAcceptInterval: readInterval,
  samePairs: readCount,
  trueAcceptRate: readShare,
  trueAcceptInterval: readInterval,
} as const satisfies { [Name in keyof CardThreshold]?: (value: unknown, where: string) => CardThreshold[Name] };

function readThreshold(value: unknown, where: string): CardThreshold {
  const names = Object.keys(THRESHOLD_MEASURES) as (keyof typeof THRESHOLD_MEASURES)[];
  const threshold = readObject(value, where, ['value', 'calibratedOn', 'pairs', ...names]);
  const counted = field(threshold, 'pairs');
  // 0 counts as unknown too.
  const pairs = counted === undefined ? 0 : readCount(counted, `${where}.pairs`);
  const measures = names.flatMap((name) => {
    const measured = field(threshold, name);
    return measured === undefined ? [] : [[name, THRESHOLD_MEASURES[name](measured, `${where}.${name}`)] as const];
  });
  return {
    value: readNumberWithin(field(threshold, 'value'), `${where}.value`, -1, 1),
    calibratedOn: readText(field(threshold, 'calibratedOn'), `${where}.calibratedOn`, LONGEST_CARD_TEXT),
    ...(pairs === 0 ? {} : { pairs }),
    ...Object.fromEntries(measures),
  };
}

function readAccuracy(value: unknown, where: string): CardAccuracy {
  const accuracy = readObject(value, where, ['benchmark', 'accuracy', 'std']);
  return {
    benchmark: readText(field(accuracy, 'benchmark'), `${where}.benchmark`, LONGEST_CARD_TEXT),
    accuracy: readNumberWithin(field(accuracy, 'accuracy'), `${where}.accuracy`, 0, 1),
    std: readNumberWithin(field(accuracy, 'std'), `${where}.std`, 0, 1),
  };
}

function readEntries<T>(
  card: JsonObject,
  name: string,
  where: string,
  read: (value: unknown, where: string) => T,
): T[] {
  const value = field(card, name);
  if (value === undefined) return [];
  const list = readList(value, `${where}.${name}`);
  if (list.length > MOST_CARD_ENTRIES) refuseJson(`${where}.${name}`, list, `at most ${MOST_CARD_ENTRIES} entries`);
  return list.map((item, index) => read(item, `${where}.${name}[${index}]`));
}

function readTexts(card: JsonObject, where: string): Pick<ModelCard, 'licence' | 'use' | 'provenance'> {
  const texts: Record<string, string> = {};
  for (const name of ['licence', 'use', 'provenance']) {
    const value = field(card, name);
    if (value !== undefined) texts[name] = readText(value, `${where}.${name}`, LONGEST_CARD_TEXT);
  }
  return texts;
}

/**
 * Checks a card of unknown origin and returns a copy with the known fields alone.
 * Unknown fields are refused, not kept: one that this version does not understand may change how the weights must be
 * used. Absent lists are empty. Throws ModelError BAD_JSON or UNKNOWN_FIELD, naming the field below `where`.
 */
export function checkCard(value: unknown, where: string): ModelCard {
  const card = readObject(value, where, CARD_FIELDS);
  const input = field(card, 'input');
  const embeddingLength = field(card, 'embeddingLength');
  const probability = field(card, 'probability');
  const detector = field(card, 'detector');
  const singleShot = field(card, 'singleShot');
  const sha256 = field(card, 'sha256');
  if (sha256 !== undefined && (typeof sha256 !== 'string' || !/^[0-9a-f]{64}$/.test(sha256))) {
    refuseJson(`${where}.sha256`, sha256, '64 hexadecimal digits in lower case');
  }
  return {
    name: readText(field(card, 'name'), `${where}.name`, LONGEST_CARD_TEXT),
    ...(input === undefined ? {} : { input: readInput(input, `${where}.input`) }),
    ...(embeddingLength === undefined
      ? {}
      : { embeddingLength: readIntegerWithin(embeddingLength, `${where}.embeddingLength`, 1, LONGEST_EMBEDDING) }),
    thresholds: readEntries(card, 'thresholds', where, readThreshold),
    accuracy: readEntries(card, 'accuracy', where, readAccuracy),
    ...(probability === undefined ? {} : { probability: readProbability(probability, `${where}.probability`) }),
    ...(detector === undefined ? {} : { detector: readDetector(detector, `${where}.detector`) }),
    ...(singleShot === undefined ? {} : { singleShot: readSingleShot(singleShot, `${where}.singleShot`) }),
    ...readTexts(card, where),
    ...(sha256 === undefined ? {} : { sha256 }),
  };
}

/** Parses a card from JSON. Throws ModelError as `checkCard` does. */
export function parseCard(text: string, where: string): ModelCard {
  return checkCard(parseJson(text, where), where);
}

/**
 * Prints a card as JSON, fields in a fixed order; `parseCard` reads it back.
 * Throws ModelError where the card would not be read back, so that no such file is written.
 */
export function printCard(card: ModelCard): string {
  return JSON.stringify(checkCard(card, `card "${card.name}"`));
}
