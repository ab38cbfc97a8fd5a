/** Prints which files one writes in to add an operator, a kernel or a command: those in which an example of each stands. */
import { execFileSync } from 'node:child_process';

interface Addition {
  readonly adds: string;
  /** What was once added, as the files name it. */
  readonly example: string;
  readonly folders: readonly string[];
  /** Files that use the example and would not have to, besides tests of files that hold it. */
  readonly uses: readonly RegExp[];
}

/** Written by `npm run generate` and `npm run golden`. */
const GENERATED = [/Arguments\.ts$/, /offsets\.ts$/, /\.safetensors$/];

const ADDITIONS: readonly Addition[] = [
  {
    adds: 'an operator with a kernel',
    example: 'gather',
    folders: ['src', 'assembly', 'test/kernels', 'test/golden', 'test/onnx'],
    uses: [/padAxis/, /assembly\/reduce/, /foldConstants/, /[iI]mport\w*Cases/, /hostile/, /operators\/index/],
  },
  { adds: 'a kernel', example: 'winograd3x3', folders: ['src', 'assembly', 'test/kernels'], uses: [] },
  { adds: 'a command', example: 'alignCommand', folders: ['src'], uses: [] },
];

for (const { adds, example, folders, uses } of ADDITIONS) {
  const found = execFileSync('git', ['grep', '-lwi', example, '--', ...folders], { encoding: 'utf8' });
  const files = found.split('\n').filter((file) => file && ![...GENERATED, ...uses].some((no) => no.test(file)));
  console.log(`${adds} (${example}): ${files.length}\n${files.map((file) => `  ${file}`).join('\n')}`);
}
