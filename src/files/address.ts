/** Files at addresses: fetched, and where their hash is known kept, so that each is fetched once. */
import { InputError } from '../errors.js';
import { sha256 } from '../formats/sha256.js';
import { joinPieces, piecesOf, type ReadOptions } from './bounded.js';

/** The Cache API's name for what this package keeps, and the addresses there, which no server has. */
const CACHE = 'mobilefacenet-weights';
const CACHE_ADDRESS = 'https://weights.mobilefacenet.invalid/';

/** Reads what an address leads to. Throws InputError FILE_UNREADABLE or FILE_TOO_LARGE, and the signal's reason. */
export async function fetchBytes(address: string, options: ReadOptions): Promise<Uint8Array<ArrayBuffer>> {
  try {
    const response = await fetch(address, { signal: options.signal ?? null });
    if (!response.ok) {
      await response.body?.cancel();
      throw new Error(`the server answers ${response.status}`);
    }
    // A compressed answer's length is not that of what is read.
    const length = response.headers.get('content-encoding') ? null : response.headers.get('content-length');
    if (!response.body) return new Uint8Array(await response.arrayBuffer());
    return await joinPieces(
      piecesOf(response.body, options.signal),
      length === null ? undefined : Number(length),
      options,
    );
  } catch (cause) {
    options.signal?.throwIfAborted();
    if (cause instanceof InputError) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new InputError('FILE_UNREADABLE', `${options.where}: cannot be fetched: ${reason}.`, { cause });
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

/** `fetchBytes` for content that is known by its hash: fetched once, and never served stale. */
export async function fetchOnce(address: string, hash: string, options: ReadOptions): Promise<Uint8Array<ArrayBuffer>> {
  const cache = await openCache();
  const key = `${CACHE_ADDRESS}${hash}`;
  const kept = await cache?.match(key).catch(() => undefined);
  if (kept) {
    const bytes = new Uint8Array(await kept.arrayBuffer());
    if ((await sha256(bytes)) === hash) {
      options.onBytes?.(bytes.length, bytes.length);
      return bytes;
    }
  }
  const bytes = await fetchBytes(address, options);
  if ((await sha256(bytes)) === hash) await cache?.put(key, new Response(bytes)).catch(() => {});
  return bytes;
}
