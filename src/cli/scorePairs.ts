/** From a pair list and its images to scored pairs: what `eval` and `calibrate` begin with. */
import { join, posix } from 'node:path';
import { type Command, Option } from 'commander';
import { InputError } from '../errors.js';
import type { Attribute } from '../evaluation/attributes.js';
import type { PicturePair } from '../evaluation/groups.js';
import { parsePairBin } from '../evaluation/pairBin.js';
import { DEFAULT_FOLDS, foldOf, type PathPair, type PathPairList, parsePairList } from '../evaluation/pairList.js';
import type { ScoredPair } from '../evaluation/scoredPair.js';
import { cosineSimilarity } from '../face/match.js';
import { fileExists, isFolder } from '../files/writing.js';
import { PICTURE_ENDINGS } from '../image/pictureFormats.js';
import type { ModelCard } from '../model/card.js';
import { readCfpFolder } from './cfpFolder.js';
import { embedFiles } from './embedFiles.js';
import { addGroupsOption, type Picture, readAttributes } from './groups.js';
import { readNamed } from './input.js';
import { cropOptions, type ImageFile, imageFile, loadVerifier } from './models.js';
import {
  addDetectorOptions,
  addFaceOption,
  addFlipOption,
  addInputOptions,
  addModelOption,
  type FaceOptions,
  parseCount,
} from './options.js';
import { formatCount, formatCounted } from './text.js';

/** What `addPairOptions` gives. */
export interface PairOptions extends FaceOptions {
  readonly pairs: string;
  readonly images?: string;
  readonly folds: number;
  readonly groups?: string;
  readonly model?: string;
  readonly flip?: boolean;
}

/** The pairs of a list with their similarities. */
export interface ScoredList {
  /** Of the weights that embedded the images. */
  readonly card: ModelCard;
  /** In the order of the list. */
  readonly scored: readonly (ScoredPair & PicturePair)[];
  /** Of the images, for `--groups`; their numbers are those in the pairs. */
  readonly attributes: readonly Attribute[];
  readonly folds: number;
  /** The two images of each pair, in the same order. */
  readonly files: readonly (readonly [ImageFile, ImageFile])[];
  /** Distinct images, each decoded and embedded once. */
  readonly images: number;
  /** Images in which no face was found; their pairs have the lowest score. */
  readonly undetected: number;
}

/** Pairs and the images that they compare, before anything is decoded. */
interface ListedPairs {
  readonly list: PathPairList;
  /** By the paths in the list. */
  readonly files: ReadonlyMap<string, ImageFile>;
}

/** The score of a pair with an image in which no face is found: below that of any other. */
const REFUSED = -1;

/** Endings that are looked for in place of the list's, which is LFW's. */

/** Missing images that an error names. */
const NAMED_MISSING = 20;

const MOST_FOLDS = 1000;

/** The first byte of a pickle, which no text begins with. */
const PICKLE_BYTE = 0x80;

async function findImage(folder: string, path: string): Promise<string | undefined> {
  const stem = path.replace(/\.[^./]*$/, '');
  for (const candidate of [path, ...PICTURE_ENDINGS.map((ending) => stem + ending)]) {
    if (await fileExists(join(folder, candidate))) return join(folder, candidate);
  }
  return undefined;
}

/** The file of each distinct image of the list. Throws InputError IMAGES_MISSING. */
async function findImages(folder: string, { pairs }: PathPairList): Promise<Map<string, ImageFile>> {
  const files = new Map<string, ImageFile>();
  const missing: string[] = [];
  const paths = new Set(pairs.flatMap(({ a, b }) => [a, b]));
  for (const path of paths) {
    const found = await findImage(folder, path);
    if (found === undefined) missing.push(path);
    else files.set(path, imageFile(found));
  }
  if (missing.length === 0) return files;
  const named = missing.slice(0, NAMED_MISSING).join(', ');
  const others = missing.length > NAMED_MISSING ? ` and ${formatCount(missing.length - NAMED_MISSING)} more` : '';
  throw new InputError(
    'IMAGES_MISSING',
    `${folder}: lacks ${formatCount(missing.length)} of the ${formatCounted(paths.size, 'image')} that the pairs name: ${named}${others}.`,
  );
}

