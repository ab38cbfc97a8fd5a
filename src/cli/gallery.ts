/** `gallery add|remove|search|list`: known people's embeddings in one file, searched by photographs. */
import { basename, dirname, resolve } from 'node:path';
import { Option } from 'commander';
import { Engine } from '../engine.js';
import { InputError } from '../errors.js';
import type { EmbeddedFace } from '../face/comparer.js';
import type { Enrolment, GalleryMatch, GalleryOwner } from '../face/faceGallery.js';
import { Gallery } from '../face/gallery.js';
import { checkId, parseGallery } from '../face/galleryFile.js';
import { type DecidedMatch, decideSearch } from '../face/searchDecision.js';
import type { FaceVerifier } from '../face/verifier.js';
import { expandImages, type NamedImage } from '../files/images.js';
import { updateFile } from '../files/update.js';
import { fileExists } from '../files/writing.js';
import { defineCommand, defineCommandGroup, type Outcome } from './command.js';
import { type FailureEntry, failureEntry } from './detect.js';
import { readNamed } from './input.js';
import { cropOptions, embedFile, loadVerifier } from './models.js';
import {
  addDetectorOptions,
  addFaceOption,
  addFlipOption,
  addInputOptions,
  addModelOption,
  addThresholdOption,
  type FaceOptions,
  parseCount,
} from './options.js';
import { Progress } from './progress.js';
import { countSeveral, explainSeveral, type SeveralFaces } from './severalFaces.js';
import { alignRows, formatBytes, formatCosine, formatCount, formatCounted, roundTo } from './text.js';

interface PhotoOptions extends FaceOptions {
  readonly model?: string;
  readonly flip?: boolean;
}

interface AddOptions extends PhotoOptions {
  readonly id?: string;
  readonly byFolder?: boolean;
  readonly replace?: boolean;
}

interface SearchOptions extends PhotoOptions {
  readonly top: number;
  readonly threshold?: number;
}

/** What `gallery add --json` prints. */
export interface GalleryAddDocument {
  readonly gallery: string;
  /** One entry an image, in order. */
  readonly added: readonly (AddedEntry | FailureEntry)[];
  /** In the gallery now. */
  readonly people: number;
  readonly embeddings: number;
  /** Other hard links to the file: they keep what was before. */
  readonly otherLinks: number;
}

export interface AddedEntry {
  readonly image: string;
  readonly id: string;
  /** The picture was there already, and was not added again. */
  readonly known?: true;
}

/** What `gallery remove --json` prints. */
export interface GalleryRemoveDocument {
  readonly gallery: string;
  readonly removed: readonly string[];
  /** In the gallery now. */
  readonly people: number;
  readonly embeddings: number;
  /** Other hard links to the file: they keep what was before. */
  readonly otherLinks: number;
}

/** What `gallery search --json` prints. */
export interface GallerySearchDocument {
  readonly gallery: string;
  readonly threshold: number | null;
  /** Share of strangers who would be taken for somebody in the gallery; null where the card does not say. */
  readonly falsePositiveRate: number | null;
  /** One entry an image, in order; `same` is null where there is no threshold. */
  readonly results: readonly (GallerySearchEntry | FailureEntry)[];
  readonly elapsedMs: number;
}

export interface GallerySearchEntry extends SeveralFaces {
  readonly image: string;
  /** The most alike first. */
  readonly matches: readonly DecidedMatch[];
}

/** What `gallery list --json` prints. */
export interface GalleryListDocument {
  readonly gallery: string;
  /** SHA-256 of the weights that made the embeddings. */
  readonly weights: string;
  readonly embeddingLength: number;
  readonly embeddings: number;
  readonly bytes: number;
  /** In the order in which they were enrolled. */
  readonly people: readonly GalleryOwner[];
}

const MOST_TOP = 1_000_000;
const DEFAULT_TOP = 5;
/** Similarity from which two pictures are the same file, or copies of it. */
const SAME_PICTURE = 0.99999;

const HINT = 'a gallery that `gallery add` wrote is needed';

