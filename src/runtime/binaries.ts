/** The shipped kernel builds, carried inside the JavaScript as base64: no file to lose. */
import { plain, relaxed } from '#kernels';
import type { KernelBinaries } from './module.js';

function decodeBase64(text: string): Uint8Array<ArrayBuffer> {
  const characters = atob(text);
  const bytes = new Uint8Array(characters.length);
  for (let index = 0; index < bytes.length; index++) bytes[index] = characters.charCodeAt(index);
  return bytes;
}

/** Decoded when asked for. */
export const inlineBinaries: KernelBinaries = {
  plain: () => decodeBase64(plain),
  relaxed: () => decodeBase64(relaxed),
};
