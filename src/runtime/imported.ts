/** Kernel builds as modules that the runtime compiled when it read the program: where bytes may not be compiled. */
import type { KernelBinaries } from './module.js';
import plain from './plain.wasm';
import relaxed from './relaxed.wasm';

/** The shipped builds. */
export const kernelBinaries: KernelBinaries = {
  plain: () => plain,
  relaxed: () => relaxed,
};
