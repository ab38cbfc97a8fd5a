/**
 * Writes test/golden/outputs/tflite.json: what LiteRT.js makes of every case of tfliteCases.ts. Needs
 * `npm ci --ignore-scripts --prefix test/golden`; run it with `node scripts/run.js test/golden/liteRt.ts`.
 */
import { copyFileSync, mkdtempSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { tfliteFile } from '../formats/tflite/flatBufferFile.js';
import { quantisedTfliteCases, tfliteCases, tfliteInput } from './tfliteCases.js';

const require = createRequire(resolve('test/golden/package.json'));
const folder = dirname(require.resolve('@litertjs/core/package.json'));

/** Starts LiteRT.js, whose loader expects a web worker and whose glue is CommonJS in a package of modules. */
async function start() {
  const lite = await import(pathToFileURL(require.resolve('@litertjs/core')).href);
  const scope = globalThis as Record<string, unknown>;
  scope.self = globalThis;
  scope.importScripts = (path: string) => {
    const copy = join(mkdtempSync(join(tmpdir(), 'litert-')), `${basename(path, '.js')}.cjs`);
    copyFileSync(path, copy);
    const locateFile = (file: string) => join(folder, 'wasm', file);
    Object.assign(globalThis, { ModuleFactory: require(copy), Module: { locateFile } });
  };
  await lite.loadLiteRt(`${join(folder, 'wasm')}/`, { threads: false });
  return lite;
}

/** Seven digits, which is what float32 has. */
function rounded(value: number): number {
  return Number(value.toPrecision(8));
}

const lite = await start();
const stored: Record<string, readonly (readonly number[])[]> = {};
for (const { name, content } of [...tfliteCases, ...quantisedTfliteCases]) {
  const model = await lite.loadAndCompile(tfliteFile(content), { cpuOptions: { numThreads: 1 } });
  const inputs = content.inputs.map((index, at) => {
    const { shape } = content.tensors[index]!;
    const length = shape.reduce((product, side) => product * side, 1);
    return new lite.Tensor(
      Float32Array.from({ length }, (_, place) => tfliteInput(place, at)),
      [...shape],
    );
  });
  const outputs: readonly { data(): Promise<ArrayLike<number>> }[] = await model.run(inputs);
  const names: readonly string[] = model.getOutputDetails().map((detail: { name: string }) => detail.name);
  const values = await Promise.all(outputs.map(async (output) => Array.from(await output.data(), rounded)));
  stored[name] = content.outputs.map((index) => values[names.indexOf(`t${index}`)]!);
}
writeFileSync('test/golden/outputs/tflite.json', `${JSON.stringify(stored)}\n`);
process.exit(0);
