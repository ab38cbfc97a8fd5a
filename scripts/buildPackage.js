/** Bundles the library for each platform, the command line and the worker script, and writes the type declarations. */
import { copyFileSync, cpSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { buildMerged } from './mergeChunks.js';
import { isCurrent, replaceFile, root, runTool } from './outputs.js';
import { pruneDeclarations } from './pruneDeclarations.js';

const SOURCES = ['src', 'build/kernels', 'package.json', 'tsconfig.json', 'tsconfig.build.json', 'scripts'];

const ENTRIES = { index: 'src/index.ts', engine: 'src/entries/engine.ts', face: 'src/entries/face.ts' };

/** Entries whose chunks are merged, those that others load too first. */
const MERGED = ['engine', 'index'];

/** What needs servers, and packages that are imported only when it runs. */
const SCALE_ENTRIES = {
  postgres: 'src/scale/postgres/index.ts',
  queue: 'src/scale/queue/index.ts',
  service: 'src/scale/service/index.ts',
  faceThread: 'src/scale/faces/thread.ts',
};

const KERNEL_FILES = ['core-plain.wasm', 'core-relaxed.wasm', 'further-plain.wasm', 'further-relaxed.wasm'];

/**
 * Leaves imports of `.wasm` files to the runtime; those of kernels lead to dist/kernels. The query says that a module is
 * wanted, which Vercel's bundlers need and Cloudflare's take too.
 */
const importedWasm = {
  name: 'imported-wasm',
  setup({ onResolve }) {
    onResolve({ filter: /\.wasm$/ }, ({ path }) => {
      const kernels = path.startsWith('./') ? path.replace('./', '../kernels/') : path;
      return { path: `${kernels}?module`, external: true };
    });
  },
};

/** What each folder of dist differs in. */
const PLATFORMS = [
  // Node, Deno, Bun, and whatever has no entry of its own.
  {
    folder: 'dist',
    entries: { ...ENTRIES, ...SCALE_ENTRIES, node: 'src/entries/node.ts', cli: 'src/cli/main.ts' },
    modules: { '#binaries': `${root}src/runtime/beside.ts` },
  },
  // Complete in itself, so that a page needs no bundler.
  {
    folder: 'dist/browser',
    entries: ENTRIES,
    modules: { '#decoders': `${root}src/image/canvasDecoders.ts` },
    packages: 'bundle',
  },
  // Workers and edges. The package's own imports choose the kernels: edges get those that every Node can compile.
  {
    folder: 'dist/edge',
    entries: { ...ENTRIES, kernels: 'src/runtime/imported.ts', plainKernels: 'src/runtime/importedPlain.ts' },
    modules: { '#binaries': '#kernels', '#decoders': `${root}src/image/importedDecoders.ts` },
    plugins: [importedWasm],
  },
  {
    folder: 'dist/manual',
    entries: { index: 'src/index.ts' },
    modules: { '#binaries': `${root}src/runtime/given.ts` },
  },
];

const OUTPUTS = [...PLATFORMS.map(({ folder }) => `${folder}/index.js`), 'dist/cli.js', 'dist/types/index.d.ts'];

/** The licences of the packages that are part of a bundle, in one text beside it. */
function writeLicences(folder, inputs) {
  const names = inputs.map((path) => /^node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1]);
  const texts = [...new Set(names)]
    // The loader of AssemblyScript has this package's own licence; NOTICE names it.
    .filter((name) => name !== undefined && name !== '@assemblyscript/loader')
    .sort()
    .map((name) => {
      const file = readdirSync(`${root}node_modules/${name}`).find((entry) => /^licen[cs]e/i.test(entry));
      if (!file) throw new Error(`${name} has no licence file.`);
      return `${name}\n\n${readFileSync(`${root}node_modules/${name}/${file}`, 'utf8').trim()}\n`;
    });
  replaceFile(`${root}${folder}/LICENSES.txt`, texts.join(`\n${'-'.repeat(80)}\n\n`));
}

async function bundlePlatform(
  build,
  generatedModules,
  { folder, entries, modules, packages = 'external', plugins = [] },
) {
  const options = {
    absWorkingDir: root,
    entryPoints: entries,
    outdir: folder,
    bundle: true,
    chunkNames: '[name]-[hash]',
    format: 'esm',
    platform: 'neutral',
    mainFields: ['module', 'main'],
    target: 'es2022',
    packages,
    plugins,
    alias: {
      ...generatedModules,
      ...modules,
      '@assemblyscript/loader': `${root}node_modules/@assemblyscript/loader/index.js`,
    },
    external: ['node:*', '#kernels'],
    legalComments: 'none',
    minify: true,
  };
  const order = MERGED.filter((name) => name in entries);
  const inputs = await buildMerged(build, options, order);
  if (packages === 'bundle') writeLicences(folder, inputs);
}

/** Writes dist where it is not current. */
export async function buildPackage(generatedModules) {
  if (isCurrent(OUTPUTS, SOURCES)) return;
  console.error('Building the package …');
  rmSync(`${root}dist`, { recursive: true, force: true });
  const declarations = ['--noEmit', 'false', '--emitDeclarationOnly', '--declaration', '--outDir', 'dist/types'];
  await runTool('typescript/bin/tsc', ['-p', 'tsconfig.build.json', ...declarations]);
  // Declarations that stand in the sources are not written by the compiler.
  cpSync(`${root}src/entries/files`, `${root}dist/types/entries/files`, { recursive: true });
  pruneDeclarations('dist/types');
  const { build } = await import('esbuild');
  mkdirSync(`${root}dist/kernels`, { recursive: true });
  for (const name of KERNEL_FILES) copyFileSync(`${root}build/kernels/${name}`, `${root}dist/kernels/${name}`);
  const { worker } = await import(pathToFileURL(`${root}build/kernels/worker.js`).href);
  replaceFile(`${root}dist/worker.js`, worker);
  for (const platform of PLATFORMS) await bundlePlatform(build, generatedModules, platform);
}
