/** Kernels from the files beside this module, the quickest to read; from inside where a bundler left them behind. */
import { builtin } from '../builtin.js';
import type { KernelSet } from '../kernels/kernel.js';
import type { KernelBinaries } from './module.js';

/** Cut as text: bundlers take `new URL(path, import.meta.url)` for one file that they should copy, whatever the path. */
const folder = import.meta.url.slice(0, import.meta.url.lastIndexOf('/') + 1);

function readBeside(set: KernelSet, build: 'plain' | 'relaxed'): Uint8Array<ArrayBuffer> | undefined {
  try {
    return builtin('fs')?.readFileSync(new URL(`${folder}kernels/${set}-${build}.wasm`));
  } catch {
    return undefined;
  }
}

async function load(set: KernelSet, build: 'plain' | 'relaxed'): Promise<Uint8Array<ArrayBuffer>> {
  const beside = readBeside(set, build);
  if (beside) return beside;
  const { unpack } = await import('./inline.js');
  return unpack(set, build);
}

/** The shipped builds, read when asked for. */
export const kernelBinaries: KernelBinaries = {
  core: { plain: () => load('core', 'plain'), relaxed: () => load('core', 'relaxed') },
  further: { plain: () => load('further', 'plain'), relaxed: () => load('further', 'relaxed') },
};
