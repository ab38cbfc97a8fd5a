/**
 * Bundlers with as few settings as their users need: each writes the page or program below `folder` into `out`. A
 * warning is a failure: users would see it.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import commonjs from '@rollup/plugin-commonjs';
import { nodeResolve } from '@rollup/plugin-node-resolve';
import { build as esbuild } from 'esbuild';
import { rollup } from 'rollup';
import { createLogger, build as vite } from 'vite';
import webpack from 'webpack';
import { programOf, runProgram } from './programs.js';

function writePage(out, script) {
  writeFileSync(
    join(out, 'index.html'),
    `<!doctype html><title>test</title><script type="module" src="${script}"></script>\n`,
  );
}

function refuse(warnings) {
  if (warnings.length > 0)
    throw new Error(`it warns: ${warnings.map((warning) => warning.message ?? warning.text ?? warning).join(' | ')}`);
}

/** By name: a function of the folder with `page.js` and its `node_modules`, and of the folder to write into. */
export const BUNDLERS = {
  async Vite(folder, out) {
    writePage(folder, './page.js');
    const warnings = [];
    const customLogger = createLogger('error');
    customLogger.warn = (message) => warnings.push(message);
    await vite({
      root: folder,
      base: './',
      logLevel: 'error',
      customLogger,
      build: { outDir: out, emptyOutDir: true },
    });
    refuse(warnings);
  },

  async webpack(folder, out) {
    // Its advice on sizes is for a page's author, and would hide what it says about the package.
    const settings = { mode: 'production', entry: './page.js', performance: false };
    const compiler = webpack({ ...settings, context: folder, output: { path: out } });
    const stats = await new Promise((resolve, reject) => {
      compiler.run((error, result) => (error ? reject(error) : resolve(result)));
    });
    if (stats.hasErrors()) throw new Error(stats.toString('errors-only'));
    refuse(stats.toJson({ all: false, warnings: true }).warnings);
    writePage(out, './main.js');
  },

  async esbuild(folder, out) {
    const entryPoints = [join(folder, 'page.js')];
    const settings = { bundle: true, format: 'esm', minify: true, logLevel: 'error' };
    refuse((await esbuild({ entryPoints, outdir: out, ...settings })).warnings);
    writePage(out, './page.js');
  },

  async rollup(folder, out) {
    const warnings = [];
    const bundle = await rollup({
      input: join(folder, 'page.js'),
      plugins: [nodeResolve({ browser: true }), commonjs()],
      onwarn: (warning) => warnings.push(warning),
    });
    await bundle.write({ dir: out, format: 'es' });
    await bundle.close();
    refuse(warnings);
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
  const settings = { bundle: true, format: 'esm', platform: 'node', logLevel: 'error' };
  refuse((await esbuild({ entryPoints, outfile, ...settings })).warnings);
}