/** Embeds each image in turn and hands it on; failures become entries. */
async function forEachFace<T>(
  images: readonly NamedImage[],
  verifier: FaceVerifier,
  options: PhotoOptions,
  use: (image: NamedImage, face: EmbeddedFace) => T,
): Promise<(T | FailureEntry)[]> {
  const photo = { ...cropOptions(options), mirror: options.flip };
  const progress = new Progress(images.length, 'images');
  const entries: (T | FailureEntry)[] = [];
  try {
    for (const image of images) {
      try {
        entries.push(use(image, await embedFile(image.path, verifier, photo)));
      } catch (error) {
        entries.push(failureEntry(image.path, error));
      }
      progress.step();
    }
  } finally {
    progress.stop();
  }
  return entries;
}

function isFailure(entry: object): entry is FailureEntry {
  return 'error' in entry;
}

function exitCodeOf(entries: readonly object[]): 0 | 2 {
  return entries.some(isFailure) ? 2 : 0;
}

function explainFailure({ error }: FailureEntry): string {
  return `${error.code}: ${error.message}`;
}

function explainAdded({ image, id, known }: AddedEntry): string {
  return `${image} is ${id}${known ? ', and was there already' : ''}`;
}

/** Times that a gallery is changed anew where another program changed it meanwhile. */
const MOST_TRIES = 10;

/** What a change leaves. */
interface Saved {
  readonly people: number;
  readonly embeddings: number;
  readonly otherLinks: number;
}

/** Changes the gallery in a file; `empty` makes one where there is none. Throws as `updateFile` does. */
async function changeGallery(
  path: string,
  engine: Engine,
  change: (gallery: Gallery) => void,
  empty?: () => Gallery,
): Promise<Saved> {
  let counts = { people: 0, embeddings: 0 };
  const update = async (bytes: Uint8Array | undefined): Promise<Uint8Array> => {
    using gallery =
      bytes || !empty ? await Gallery.open(engine, bytes ?? (await readNamed(path, HINT)), path) : empty();
    change(gallery);
    counts = { people: gallery.list().length, embeddings: gallery.embeddings };
    return gallery.save();
  };
  for (let tries = 1; ; tries++) {
    try {
      return { ...(await updateFile(path, update)), ...counts };
    } catch (error) {
      const isChanged = error instanceof InputError && error.code === 'CHANGED';
      if (!isChanged || tries === MOST_TRIES) throw error;
    }
  }
}

/** A note on hard links, which keep what was before: somebody who was removed too. */
function explainLinks({ otherLinks }: { readonly otherLinks: number }): string[] {
  return otherLinks > 0
    ? [`Note: ${formatCounted(otherLinks, 'other hard link')} to the file still has what was before.`]
    : [];
}

function explainCounts({
  gallery,
  people,
  embeddings,
}: {
  gallery: string;
  people: number;
  embeddings: number;
}): string {
  return `${gallery}: ${formatCount(people)} ${people === 1 ? 'person' : 'people'}, ${formatCounted(embeddings, 'embedding')}`;
}

function idOf({ path }: NamedImage, { id, byFolder }: AddOptions): string {
  const name = byFolder ? basename(dirname(resolve(path))) : basename(path).replace(/\.[^.]*$/, '');
  return checkId(id ?? name, path);
}

/** Throws InputError BAD_OPTION where images of several folders would become one person by their files' names alone. */
function checkIds(images: readonly NamedImage[], options: AddOptions): void {
  const folders = new Map<string, string>();
  for (const image of images) {
    const [id, folder] = [idOf(image, options), dirname(resolve(image.path))];
    const before = folders.get(id);
    if (before !== undefined && before !== folder && options.id === undefined && !options.byFolder) {
      const found = `images of several folders are called ${JSON.stringify(id)}`;
      throw new InputError(
        'BAD_OPTION',
        `${image.path}: ${found}; give --by-folder where a folder is a person, or --id.`,
      );
    }
    folders.set(id, folder);
  }
}

