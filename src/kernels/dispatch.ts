/** Dispatch: of a table of kernels, the first row that accepts a site and suits it in a build runs it. */
import type { Build, Kernel, Site } from './kernel.js';

/** Whether a kernel can run a site. None computes from a constant: it is given out as it is. */
export function runs(kernel: Kernel, site: Site): boolean {
  if (site.tensors[0] && site.node.operator !== 'constant') return false;
  return kernel.operators.includes(site.node.operator) && kernel.accepts(site);
}

/** The kernel of a table that a build runs a site with, among those of one packing where that is given. */
export function chooseKernel(
  kernels: readonly Kernel[],
  site: Site,
  build: Build,
  packing?: string,
): Kernel | undefined {
  return kernels.find(
    (kernel) =>
      (packing === undefined || kernel.packing === packing) && runs(kernel, site) && kernel.suits(site, build),
  );
}
