/** Runs a TypeScript entry of this checkout: `node scripts/run.js ENTRY [ARG …]`. Bundles it first where it changed. */
import { mkdirSync, readFileSync, statSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { buildKernels, buildWorker, generatedModules } from './build.js';
import { replaceFile, root } from './outputs.js';

/** A bundle is current while every file that went into it, listed beside it, is older. */
function isCurrent(outfile) {
  try {
    const builtMs = statSync(outfile).mtimeMs;
    const inputs = JSON.parse(readFileSync(`${outfile}.inputs.json`, 'utf8'));
    return inputs.every((path) => statSync(`${root}${path}`).mtimeMs <= builtMs);
  } catch {
    return false;
  }
}

async function bundle(entry, outfile) {
  const { build } = await import('esbuild');
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    entryPoints: [entry],
    outfile,
    bundle: true,
    write: false,
    metafile: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    packages: 'external',
    sourcemap: 'inline',
    alias: generatedModules,
    logLevel: 'warning',
  });
  mkdirSync(`${root}build/run`, { recursive: true });
  const inputs = [...Object.keys(metafile.inputs), 'scripts/run.js'];
  // Threads of faces run a script of their own, beside whatever starts them.
  if (inputs.includes('src/scale/faces/pool.ts') && !entry.endsWith('thread.ts')) {
    await bundle('src/scale/faces/thread.ts', `${root}build/run/faceThread.js`);
  }
  replaceFile(outfile, outputFiles[0].contents);
  replaceFile(`${outfile}.inputs.json`, JSON.stringify(inputs));
}

const [entry] = process.argv.splice(2, 1);
await buildKernels();
await buildWorker();
const outfile = `${root}build/run/${entry.replaceAll('/', '-').replace(/\.ts$/, '')}.js`;
if (!isCurrent(outfile)) await bundle(entry, outfile);
process.argv[1] = outfile;
process.setSourceMapsEnabled(true);
await import(pathToFileURL(outfile).href);
