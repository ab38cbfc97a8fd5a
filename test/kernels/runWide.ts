/**
 * A program for a process whose V8 joins vectors and optimises at once: runs the layers' cases through every kernel that
 * the wide build may choose, and prints what is wrong as a JSON list, and how many cases there were.
 */
import { acceptingKernels } from '../../src/kernels/index.js';
import { kernelCases } from './cases.js';
import { expectedOf, firstOutside } from './expected.js';
import { runKernel } from './runKernel.js';
import { expectedOfKernel } from './winogradBounds.js';

const LAYERS = ['convolution', 'fullyConnected'];
const wrong: string[] = [];
let cases = 0;
for (const kernelCase of kernelCases) {
  const { name, site, values } = kernelCase;
  // The references of a network's own layers take seconds.
  if (!LAYERS.includes(site.node.operator) || name.startsWith('Table 1')) continue;
  const expected = expectedOf(kernelCase);
  for (const kernel of acceptingKernels(site)) {
    if (!kernel.builds.includes('wide')) continue;
    cases++;
    const { output, guardsIntact } = runKernel(kernel, site, values, 'wide', 1);
    const outside = guardsIntact
      ? firstOutside(output, expectedOfKernel(kernel.name, kernelCase, expected))
      : 'wrote beyond its output';
    if (outside) wrong.push(`${kernel.name}, ${name}: ${outside}`);
  }
}
console.log(JSON.stringify({ cases, wrong }));
