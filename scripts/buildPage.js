/** Builds the demo page: a folder of static files, complete with weights and samples. */
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { buildKernels, buildWorker, generatedModules } from './build.js';
import { isCurrent, replaceFile, root } from './outputs.js';

/** Where the page's files are, below the checkout. */
export const PAGE_FOLDER = 'build/page';

const SOURCES = ['page', 'src', 'build/kernels', 'weights', 'samples', 'scripts'];
const ENTRIES = {
  main: 'page/main.ts',
  faces: 'page/worker/faces.ts',
  benchmark: 'page/worker/benchmark.ts',
  networks: 'page/worker/networks.ts',
};
const EMBEDDERS = { float32: 'mobilefacenet.safetensors', int8: 'mobilefacenet-int8.safetensors' };
const DETECTOR = 'mtcnn.safetensors';

/** What the page may do: nothing but with its own server, and show what it made itself. */
export const POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "worker-src 'self'",
  "connect-src 'self'",
  "style-src 'self'",
  "img-src 'self' blob:",
  "media-src 'self' blob:",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

/** The embedders that are there. */
function embedders() {
  return Object.entries(EMBEDDERS).filter(([, name]) => existsSync(`${root}weights/${name}`));
}

/** By precision, the size of the embedder's file: the page offers what is there. */
function weightBytes() {
  return Object.fromEntries(
    embedders().map(([precision, name]) => [precision, statSync(`${root}weights/${name}`).size]),
  );
}

async function bundle(folder) {
  const { build } = await import('esbuild');
  await build({
    absWorkingDir: root,
    entryPoints: { ...ENTRIES, style: 'page/style.css' },
    outdir: folder,
    bundle: true,
    splitting: true,
    chunkNames: '[name]-[hash]',
    format: 'esm',
    platform: 'neutral',
    mainFields: ['module', 'main'],
    target: 'es2022',
    alias: {
      ...generatedModules,
      '#decoders': `${root}src/image/canvasDecoders.ts`,
      '@assemblyscript/loader': `${root}node_modules/@assemblyscript/loader/index.js`,
    },
    define: { WEIGHT_BYTES: JSON.stringify(weightBytes()) },
    external: ['node:*'],
    legalComments: 'none',
    minify: true,
    logLevel: 'warning',
  });
}

/** Builds the page where it is not current. */
export async function buildPage() {
  await buildKernels();
  await buildWorker();
  if (isCurrent([`${PAGE_FOLDER}/index.html`], SOURCES)) return;
  const folder = `${root}${PAGE_FOLDER}`;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(`${folder}/weights`, { recursive: true });
  mkdirSync(`${folder}/samples`);
  await bundle(folder);
  const { worker } = await import(pathToFileURL(`${root}build/kernels/worker.js`).href);
  replaceFile(`${folder}/threads.js`, worker);
  for (const name of [...embedders().map(([, name]) => name), DETECTOR])
    copyFileSync(`${root}weights/${name}`, `${folder}/weights/${name}`);
  const photographs = readdirSync(`${root}samples`).filter((name) => name.endsWith('.jpg'));
  for (const name of photographs) copyFileSync(`${root}samples/${name}`, `${folder}/samples/${name}`);
  copyFileSync(`${root}page/icon.svg`, `${folder}/icon.svg`);
  // Last: where it stands, everything does.
  const html = readFileSync(`${root}page/index.html`, 'utf8').replace('%POLICY%', POLICY);
  replaceFile(`${folder}/index.html`, html);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildPage();
