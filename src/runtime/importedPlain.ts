/**
 * Kernels as compiled modules where a framework compiles every module that is named, whether it runs or not, and may do
 * so on a Node without relaxed SIMD, as Next.js does for its edge routes.
 */
import core from './core-plain.wasm';
import further from './further-plain.wasm';
import type { KernelBinaries } from './module.js';

/** The plain build alone. */
export const kernelBinaries: KernelBinaries = { core: { plain: () => core }, further: { plain: () => further } };
