/** Runs a TypeScript entry of this checkout: `node scripts/run.js ENTRY [ARG …]`. Bundles it first where it changed. */
import { fileURLToPath, pathToFileURL } from 'node:url';
import { buildKernels } from './build.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const [entry] = process.argv.splice(2, 1);
await buildKernels();
const outfile = `${root}build/run/${entry.replaceAll('/', '-').replace(/\.ts$/, '')}.js`;
const { build } = await import('esbuild');
await build({
  absWorkingDir: root,
  entryPoints: [entry],
  outfile,
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  packages: 'external',
  sourcemap: true,
  alias: { '#kernels': `${root}build/kernels/inline.js` },
  logLevel: 'warning',
});
process.argv[1] = outfile;
process.setSourceMapsEnabled(true);
await import(pathToFileURL(outfile).href);
