/** What the engine carries inside this JavaScript, so that there is no file to lose: kernel builds and worker script. */
import { worker } from '#worker';
import type { KernelBinaries } from './module.js';

interface NodeBuffer {
  from(text: string, encoding: 'base64'): Uint8Array<ArrayBuffer>;
}

function decodeBase64(text: string): Uint8Array<ArrayBuffer> {
  const { Buffer } = globalThis as { Buffer?: NodeBuffer };
  if (Buffer) return Buffer.from(text, 'base64');
  const characters = atob(text);
  const bytes = new Uint8Array(characters.length);
  for (let index = 0; index < bytes.length; index++) bytes[index] = characters.charCodeAt(index);
  return bytes;
}

/** The shipped builds, loaded and decoded when asked for. */
export const inlineBinaries: KernelBinaries = {
  plain: async () => decodeBase64((await import('#kernels/plain')).base64),
  relaxed: async () => decodeBase64((await import('#kernels/relaxed')).base64),
};

/** The script of a worker thread. */
export const inlineWorker = worker;
