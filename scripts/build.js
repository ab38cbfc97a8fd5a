/**
 * Builds what is out of date: the kernels (build/kernels) and, without --kernels, the package (dist).
 * A build is current when no source is newer than its oldest output.
 */
import { mkdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { buildPackage } from './buildPackage.js';
import { isCurrent, replaceFile, root, runTool } from './outputs.js';
import { packKernels } from './packKernels.js';

const SHIPPED_BUILDS = ['plain', 'relaxed'];
/** The build with asserts, which tests alone run. */
const TEST_BUILDS = ['checked'];

const KERNEL_SOURCES = ['assembly', 'asconfig.json', 'scripts/build.js'];

async function compileKernels(builds) {
  console.error('Building the kernels; this happens once and takes some seconds …');
  mkdirSync(`${root}build/kernels`, { recursive: true });
  const compile = (name) => {
    const entries = ['assembly/index.ts', ...(TEST_BUILDS.includes(name) ? ['assembly/offsets.ts'] : [])];
    return runTool('assemblyscript/bin/asc.js', [...entries, '--target', name]);
  };
  await Promise.all(builds.map(compile));
}

/** Compiles the shipped builds of the kernels; with `forTests` the others too. */
export async function buildKernels(forTests = false) {
  const builds = forTests ? [...SHIPPED_BUILDS, ...TEST_BUILDS] : SHIPPED_BUILDS;
  const isOld = (name) => !isCurrent([`build/kernels/${name}.wasm`], KERNEL_SOURCES);
  const old = builds.filter(isOld);
  if (old.length > 0) await compileKernels(old);
  packShippedBuilds();
}

function packShippedBuilds() {
  const files = SHIPPED_BUILDS.map((name) => `build/kernels/${name}.wasm`);
  if (isCurrent(['build/kernels/packed.js'], [...files, 'scripts/packKernels.js'])) return;
  const { script, types } = packKernels(...files.map((path) => readFileSync(`${root}${path}`)));
  replaceFile(`${root}build/kernels/packed.d.ts`, types);
  replaceFile(`${root}build/kernels/packed.js`, script);
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
  '#jpeg': `${root}src/image/jpegDecoder.ts`,
  '#kernels': `${root}build/kernels/packed.js`,
  '#worker': `${root}build/kernels/worker.js`,
};

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const kernelsAlone = process.argv.includes('--kernels');
  await buildKernels(kernelsAlone);
  await buildWorker();
  if (!kernelsAlone) await buildPackage(generatedModules);
}
