/** Files of this page's own server, with progress. */
import { InputError } from '../../src/index.js';
import type { Progress } from './messages.js';

async function readBody(response: Response, onBytes: (count: number) => void): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let total = 0;
  const reader = response.body!.getReader();
  for (let read = await reader.read(); !read.done; read = await reader.read()) {
    pieces.push(read.value);
    total += read.value.length;
    onBytes(read.value.length);
  }
  const bytes = new Uint8Array(total);
  let begin = 0;
  for (const piece of pieces) {
    bytes.set(piece, begin);
    begin += piece.length;
  }
  return bytes;
}

async function open(address: string): Promise<Response> {
  let reason: string;
  try {
    const response = await fetch(address);
    if (response.ok) return response;
    reason = `the server answers ${response.status}`;
  } catch (error) {
    reason = error instanceof Error ? error.message : String(error);
  }
  throw new InputError('FILE_UNREADABLE', `${address}: cannot be fetched: ${reason}.`);
}

/** The bytes of several files, fetched together. Throws InputError FILE_UNREADABLE. */
export async function download(
  addresses: readonly string[],
  onProgress: (progress: Progress) => void,
): Promise<Uint8Array[]> {
  const responses = await Promise.all(addresses.map(open));
  const total = responses.reduce((sum, { headers }) => sum + Number(headers.get('content-length') ?? 0), 0);
  let done = 0;
  const onBytes = (count: number): void => {
    done += count;
    onProgress({ done, total: Math.max(total, done) });
  };
  return Promise.all(responses.map((response) => readBody(response, onBytes)));
}
