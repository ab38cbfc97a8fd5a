/** One reader: the bytes of a path, an address, a Blob, a buffer, a stream or an answer; bounded, and held to a hash. */
import { builtin } from '../builtin.js';
import { InputError } from '../errors.js';
import { sha256 } from '../formats/sha256.js';
import { brandOf, bytesOf } from '../tensor/bytes.js';
import { fetchBytes, fetchOnce } from './address.js';
import { checkLength, joinPieces, piecesOf, type ReadOptions } from './bounded.js';
import { readInputFile } from './local.js';

/** Where the bytes of one file come from: in them, or at a path or an address. */
export type ByteSource =
  | ArrayBuffer
  | ArrayBufferView
  | Blob
  | Response
  | ReadableStream<Uint8Array>
  | AsyncIterable<Uint8Array>
  | URL
  | string;

const ADDRESS = /^(https?|data|blob):/i;
const FILE_ADDRESS = /^file:/i;

/** Whether a source is a path or an address, and as which text. */
export function placeOf(source: unknown): string | undefined {
  return typeof source === 'string' || brandOf(source) === 'URL' ? String(source) : undefined;
}

/** Whether a place is a path of this machine. */
export function isPath(place: string): boolean {
  return !ADDRESS.test(place) && builtin('fs/promises') !== undefined;
}

/** The path at a place that `isPath`. */
export function pathAt(place: string): string {
  if (!FILE_ADDRESS.test(place)) return place;
  return builtin('url')!.fileURLToPath(place);
}

function readPlace(place: string, hint: string, hash: string | undefined, options: ReadOptions) {
  if (isPath(place)) return readInputFile(pathAt(place), hint, options);
  return hash === undefined ? fetchBytes(place, options) : fetchOnce(place, hash, options);
}

/** The pieces of what has none of the other forms: a web stream, or anything that gives pieces one after the other. */
function streamOf(source: object, options: ReadOptions): AsyncIterable<Uint8Array> {
  if ('getReader' in source) return piecesOf(source as ReadableStream<Uint8Array>, options.signal);
  if (Symbol.asyncIterator in source) return source as AsyncIterable<Uint8Array>;
  const accepted = 'accepted are a path, an address, bytes, a Blob, a Response and a stream of bytes';
  throw new InputError('BAD_OPTION', `${options.where}: is a ${brandOf(source)}; ${accepted}.`);
}

async function readHeld(source: object, options: ReadOptions): Promise<Uint8Array> {
  const brand = brandOf(source);
  if (brand === 'Blob' || brand === 'File') {
    const blob = source as Blob;
    return joinPieces(piecesOf(blob.stream(), options.signal), blob.size, options);
  }
  if (brand === 'Response') {
    const { ok, status, body } = source as Response;
    if (!ok) throw new Error(`the server answers ${status}`);
    return body ? joinPieces(piecesOf(body, options.signal), undefined, options) : new Uint8Array();
  }
  return joinPieces(streamOf(source, options), undefined, options);
}

async function readFrom(source: ByteSource, hint: string, hash: string | undefined, options: ReadOptions) {
  const place = placeOf(source);
  if (place !== undefined) return readPlace(place, hint, hash, options);
  const bytes = bytesOf(source);
  if (bytes) {
    checkLength(bytes.length, options);
    return bytes;
  }
  try {
    return await readHeld(Object(source), options);
  } catch (cause) {
    options.signal?.throwIfAborted();
    if (cause instanceof InputError) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new InputError('FILE_UNREADABLE', `${options.where}: cannot be read: ${reason}.`, { cause });
  }
}

/**
 * Reads one file whole and compares it with `hash`, its SHA-256 in hexadecimal, where one is given; bytes that are
 * there already are not copied. `hint` ends the sentence for a missing file.
 * Throws InputError FILE_NOT_FOUND, NOT_A_FILE, FILE_TOO_LARGE, FILE_UNREADABLE or HASH_MISMATCH, BAD_OPTION for what
 * holds no bytes, and the signal's reason.
 */
export async function readBytes(
  source: ByteSource,
  options: ReadOptions,
  hint?: string,
  hash?: string,
): Promise<Uint8Array> {
  options.signal?.throwIfAborted();
  const wanted = hash?.toLowerCase();
  const bytes = await readFrom(source, hint ?? 'the path of a file is needed', wanted, options);
  if (wanted === undefined) return bytes;
  const found = await sha256(bytes.slice());
  if (found === wanted) return bytes;
  throw new InputError('HASH_MISMATCH', `${options.where}: its SHA-256 is ${found}; accepted is ${wanted} alone.`);
}
