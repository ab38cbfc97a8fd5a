/** The package as it is installed beside the tests. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const installed = new URL('../node_modules/mobilefacenet/', import.meta.url);

/** The command line. */
export const program = fileURLToPath(new URL('dist/cli.js', installed));

export function readSample(name) {
  return readFileSync(new URL(`samples/${name}`, installed));
}
