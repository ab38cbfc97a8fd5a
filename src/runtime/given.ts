/** No kernels at all: for callers who give the engine modules of their own. */
import type { KernelBinaries } from './module.js';

/** Empty: the option `binaries` must name one. */
export const kernelBinaries: KernelBinaries = {};
