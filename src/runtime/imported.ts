/** Kernels as modules that the runtime compiled when it read the program: where bytes may not be compiled. */
import corePlain from './core-plain.wasm';
import coreRelaxed from './core-relaxed.wasm';
import furtherPlain from './further-plain.wasm';
import furtherRelaxed from './further-relaxed.wasm';
import type { KernelBinaries } from './module.js';

/** The shipped builds. */
export const kernelBinaries: KernelBinaries = {
  core: { plain: () => corePlain, relaxed: () => coreRelaxed },
  further: { plain: () => furtherPlain, relaxed: () => furtherRelaxed },
};