/** Whether the same picture is there already. Throws InputError OTHER_PERSON where it is somebody else's. */
function isEnrolled(gallery: Gallery, id: string, face: EmbeddedFace, path: string): boolean {
  const [best] = gallery.search(face, { top: 1, threshold: SAME_PICTURE });
  if (!best || best.id === id) return best !== undefined;
  const advice = 'remove it there first, or give it that id';
  throw new InputError('OTHER_PERSON', `${path}: is in the gallery as ${JSON.stringify(best.id)}; ${advice}.`);
}

async function add([path, ...args]: readonly string[], options: AddOptions): Promise<Outcome> {
  const images = await expandImages(args);
  checkIds(images, options);
  const bytes = (await fileExists(path!)) ? await readNamed(path!, HINT) : undefined;
  using verifier = await loadVerifier(options.model, options.detector);
  const { engine, weights, embedder } = verifier;
  const empty = () => new Gallery(engine, weights, embedder.embeddingLength);
  using before = bytes ? await Gallery.open(engine, bytes, path!) : empty();
  before.requireWeights(weights);
  const replaced = new Set<string>();
  const enrolments: Enrolment[] = [];
  const added = await forEachFace(images, verifier, options, (image, face): AddedEntry => {
    const id = idOf(image, options);
    const isKnown = isEnrolled(before, id, face, image.path);
    const isReplaced = options.replace && !replaced.has(id);
    if (isReplaced) before.remove(id);
    else if (isKnown) return { image: image.path, id, known: true };
    before.enrol(id, face);
    if (isReplaced) replaced.add(id);
    enrolments.push({ id, face });
    return { image: image.path, id };
  });
  const change = (gallery: Gallery): void => {
    for (const id of replaced) gallery.remove(id);
    gallery.enrolAll(enrolments);
  };
  const saved = await changeGallery(path!, engine, change, empty);
  const document: GalleryAddDocument = { gallery: path!, added, ...saved };
  const lines = added.map((entry) => (isFailure(entry) ? explainFailure(entry) : explainAdded(entry)));
  return {
    document,
    text: [...lines, explainCounts(document), ...explainLinks(document)].join('\n'),
    exitCode: exitCodeOf(added),
  };
}

async function remove([path, ...ids]: readonly string[]): Promise<Outcome> {
  using engine = await Engine.create();
  const removeAll = (gallery: Gallery): void => {
    const known = new Set(gallery.list().map(({ id }) => id));
    const unknown = ids.find((id) => !known.has(id));
    if (unknown !== undefined) {
      const found = `${JSON.stringify(unknown)} is not in it, and nobody was removed`;
      throw new InputError('UNKNOWN_ID', `${path}: ${found}; \`gallery list\` prints who is.`);
    }
    for (const id of ids) gallery.remove(id);
  };
  const document: GalleryRemoveDocument = {
    gallery: path!,
    removed: ids,
    ...(await changeGallery(path!, engine, removeAll)),
  };
  return { document, text: [explainCounts(document), ...explainLinks(document)].join('\n') };
}

function explainSearch(
  { results, threshold, falsePositiveRate }: GallerySearchDocument,
  face: FaceOptions['face'],
): string {
  const parts = results.map((entry) => {
    if (isFailure(entry)) return explainFailure(entry);
    const rows = entry.matches.map(({ id, similarity, same }): [string, string] => [
      `  ${id}`,
      `${formatCosine(similarity)}${same ? '  same person' : ''}`,
    ]);
    const head = `${entry.image}${explainSeveral(entry, face)}`;
    return `${head}\n${rows.length > 0 ? alignRows(rows) : '  nobody: the gallery is empty'}`;
  });
  const note = threshold === null ? 'No decision: the model has no threshold; pass --threshold T.' : undefined;
  const strangers =
    falsePositiveRate === null
      ? undefined
      : `Of 1,000 strangers about ${formatCount(Math.ceil(1000 * falsePositiveRate))} would be taken for somebody in this gallery.`;
  return [...parts, note, strangers].filter((line) => line !== undefined).join('\n');
}

