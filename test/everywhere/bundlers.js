/** Bundlers with as few settings as their users need: each writes the page or program below `folder` into `out`. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import commonjs from '@rollup/plugin-commonjs';
import { nodeResolve } from '@rollup/plugin-node-resolve';
import { build as esbuild } from 'esbuild';
import { rollup } from 'rollup';
import { build as vite } from 'vite';
import webpack from 'webpack';
import { programOf, runProgram } from './programs.js';

function writePage(out, script) {
  writeFileSync(
    join(out, 'index.html'),
    `<!doctype html><title>test</title><script type="module" src="${script}"></script>\n`,
  );
}

/** By name: a function of the folder with `page.js` and its `node_modules`, and of the folder to write into. */
export const BUNDLERS = {
  async Vite(folder, out) {
    writePage(folder, './page.js');
    await vite({ root: folder, base: './', logLevel: 'error', build: { outDir: out, emptyOutDir: true } });
  },

  async webpack(folder, out) {
    const compiler = webpack({ mode: 'production', context: folder, entry: './page.js', output: { path: out } });
    const stats = await new Promise((resolve, reject) => {
      compiler.run((error, result) => (error ? reject(error) : resolve(result)));
    });
    if (stats.hasErrors()) throw new Error(stats.toString('errors-only'));
    writePage(out, './main.js');
  },

  async esbuild(folder, out) {
    const entryPoints = [join(folder, 'page.js')];
    await esbuild({ entryPoints, bundle: true, format: 'esm', outdir: out, minify: true, logLevel: 'error' });
    writePage(out, './page.js');
  },

  async rollup(folder, out) {
    const bundle = await rollup({
      input: join(folder, 'page.js'),
      plugins: [nodeResolve({ browser: true }), commonjs()],
    });
    await bundle.write({ dir: out, format: 'es' });
    await bundle.close();
    writePage(out, './page.js');
  },

  async 'bun build'(folder, out) {
    await runProgram(programOf('bun'), ['build', 'page.js', '--outdir', out, '--target', 'browser'], { cwd: folder });
    writePage(out, './page.js');
  },
};

/** A program for Node in one file, from `run.mjs`. */
export async function bundleForNode(folder, outfile) {
  const entryPoints = [join(folder, 'run.mjs')];
  await esbuild({ entryPoints, bundle: true, format: 'esm', platform: 'node', outfile, logLevel: 'error' });
}
