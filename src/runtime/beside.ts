/** Kernels from the files beside this module, the quickest to read; from inside where a bundler left them behind. */
import type * as NodeFs from 'node:fs';
import type { KernelSet } from '../kernels/kernel.js';
import type { KernelBinaries } from './module.js';

interface NodeProcess {
  getBuiltinModule?(name: 'node:fs'): typeof NodeFs | undefined;
}

/** Apart from the place that reads it: bundlers take an address made of this one for a file that they should copy. */
const here = import.meta.url;

function readBeside(set: KernelSet, build: 'plain' | 'relaxed'): Uint8Array<ArrayBuffer> | undefined {
  const { process } = globalThis as { process?: NodeProcess };
  try {
    return process?.getBuiltinModule?.('node:fs')?.readFileSync(new URL(`kernels/${set}-${build}.wasm`, here));
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