/** The pairs of insightface's list, whose images are in it. Throws InputError PAIRS_COUNT for fewer pairs than folds. */
function listBin(bytes: Uint8Array, where: string, folds: number): ListedPairs {
  const { images, same } = parsePairBin(bytes, where);
  if (same.length < folds) {
    throw new InputError(
      'PAIRS_COUNT',
      `${where}: has ${same.length} pairs; at least ${folds}, one a fold, are needed.`,
    );
  }
  const pairs = same.map((isSame, index) => ({
    a: `${2 * index}`,
    b: `${2 * index + 1}`,
    same: isSame,
    fold: foldOf(index, same.length, folds),
  }));
  const files = images.map((image, index): [string, ImageFile] => [
    `${index}`,
    { name: `${where}, image ${index}`, read: async () => image },
  ]);
  return { list: { folds, pairs }, files: new Map(files) };
}

/** The pairs of a list that names its images, or those in a list with images. */
async function readPairs({ pairs, folds }: PairOptions): Promise<PathPairList | ListedPairs> {
  if (await isFolder(pairs)) return readCfpFolder(pairs);
  const bytes = await readNamed(pairs, 'a pair list like pairs.txt of LFW, or a .bin list, is needed');
  if (bytes[0] === PICKLE_BYTE) return listBin(bytes, pairs, folds);
  return parsePairList(new TextDecoder().decode(bytes), pairs, folds);
}

async function readList(options: PairOptions): Promise<ListedPairs> {
  const { pairs, images } = options;
  const list = await readPairs(options);
  if ('list' in list) return list;
  if (images === undefined) {
    throw new InputError('BAD_OPTION', `${pairs}: names images; option --images with their folder is needed.`);
  }
  return { list, files: await findImages(images, list) };
}

/**
 * Scores the pairs that the options name. `check` looks at the list before anything is embedded. Throws InputError for lists and images that cannot be read, ModelError for
 * weights that cannot be used, and as `embedImage` does.
 */
export async function scorePairs(
  options: PairOptions,
  check: (pairs: readonly PathPair[]) => void = () => {},
): Promise<ScoredList> {
  const { list, files } = await readList(options);
  check(list.pairs);
  using verifier = await loadVerifier(options.model, options.detector);
  // Lists that hold their images hold aligned crops.
  const aligned = options.aligned || (!options.detect && options.images === undefined);
  const photo = { ...cropOptions({ ...options, aligned }), mirror: options.flip };
  const faces = await embedFiles(files, verifier, photo);
  const numbers = new Map([...files.keys()].map((image, number) => [image, number]));
  const pictures = [...files.keys()].map(
    (image): Picture => ({ image, person: posix.dirname(image), face: faces.get(image) }),
  );
  return {
    card: verifier.card,
    scored: list.pairs.map(({ a, b, same, fold }) => {
      const [first, second] = [faces.get(a), faces.get(b)];
      const score = first && second ? cosineSimilarity(first.embedding, second.embedding) : REFUSED;
      return { score, same, fold, pictures: [numbers.get(a)!, numbers.get(b)!] };
    }),
    attributes: options.groups === undefined ? [] : await readAttributes(options.groups, pictures),
    folds: list.folds,
    files: list.pairs.map(({ a, b }) => [files.get(a)!, files.get(b)!]),
    images: files.size,
    undetected: files.size - faces.size,
  };
}

/** How lists and images lie, for the help of commands with `addPairOptions`. */
export const PAIR_LAYOUT = `
A pair list is LFW's pairs.txt, with images as DIR/Name/Name_0001.jpg (or .png); lines of two paths below DIR and 1 for
the same person or 0 (AgeDB-30 and others); CFP's folder Protocol/Split/FF or Protocol/Split/FP, with images as
DIR/001/frontal/01.jpg; or a .bin list of insightface, whose images are in it.
FAR is the share of pairs of different people that is accepted, TAR that of pairs of the same person.`;

/**
 * `--pairs`, `--images`, `--folds`, `--groups`, `--aligned`, `--detect`, `--detector`, `--min-face`, `--face`, `--flip`, and `--model`
 * unless the command names its model otherwise. The list may be missing where `people` says so.
 */
export function addPairOptions(command: Command, { model = true, people = false } = {}): void {
  const list = 'the pair list: a file, or a folder of CFP';
  const option = new Option('--pairs <list>', people ? `${list} (default: all pairs of the images)` : list);
  command
    .addOption(option.makeOptionMandatory(!people))
    .option('--images <dir>', 'the folder of the images: photographs or aligned crops');
  const folds = new Option('--folds <n>', 'parts of a list that does not say itself how many it has');
  command.addOption(folds.default(DEFAULT_FOLDS).argParser((text) => parseCount(text, '--folds', 1, MOST_FOLDS)));
  if (model) addModelOption(command);
  addInputOptions(command);
  addDetectorOptions(command);
  addFaceOption(command, 'central');
  addFlipOption(command);
  addGroupsOption(command);
  command.addHelpText('after', PAIR_LAYOUT);
}
