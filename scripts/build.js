/**
 * Builds what is out of date: the kernels (build/kernels) and, without --kernels, the package (dist).
 * A build is current when no source is newer than its oldest output.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const SHIPPED_BUILDS = ['plain', 'relaxed'];
/** The build with asserts, which tests alone run. */
const TEST_BUILDS = ['checked'];

function newest(path) {
  const stats = statSync(`${root}${path}`);
  if (!stats.isDirectory()) return stats.mtimeMs;
  return Math.max(0, ...readdirSync(`${root}${path}`).map((name) => newest(`${path}/${name}`)));
}

function isCurrent(outputs, sources) {
  if (!outputs.every((path) => existsSync(`${root}${path}`))) return false;
  const oldestOutput = Math.min(...outputs.map((path) => statSync(`${root}${path}`).mtimeMs));
  return sources.every((path) => newest(path) <= oldestOutput);
}

/** Writes by way of a temporary file: another process may be reading the old one. */
export function replaceFile(path, contents) {
  const temporary = `${path}.${process.pid}.part`;
  writeFileSync(temporary, contents);
  renameSync(temporary, path);
}

function run(script, args) {
  return new Promise((resolve, reject) => {
    // Whatever a compiler says goes to stderr: stdout belongs to the program that runs next.
    const stdio = ['ignore', 2, 2];
    const child = spawn(process.execPath, [`${root}node_modules/${script}`, ...args], { cwd: root, stdio });
    child.once('error', reject);
    child.once('exit', (code) => (code === 0 ? resolve() : reject(new Error(`${script} ended with code ${code}.`))));
  });
}

const KERNEL_SOURCES = ['assembly', 'asconfig.json', 'scripts/build.js'];

async function compileKernels(builds) {
  console.error('Building the kernels; this happens once and takes some seconds …');
  mkdirSync(`${root}build/kernels`, { recursive: true });
  const compile = (name) => {
    const entries = ['assembly/index.ts', ...(TEST_BUILDS.includes(name) ? ['assembly/offsets.ts'] : [])];
    return run('assemblyscript/bin/asc.js', [...entries, '--target', name]);
  };
  await Promise.all(builds.map(compile));
}

/** Compiles the shipped builds of the kernels; with `forTests` the others too. */
export async function buildKernels(forTests = false) {
  const builds = forTests ? [...SHIPPED_BUILDS, ...TEST_BUILDS] : SHIPPED_BUILDS;
  const isOld = (name) => !isCurrent([`build/kernels/${name}.wasm`], KERNEL_SOURCES);
  const old = builds.filter(isOld);
  if (old.length > 0) await compileKernels(old);
  for (const name of SHIPPED_BUILDS) writeInline(name);
}

/** Writes a build as base64 into a module of its own, so that a program loads the one that it runs. */
function writeInline(name) {
  const inline = `build/kernels/${name}.js`;
  if (isCurrent([inline], [`build/kernels/${name}.wasm`])) return;
  const base64 = readFileSync(`${root}build/kernels/${name}.wasm`).toString('base64');
  replaceFile(`${root}${inline}`, `export const base64 = '${base64}';\n`);
  const types = `/** The ${name} build in base64. */\nexport declare const base64: string;\n`;
  replaceFile(`${root}build/kernels/${name}.d.ts`, types);
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

/** The modules that are generated into build/, by the names that sources import them by. */
export const generatedModules = {
  '#kernels/plain': `${root}build/kernels/plain.js`,
  '#kernels/relaxed': `${root}build/kernels/relaxed.js`,
  '#worker': `${root}build/kernels/worker.js`,
};

const PACKAGE_SOURCES = [
  'src',
  'build/kernels',
  'package.json',
  'tsconfig.json',
  'tsconfig.build.json',
  'scripts/build.js',
];
const PACKAGE_OUTPUTS = ['dist/index.js', 'dist/cli.js', 'dist/types/index.d.ts'];

/** Writes the type declarations, then bundles the library and the command line. */
export async function buildPackage() {
  if (isCurrent(PACKAGE_OUTPUTS, PACKAGE_SOURCES)) return;
  console.error('Building the package …');
  rmSync(`${root}dist`, { recursive: true, force: true });
  const declarations = ['--noEmit', 'false', '--emitDeclarationOnly', '--declaration', '--outDir', 'dist/types'];
  await run('typescript/bin/tsc', ['-p', 'tsconfig.build.json', ...declarations]);
  const { build } = await import('esbuild');
  await build({
    absWorkingDir: root,
    entryPoints: { index: 'src/index.ts', cli: 'src/cli/main.ts' },
    outdir: 'dist',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'neutral',
    target: 'es2022',
    packages: 'external',
    alias: {
      ...generatedModules,
      '@assemblyscript/loader': `${root}node_modules/@assemblyscript/loader/index.js`,
    },
    external: ['node:*'],
    legalComments: 'none',
    minify: true,
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const kernelsAlone = process.argv.includes('--kernels');
  await buildKernels(kernelsAlone);
  await buildWorker();
  if (!kernelsAlone) await buildPackage();
}
