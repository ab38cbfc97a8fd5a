/**
 * A program for a process whose V8 joins vectors and optimises a function after its first call: runs every kernel on
 * every case, and prints what is wrong as a JSON list, and how many cases there were.
 */
import { acceptingKernels, kernels } from '../../src/kernels/index.js';
import { conversions } from '../../src/kernels/layout.js';
import { referenceOf } from '../../src/ops/index.js';
import { toReference } from '../../src/tensor/tensor.js';
import { kernelCases } from './cases.js';
import { expectedOf, firstOutside } from './expected.js';
import { int8LayerCases } from './int8Cases.js';
import { freshRelaxed } from './modules.js';
import { layoutCases } from './operatorCases.js';
import { runKernel } from './runKernel.js';
import { expectedOfKernel } from './winogradBounds.js';

/** Modules that are compiled anew: what optimised code is made of depends on what a function has met before. */
const MODULES = 8;
const wrong: string[] = [];
let cases = 0;
const fresh = Array.from({ length: MODULES }, (_, salt) => freshRelaxed(salt));

for (const kernelCase of [...kernelCases, ...layoutCases]) {
  const { name, site, values } = kernelCase;
  const isLayout = layoutCases.includes(kernelCase);
  // The references of a network's own layers take seconds.
  const expected = name.startsWith('Table 1') ? undefined : expectedOf(kernelCase);
  for (const kernel of isLayout ? Object.values(conversions) : acceptingKernels(site)) {
    const sets = fresh[(cases + kernels.indexOf(kernel)) % MODULES]!;
    cases++;
    const bounds = expected && expectedOfKernel(kernel.name, kernelCase, expected);
    const runs = [1, 2].map(() => runKernel(kernel, site, values, 'wide', 1, sets));
    for (const { output, guardsIntact } of runs) {
      const outside = guardsIntact ? bounds && firstOutside(output, bounds) : 'wrote beyond its output';
      if (outside) wrong.push(`${kernel.name}, ${name}: ${outside}`);
    }
  }
}
for (const { name, site, values } of int8LayerCases) {
  const operands = values.map((value, index) => value ?? site.tensors[index]);
  const [expected] = referenceOf(
    site.node,
    operands.map((tensor) => tensor && toReference(tensor)),
  );
  for (const kernel of acceptingKernels(site)) {
    const sets = fresh[cases++ % MODULES]!;
    for (const { output, guardsIntact } of [1, 2].map(() => runKernel(kernel, site, values, 'wide', 1, sets))) {
      const differs = output.findIndex((value, index) => value !== expected!.data[index]);
      if (differs >= 0) wrong.push(`${kernel.name}, ${name}: ${output[differs]} at ${differs}`);
      if (!guardsIntact) wrong.push(`${kernel.name}, ${name}: wrote beyond its output`);
    }
  }
}
console.log(JSON.stringify({ cases, wrong }));
