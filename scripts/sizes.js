/**
 * `npm run sizes [-- --write]`: bundles what programs import, minified and each file gzipped, and prints the sizes beside
 * that of the packed tarball; with --write the table goes into the README. The exit code is 1 where a limit is passed.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { root } from './outputs.js';

const BEGIN = '<!-- sizes: npm run sizes -->';
const END = '<!-- /sizes -->';

/** Files of dist/browser that are loaded when they are needed, by how their names begin. */
const CORE_KERNELS = 'core-';
const FURTHER_KERNELS = 'further-';
const PNG = 'pngPixels-';

/**
 * What is measured: a program of one import, in files as a bundler that splits code serves them: its own, those that it
 * imports, and those that it loads on the way to its first result; without what programs before it in `beyond` load.
 */
const PROGRAMS = [
  {
    name: 'core: the engine, the core kernels in both builds, worker script',
    source: "export { Engine } from './dist/browser/engine.js';",
    loads: [CORE_KERNELS],
    limit: 60_000,
  },
  {
    name: 'further kernels in both builds, loaded with the first graph that needs one',
    source: "export { Engine } from './dist/browser/engine.js';",
    loads: [FURTHER_KERNELS],
    beyond: [CORE_KERNELS],
  },
  {
    name: 'embedding aligned crops: core, native model files, cosine similarity',
    source: "export { Engine, createEmbedder, importNative, cosineSimilarity } from './dist/browser/index.js';",
    loads: [CORE_KERNELS],
  },
  {
    name: '`FaceVerifier`: from photographs to a decision, all kernels',
    source: "export { FaceVerifier } from './dist/browser/index.js';",
    loads: [CORE_KERNELS, FURTHER_KERNELS, PNG],
  },
];
const TARBALL_LIMIT = 5_000_000;

/** Bundles a program into files. */
async function splitProgram(source) {
  const { build } = await import('esbuild');
  return build({
    stdin: { contents: source, resolveDir: root },
    absWorkingDir: root,
    outdir: 'build/sizes',
    bundle: true,
    splitting: true,
    metafile: true,
    write: false,
    minify: true,
    format: 'esm',
    platform: 'browser',
    legalComments: 'none',
    logLevel: 'error',
  });
}

/** Bundles a program into one file, as a page without code splitting loads it. */
export async function bundleProgram(source) {
  const { build } = await import('esbuild');
  const { outputFiles } = await build({
    stdin: { contents: source, resolveDir: root },
    absWorkingDir: root,
    bundle: true,
    write: false,
    minify: true,
    format: 'esm',
    platform: 'browser',
    legalComments: 'none',
    logLevel: 'error',
  });
  return outputFiles[0].text;
}

/** The outputs that the program imports, and those that it loads by the beginnings of their names. */
function loadedOutputs({ outputs }, names) {
  const starts = Object.keys(outputs).filter((path) => {
    const { entryPoint = '' } = outputs[path];
    return entryPoint === '<stdin>' || names.some((name) => entryPoint.startsWith(`dist/browser/${name}`));
  });
  if (starts.length <= names.length) throw new Error(`one of ${names.join(', ')} is no file of its own.`);
  const loaded = new Set();
  const add = (path) => {
    if (loaded.has(path)) return;
    loaded.add(path);
    for (const { path: to, kind } of outputs[path].imports) if (kind === 'import-statement') add(to);
  };
  for (const path of starts) add(path);
  return loaded;
}

async function programBytes({ source, loads, beyond }) {
  const { metafile, outputFiles } = await splitProgram(source);
  const loaded = loadedOutputs(metafile, loads);
  for (const path of beyond ? loadedOutputs(metafile, beyond) : []) loaded.delete(path);
  const files = outputFiles.filter(({ path }) => loaded.has(path.replace(root, '')));
  return files.reduce((total, { contents }) => total + gzipSync(contents, { level: 9 }).length, 0);
}

const kilobytes = (bytes) => `${(bytes / 1000).toFixed(1)} kB`;

async function measure() {
  const rows = [];
  for (const program of PROGRAMS) {
    rows.push({ name: program.name, bytes: await programBytes(program), limit: program.limit });
  }
  const output = execFileSync('npm', ['pack', '--json', '--dry-run'], { cwd: root, encoding: 'utf8' });
  const [{ size }] = JSON.parse(output.replace(/^[^[]*/, ''));
  for (const name of ['mobilefacenet', 'mobilefacenet-int8', 'mtcnn']) {
    rows.push({
      name: `weights/${name}.safetensors, not compressed`,
      bytes: statSync(`${root}weights/${name}.safetensors`).size,
    });
  }
  rows.push({ name: 'the packed tarball with all of these', bytes: size, limit: TARBALL_LIMIT });
  return rows;
}

function formatTable(rows) {
  const lines = rows.map(
    ({ name, bytes, limit }) => `| ${name} | ${kilobytes(bytes)} | ${limit ? kilobytes(limit) : ''} |`,
  );
  return ['| gzipped, minified | size | at most |', '| --- | --: | --: |', ...lines].join('\n');
}

function writeTable(table) {
  const path = `${root}README.md`;
  const text = readFileSync(path, 'utf8');
  const [begin, end] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`${path} has no markers for the sizes.`);
  writeFileSync(path, `${text.slice(0, begin)}${BEGIN}\n${table}\n${text.slice(end)}`);
}

if (process.argv[1] === `${root}scripts/sizes.js`) {
  execFileSync(process.execPath, [`${root}scripts/build.js`], { stdio: ['ignore', 2, 2] });
  const rows = await measure();
  const table = formatTable(rows);
  console.log(table);
  if (process.argv.includes('--write')) writeTable(table);
  const passed = rows.filter(({ bytes, limit }) => limit !== undefined && bytes > limit);
  for (const { name } of passed) console.error(`${name}: is larger than it may be.`);
  process.exitCode = passed.length > 0 ? 1 : 0;
}
