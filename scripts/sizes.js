/**
 * `npm run sizes [-- --write]`: bundles what programs import, minified and gzipped, and prints the sizes beside that of
 * the packed tarball; with --write the table goes into the README. The exit code is 1 where a limit is passed.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { root } from './outputs.js';

const BEGIN = '<!-- sizes: npm run sizes -->';
const END = '<!-- /sizes -->';

/** What is measured: a program of one import, or a file. */
const PROGRAMS = [
  {
    name: 'core: the engine, both builds of the kernels, worker script',
    source: "export { Engine } from './dist/browser/engine.js';",
    limit: 60_000,
  },
  {
    name: 'embedding aligned crops: engine, native model files, cosine similarity',
    source: "export { Engine, createEmbedder, importNative, cosineSimilarity } from './dist/browser/index.js';",
  },
  {
    name: '`FaceVerifier`: from photographs to a decision',
    source: "export { FaceVerifier } from './dist/browser/index.js';",
  },
];
const TARBALL_LIMIT = 5_000_000;

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

const kilobytes = (bytes) => `${(bytes / 1000).toFixed(1)} kB`;

async function measure() {
  const rows = [];
  for (const { name, source, limit } of PROGRAMS) {
    const text = await bundleProgram(source);
    rows.push({ name, bytes: gzipSync(text, { level: 9 }).length, limit });
  }
  const output = execFileSync('npm', ['pack', '--json', '--dry-run'], { cwd: root, encoding: 'utf8' });
  const [{ size }] = JSON.parse(output.replace(/^[^[]*/, ''));
  for (const name of ['mobilefacenet', 'mtcnn']) {
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
