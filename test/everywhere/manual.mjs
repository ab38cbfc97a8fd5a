/** The conformance body on the entry without kernels, which are read and compiled here: `manual.mjs CHECKOUT`. */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import * as library from 'mobilefacenet/manual';
import { conform } from './conformance.js';

const [checkout] = process.argv.slice(2);
const compile = async (name) => {
  const path = fileURLToPath(import.meta.resolve(`mobilefacenet/kernels/${name}.wasm`));
  return WebAssembly.compile(await readFile(path));
};
const binaries = { core: { plain: await compile('core-plain') }, further: { plain: () => compile('further-plain') } };
const open = (name) => readFile(`${checkout}/${name}`);
console.log(JSON.stringify(await conform(library, open, { threads: 2, engineOptions: { binaries } })));
