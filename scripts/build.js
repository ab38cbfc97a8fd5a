/**
 * Builds what is out of date: the kernels (build/kernels) and, without --kernels, the package (dist).
 * A build is current when no source is newer than its oldest output.
 */
import { mkdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { buildPackage } from './buildPackage.js';
import { isCurrent, replaceFile, root, runTool } from './outputs.js';
import { packKernels } from './packKernels.js';

/** Sets of kernels, each a binary of its own; assembly/ has an index of each. */
const KERNEL_SETS = ['core', 'further'];
const SHIPPED_BUILDS = ['plain', 'relaxed'];
/** The build with asserts, which tests alone run. */
const TEST_BUILDS = ['checked'];

const KERNEL_SOURCES = ['assembly', 'asconfig.json', 'scripts/build.js'];

const wasmFile = (set, build) => `build/kernels/${set}-${build}.wasm`;

async function compileKernels(binaries) {
  console.error('Building the kernels; this happens once and takes some seconds …');
  mkdirSync(`${root}build/kernels`, { recursive: true });
  const compile = ({ set, build }) => {
    const offsets = set === 'core' && TEST_BUILDS.includes(build) ? ['assembly/offsets.ts'] : [];
    const output = ['--target', build, '--outFile', wasmFile(set, build)];
    return runTool('assemblyscript/bin/asc.js', [`assembly/${set}.ts`, ...offsets, ...output]);
  };
  await Promise.all(binaries.map(compile));
}

/** Compiles the shipped builds of the kernels; with `forTests` the others too. */
export async function buildKernels(forTests = false) {
  const builds = forTests ? [...SHIPPED_BUILDS, ...TEST_BUILDS] : SHIPPED_BUILDS;
  const binaries = KERNEL_SETS.flatMap((set) => builds.map((build) => ({ set, build })));
  const old = binaries.filter(({ set, build }) => !isCurrent([wasmFile(set, build)], KERNEL_SOURCES));
  if (old.length > 0) await compileKernels(old);
  for (const set of KERNEL_SETS) packSet(set);
}

function packSet(set) {
  const files = SHIPPED_BUILDS.map((build) => wasmFile(set, build));
  if (isCurrent([`build/kernels/${set}.js`], [...files, 'scripts/packKernels.js'])) return;
  const { script, types } = packKernels(...files.map((path) => readFileSync(`${root}${path}`)));
  replaceFile(`${root}build/kernels/${set}.d.ts`, types);
  replaceFile(`${root}build/kernels/${set}.js`, script);
}

/** Bundles the worker threads' script into one string. */
export async function buildWorker() {
  if (isCurrent(['build/kernels/worker.js'], ['src/runtime', 'src/tensor', 'src/errors.ts', 'scripts/build.js']))
    return;
  const { build } = await import('esbuild');
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: ['src/runtime/worker.ts'],
    bundle: true,
    write: false,
    minify: true,
    format: 'iife',
    platform: 'neutral',
    target: 'es2022',
    legalComments: 'none',
  });
  mkdirSync(`${root}build/kernels`, { recursive: true });
  replaceFile(`${root}build/kernels/worker.js`, `export const worker = ${JSON.stringify(outputFiles[0].text)};\n`);
  replaceFile(
    `${root}build/kernels/worker.d.ts`,
    '/** The script of a worker thread. */\nexport declare const worker: string;\n',
  );
}

/** Where sources find what differs between platforms, or is generated into build/: as Node and every inline build do. */
export const generatedModules = {
  '#binaries': `${root}src/runtime/inline.ts`,
  '#decoders': `${root}src/image/installedDecoders.ts`,
  '#coreKernels': `${root}build/kernels/core.js`,
  '#furtherKernels': `${root}build/kernels/further.js`,
  '#worker': `${root}build/kernels/worker.js`,
};

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const kernelsAlone = process.argv.includes('--kernels');
  await buildKernels(kernelsAlone);
  await buildWorker();
  if (!kernelsAlone) await buildPackage(generatedModules);
}
