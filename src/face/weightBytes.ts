/** The bytes of weights from a path, an address, a stream or a file that a user chose: counted, checked, and kept by hash. */
import { builtin } from '../builtin.js';
import { InputError } from '../errors.js';
import { sha256 } from '../formats/sha256.js';

/** Where the bytes of one file come from. */
export type WeightBytes = Uint8Array | ReadableStream<Uint8Array> | Blob | URL | string;

/** What has been read of one file. */
export interface LoadProgress {
  /** The option that names the file: `model` or `detector`. */
  readonly option: string;
  readonly loadedBytes: number;
  /** Absent where the sender does not say. */
  readonly totalBytes?: number;
}

/** How weights are read. */
export interface WeightOptions {
  /** Ends the reading, which rejects with the signal's own reason. */
  readonly signal?: AbortSignal | undefined;
  /** Hears how far the reading is, after each piece. */
  readonly onLoadProgress?: ((progress: LoadProgress) => void) | undefined;
}

/** What is read, with what is known of it. */
interface Reading extends WeightOptions {
  readonly option: string;
  readonly where: string;
  readonly hash?: string | undefined;
}

const ADDRESS = /^(https?|file|data|blob):/i;

/** The Cache API's name for what this package keeps, and the addresses there, which no server has. */
const CACHE = 'mobilefacenet-weights';
const CACHE_ADDRESS = 'https://weights.mobilefacenet.invalid/';

function unreadable(reading: Reading, how: string, cause: unknown): Error {
  reading.signal?.throwIfAborted();
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new InputError('FILE_UNREADABLE', `${reading.where}: cannot be ${how}: ${reason}.`, { cause });
}

function tell({ option, onLoadProgress }: Reading, loadedBytes: number, totalBytes: number | undefined): void {
  onLoadProgress?.({ option, loadedBytes, ...(totalBytes === undefined ? {} : { totalBytes }) });
}

async function readStream(stream: ReadableStream<Uint8Array>, totalBytes: number | undefined, reading: Reading) {
  const reader = stream.getReader();
  const stop = (): void => void reader.cancel(reading.signal?.reason).catch(() => {});
  reading.signal?.addEventListener('abort', stop, { once: true });
  const pieces: Uint8Array[] = [];
  let loadedBytes = 0;
  try {
    for (;;) {
      reading.signal?.throwIfAborted();
      const { done, value } = await reader.read();
      if (done) break;
      pieces.push(value);
      loadedBytes += value.length;
      tell(reading, loadedBytes, totalBytes);
    }
    reading.signal?.throwIfAborted();
  } finally {
    reading.signal?.removeEventListener('abort', stop);
    stop();
  }
  const bytes = new Uint8Array(loadedBytes);
  let offset = 0;
  for (const piece of pieces) {
    bytes.set(piece, offset);
    offset += piece.length;
  }
  return bytes;
}

async function fetchBytes(address: string, reading: Reading): Promise<Uint8Array<ArrayBuffer>> {
  try {
    const response = await fetch(address, { signal: reading.signal ?? null });
    if (!response.ok) throw new Error(`the server answers ${response.status}`);
    // A compressed answer's length is not that of what is read.
    const length = response.headers.get('content-encoding') ? null : response.headers.get('content-length');
    if (!response.body) return new Uint8Array(await response.arrayBuffer());
    return await readStream(response.body, length === null ? undefined : Number(length), reading);
  } catch (cause) {
    throw unreadable(reading, 'fetched', cause);
  }
}

/** The cache where the runtime has one that may be used; whatever fails there only costs a download. */
async function openCache(): Promise<Cache | undefined> {
  try {
    return await globalThis.caches?.open(CACHE);
  } catch {
    return undefined;
  }
}

/** An address whose content is known by its hash is fetched once, and never served stale. */
async function fetchOnce(address: string, hash: string, reading: Reading): Promise<Uint8Array<ArrayBuffer>> {
  const cache = await openCache();
  const key = `${CACHE_ADDRESS}${hash}`;
  const kept = await cache?.match(key).catch(() => undefined);
  if (kept) {
    const bytes = new Uint8Array(await kept.arrayBuffer());
    if ((await sha256(bytes)) === hash) {
      tell(reading, bytes.length, bytes.length);
      return bytes;
    }
  }
  const bytes = await fetchBytes(address, reading);
  if ((await sha256(bytes)) === hash) await cache?.put(key, new Response(bytes)).catch(() => {});
  return bytes;
}

async function readPlace(place: string, reading: Reading): Promise<Uint8Array<ArrayBuffer>> {
  const files = builtin('fs/promises');
  const isFile = /^file:/i.test(place);
  if (!files || (ADDRESS.test(place) && !isFile)) {
    return reading.hash === undefined ? fetchBytes(place, reading) : fetchOnce(place, reading.hash, reading);
  }
  const path = isFile ? builtin('url')!.fileURLToPath(place) : place;
  try {
    const bytes = new Uint8Array(await files.readFile(path, { signal: reading.signal }));
    tell(reading, bytes.length, bytes.length);
    return bytes;
  } catch (cause) {
    throw unreadable({ ...reading, where: path }, 'read', cause);
  }
}

async function readFrom(from: WeightBytes, reading: Reading): Promise<Uint8Array> {
  if (from instanceof Uint8Array) return from;
  if (typeof from === 'string' || from instanceof URL) return readPlace(String(from), reading);
  try {
    if (from instanceof Blob) return await readStream(from.stream(), from.size, reading);
    return await readStream(from, undefined, reading);
  } catch (cause) {
    throw unreadable(reading, 'read', cause);
  }
}

/**
 * Reads one file whole and compares it with `hash`, its SHA-256 in hexadecimal, where one is given. `option` names the
 * caller's option in messages. Throws InputError FILE_UNREADABLE or HASH_MISMATCH, the signal's reason.
 */
export async function readWeightBytes(
  from: WeightBytes,
  option: string,
  hash: string | undefined,
  options: WeightOptions,
): Promise<Uint8Array> {
  options.signal?.throwIfAborted();
  const where = typeof from === 'string' || from instanceof URL ? String(from) : `option "${option}"`;
  const wanted = hash?.toLowerCase();
  const bytes = await readFrom(from, { ...options, option, where, hash: wanted });
  if (wanted === undefined) return bytes;
  const found = await sha256(bytes.slice());
  if (found === wanted) return bytes;
  throw new InputError('HASH_MISMATCH', `${where}: its SHA-256 is ${found}; accepted is ${wanted} alone.`);
}
