/** All kernels, for what looks at every one: tests, benchmarks, tools. The engine loads them set by set. */
import { coreKernels } from './core.js';
import { runs } from './dispatch.js';
import { furtherKernels } from './further.js';
import type { Kernel, Site } from './kernel.js';

/** Every kernel, best first. */
export const kernels: readonly Kernel[] = [...coreKernels, ...furtherKernels];

/** All kernels that can run a site, whatever the build; tests and benchmarks try each. */
export function acceptingKernels(site: Site): Kernel[] {
  return kernels.filter((kernel) => runs(kernel, site));
}
