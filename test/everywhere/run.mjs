/** The conformance body on Node and its like: `run.mjs CHECKOUT`, from a folder where the package is installed. */
import { readFile } from 'node:fs/promises';
import * as library from 'mobilefacenet';
import { conform } from './conformance.js';

const [checkout] = process.argv.slice(2);
const result = await conform(library, (name) => readFile(`${checkout}/${name}`), { threads: 2 });
console.log(JSON.stringify(result));
