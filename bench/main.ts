/** The benchmark command: `npm run bench -- kernels [--json]`. */
import { benchKernels } from './kernels.js';

const root = new URL('../../', import.meta.url);
const [command, ...options] = process.argv.slice(2);
const unknown = options.filter((option) => option !== '--json');
if (command === 'kernels' && unknown.length === 0) {
  await benchKernels(root, options.includes('--json'));
} else {
  console.error(`bench: ${unknown[0] ?? command ?? 'no command'} is not known; accepted is: kernels [--json].`);
  process.exitCode = 2;
}
