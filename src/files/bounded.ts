/** Bytes that come in pieces, joined: never more than are allowed, and no longer than the signal lets. */
import { InputError } from '../errors.js';

/** Bytes of one file that are read: models and photographs are smaller. */
export const MOST_BYTES = 2 ** 30;

/** How bytes are read, from wherever they come. */
export interface ReadOptions {
  /** Names the source in messages. */
  readonly where: string;
  /** Ends the reading, which rejects with the signal's own reason. */
  readonly signal?: AbortSignal | undefined;
  /** More bytes are refused; 1 GiB when absent. */
  readonly mostBytes?: number | undefined;
  /** Hears of each piece: bytes so far, and of all where that is known. */
  readonly onBytes?: ((loadedBytes: number, totalBytes?: number) => void) | undefined;
}

/** Refuses a number of bytes. Throws InputError FILE_TOO_LARGE. */
export function checkLength(bytes: number, { where, mostBytes = MOST_BYTES }: ReadOptions): void {
  if (bytes <= mostBytes) return;
  throw new InputError('FILE_TOO_LARGE', `${where}: has more than ${mostBytes} bytes, which is the most that is read.`);
}

/**
 * All pieces joined. `totalBytes` is what the sender says, which need not be true.
 * Throws InputError FILE_TOO_LARGE, and what the pieces throw.
 */
export async function joinPieces(
  pieces: AsyncIterable<Uint8Array>,
  totalBytes: number | undefined,
  options: ReadOptions,
): Promise<Uint8Array<ArrayBuffer>> {
  if (totalBytes !== undefined) checkLength(totalBytes, options);
  const kept: Uint8Array[] = [];
  let loadedBytes = 0;
  for await (const piece of pieces) {
    options.signal?.throwIfAborted();
    loadedBytes += piece.length;
    checkLength(loadedBytes, options);
    kept.push(piece);
    options.onBytes?.(loadedBytes, totalBytes);
  }
  options.signal?.throwIfAborted();
  const bytes = new Uint8Array(loadedBytes);
  let offset = 0;
  for (const piece of kept) {
    bytes.set(piece, offset);
    offset += piece.length;
  }
  return bytes;
}

/** The pieces of a web stream, which is cancelled where the reading ends early. */
export async function* piecesOf(stream: ReadableStream<Uint8Array>, signal: AbortSignal | undefined) {
  const reader = stream.getReader();
  const stop = (): void => void reader.cancel(signal?.reason).catch(() => {});
  signal?.addEventListener('abort', stop, { once: true });
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    signal?.removeEventListener('abort', stop);
    stop();
  }
}
