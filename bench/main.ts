/** The benchmark command: `npm run bench -- kernels [--candidates] [--wide] [--json]`. */
import { benchKernels } from './kernels.js';

const root = new URL('../../', import.meta.url);
const [command, ...options] = process.argv.slice(2);
const accepted = ['--candidates', '--wide', '--json'];
const unknown = options.filter((option) => !accepted.includes(option));
if (command === 'kernels' && unknown.length === 0) {
  const has = (option: string): boolean => options.includes(option);
  await benchKernels(root, { json: has('--json'), wide: has('--wide'), candidates: has('--candidates') });
} else {
  const found = unknown[0] ?? command ?? 'no command';
  console.error(
    `bench: ${found} is not known; accepted is: kernels ${accepted.map((option) => `[${option}]`).join(' ')}.`,
  );
  process.exitCode = 2;
}
