/** The gallery's file: safetensors with one tensor of embeddings, and whose they are in its metadata. */
import { InputError } from '../errors.js';
import { parseSafetensors, type StoredTensor, tensorSection, writeSafetensors } from '../formats/safetensors.js';
import { sha256 } from '../formats/sha256.js';
import { describeValue, parseJson, readIntegerWithin, readList } from '../model/json.js';
import { float32Tensor } from '../tensor/tensor.js';
import type { GalleryOwner } from './faceGallery.js';

/** What a gallery file holds. */
export interface GalleryContents {
  /** SHA-256 of the weights that made the embeddings. */
  readonly weights: string;
  /** Elements of an embedding. */
  readonly embeddingLength: number;
  /** In the order of their rows; no id stands twice. */
  readonly owners: readonly GalleryOwner[];
  /** Rows of unit length, one after the other. */
  readonly embeddings: Float32Array;
}

/** Characters of an id. */
export const LONGEST_ID = 256;

/** Bytes of header that are accepted: a few million ids. */
const LARGEST_HEADER = 1 << 26;

/** Embeddings of one id, and of a file. */
const MOST_EMBEDDINGS = 2 ** 31;

/** How far the square of a row's length may be from 1. */
const LENGTH_TOLERANCE = 1e-3;

const FORMAT = 'mobilefacenet gallery';
const VERSION = '1';
const TENSOR = 'embeddings';
const KEYS = { format: 'format', version: 'format_version', weights: 'weights', ids: 'ids', hash: 'sha256' } as const;
const HASH = /^[0-9a-f]{64}$/;

/** Whether a value can name a person. */
export function isId(id: unknown): id is string {
  return typeof id === 'string' && id.length >= 1 && id.length <= LONGEST_ID && !/\p{Cc}|\p{Cs}/u.test(id);
}

/** Checks what is to name a person. Throws InputError BAD_ID. */
export function checkId(id: unknown, where: string): string {
  if (isId(id)) return id;
  throw new InputError(
    'BAD_ID',
    `${where}: an id is ${describeValue(id)}; accepted are texts of 1 to ${LONGEST_ID} characters without control characters or lone surrogates.`,
  );
}

/** Checks the hash of weights. Throws InputError BAD_HASH. */
export function checkWeights(weights: unknown, where: string): string {
  if (typeof weights === 'string' && HASH.test(weights)) return weights;
  const found = describeValue(weights);
  throw new InputError('BAD_HASH', `${where}: the weights' hash is ${found}; accepted are 64 hexadecimal digits.`);
}

/** The hash of everything that a file says. */
function hashContents(weights: string, ids: string, section: Uint8Array): Promise<string> {
  const text = new TextEncoder().encode(`${FORMAT}\n${VERSION}\n${weights}\n${ids}\n`);
  const bytes = new Uint8Array(text.length + section.length);
  bytes.set(text);
  bytes.set(section, text.length);
  return sha256(bytes);
}

function badGallery(where: string, found: string): InputError {
  return new InputError('BAD_GALLERY', `${where}: ${found}; a file that a gallery wrote is needed.`);
}

function readOwners(text: string, where: string): GalleryOwner[] {
  const seen = new Set<string>();
  return readList(parseJson(text, `${where}: ids`), `${where}: ids`).map((item, index) => {
    const at = `${where}: ids[${index}]`;
    const [value, embeddings] = readList(item, at);
    const id = checkId(value, at);
    if (seen.has(id)) throw badGallery(where, `the id ${describeValue(id)} stands twice`);
    seen.add(id);
    return { id, embeddings: readIntegerWithin(embeddings, `${at}: number of embeddings`, 1, MOST_EMBEDDINGS) };
  });
}

function checkRows(embeddings: Float32Array, length: number, where: string): void {
  for (let begin = 0; begin < embeddings.length; begin += length) {
    let squares = 0;
    for (let index = begin; index < begin + length; index++) squares += embeddings[index]! ** 2;
    if (Math.abs(squares - 1) <= LENGTH_TOLERANCE) continue;
    throw badGallery(where, `row ${begin / length} has the length ${Math.sqrt(squares)} instead of 1`);
  }
}

/**
 * Reads a gallery file, every claim checked; `where` names it in messages.
 * Throws what `parseSafetensors` throws, and InputError NOT_A_GALLERY for another safetensors file, GALLERY_VERSION,
 * DAMAGED where the hash does not fit, BAD_HASH, BAD_ID or BAD_GALLERY; ModelError BAD_JSON.
 */
export async function parseGallery(bytes: Uint8Array, where: string): Promise<GalleryContents> {
  const { metadata, tensors, tensorSection: section } = parseSafetensors(bytes, where, LARGEST_HEADER);
  if (metadata.get(KEYS.format) !== FORMAT) {
    throw new InputError('NOT_A_GALLERY', `${where}: is a safetensors file, but no gallery; a gallery is needed.`);
  }
  const version = metadata.get(KEYS.version);
  if (version !== VERSION) {
    const found = describeValue(version);
    throw new InputError('GALLERY_VERSION', `${where}: is of version ${found}; this package reads ${VERSION}.`);
  }
  const weights = checkWeights(metadata.get(KEYS.weights), where);
  const ids = metadata.get(KEYS.ids) ?? '';
  if ((await hashContents(weights, ids, section)) !== metadata.get(KEYS.hash)) {
    const accepted = 'take the copy that was saved before';
    throw new InputError('DAMAGED', `${where}: its SHA-256 is another than it says, so it is damaged; ${accepted}.`);
  }
  const tensor = tensors.get(TENSOR);
  const [rows, embeddingLength] = tensor?.shape ?? [];
  if (!tensor || tensors.size !== 1 || tensor.shape.length !== 2 || embeddingLength === 0) {
    throw badGallery(where, `holds ${tensors.size} tensors, not one "${TENSOR}" of two axes`);
  }
  const owners = readOwners(ids, where);
  const owned = owners.reduce((sum, { embeddings }) => sum + embeddings, 0);
  if (owned !== rows) throw badGallery(where, `has ${rows} embeddings and ids for ${owned}`);
  const embeddings = Float32Array.from(tensor.data);
  checkRows(embeddings, embeddingLength!, where);
  return { weights, embeddingLength: embeddingLength!, owners, embeddings };
}

/** Writes a gallery file; `parseGallery` reads it back. Throws InputError TOO_MANY_IDS where its header would be too long. */
export async function printGallery(contents: GalleryContents): Promise<Uint8Array<ArrayBuffer>> {
  const { weights, embeddingLength, owners, embeddings } = contents;
  const shape = [embeddings.length / embeddingLength, embeddingLength];
  const stored: StoredTensor = { tensor: float32Tensor(shape, embeddings), storage: 'float32' };
  const tensors = new Map([[TENSOR, stored]]);
  const section = tensorSection(tensors);
  const ids = JSON.stringify(owners.map((owner) => [owner.id, owner.embeddings]));
  const metadata = new Map<string, string>([
    [KEYS.format, FORMAT],
    [KEYS.version, VERSION],
    [KEYS.weights, weights],
    [KEYS.ids, ids],
    [KEYS.hash, await hashContents(weights, ids, section)],
  ]);
  const file = writeSafetensors(tensors, metadata, section);
  if (new DataView(file.buffer).getBigUint64(0, true) > LARGEST_HEADER) {
    const accepted = `at most ${LARGEST_HEADER} bytes of ids are written`;
    throw new InputError('TOO_MANY_IDS', `the gallery has ${owners.length} ids, too many for one file; ${accepted}.`);
  }
  return file;
}