async function search([path, ...args]: readonly string[], options: SearchOptions): Promise<Outcome> {
  const images = await expandImages(args);
  const bytes = await readNamed(path!, HINT);
  using verifier = await loadVerifier(options.model, options.detector);
  using gallery = await Gallery.open(verifier.engine, bytes, path!);
  gallery.requireWeights(verifier.weights);
  const decideOn = (matches: readonly GalleryMatch[]) =>
    decideSearch(matches, gallery.embeddings, verifier.card, { threshold: options.threshold });
  const { threshold, falsePositiveRate } = decideOn([]);
  const begin = performance.now();
  const results = await forEachFace(images, verifier, options, (image, face): GallerySearchEntry => {
    const { matches } = decideOn(gallery.search(face, { top: options.top }));
    return { image: image.path, ...countSeveral(face.faces), matches };
  });
  const elapsedMs = roundTo(performance.now() - begin, 1);
  const document: GallerySearchDocument = { gallery: path!, threshold, falsePositiveRate, results, elapsedMs };
  return { document, text: explainSearch(document, options.face), exitCode: exitCodeOf(results) };
}

async function list([path]: readonly string[]): Promise<Outcome> {
  const bytes = await readNamed(path!, HINT);
  const { weights, embeddingLength, owners, embeddings } = await parseGallery(bytes, path!);
  const document: GalleryListDocument = {
    gallery: path!,
    weights,
    embeddingLength,
    embeddings: embeddings.length / embeddingLength,
    bytes: bytes.length,
    people: owners,
  };
  const rows = owners.map(({ id, embeddings: count }): [string, string] => [
    `  ${id}`,
    formatCounted(count, 'embedding'),
  ]);
  const counts = explainCounts({ ...document, people: owners.length });
  const head = `${counts} of ${embeddingLength} numbers, ${formatBytes(bytes.length)}\nmade by the weights ${weights}`;
  return { document, text: rows.length > 0 ? `${head}\n${alignRows(rows)}` : head };
}

function addPhotoOptions(command: Parameters<typeof addModelOption>[0], choice?: 'only'): void {
  addModelOption(command);
  addInputOptions(command);
  addDetectorOptions(command);
  addFaceOption(command, choice);
  addFlipOption(command);
}

const addCommand = defineCommand<AddOptions>({
  name: 'add',
  summary: "enrol faces; makes the file where there is none. Ids are the images' names unless --id or --by-folder",
  declare(command) {
    command
      .argument('<gallery>', 'the gallery, a .safetensors file')
      .argument('<image...>', 'photographs or aligned crops: files, folders or patterns')
      .option('--id <id>', 'whom all images show')
      .option('--by-folder', "take the name of each image's folder as its id")
      .option('--replace', 'remove what the gallery has of these people first');
    addPhotoOptions(command, 'only');
  },
  run: add,
});

const removeCommand = defineCommand<object>({
  name: 'remove',
  summary: 'remove people with all their embeddings',
  declare(command) {
    command.argument('<gallery>', 'the gallery').argument('<id...>', 'whom to remove');
  },
  run: remove,
});

const searchCommand = defineCommand<SearchOptions>({
  name: 'search',
  summary: 'find whom faces are most like',
  declare(command) {
    command.argument('<gallery>', 'the gallery').argument('<image...>', 'photographs or aligned crops');
    const top = new Option('--top <n>', 'people to name for each face').default(DEFAULT_TOP);
    command.addOption(top.argParser((text) => parseCount(text, '--top', 1, MOST_TOP)));
    addThresholdOption(command);
    addPhotoOptions(command);
  },
  run: search,
});

const listCommand = defineCommand<object>({
  name: 'list',
  summary: 'print who is in a gallery',
  declare(command) {
    command.argument('<gallery>', 'the gallery');
  },
  run: list,
});

export const galleryCommand = defineCommandGroup('gallery', 'keep known faces in a file and search it', [
  addCommand,
  removeCommand,
  searchCommand,
  listCommand,
]);
