/** What ships beside the program: default weights, samples and the package's own description. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { InputError } from '../errors.js';

const NAME = 'mobilefacenet';

function readPackage(folder: string): { readonly name?: string; readonly version?: string } {
  const path = join(folder, 'package.json');
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : {};
}

/** The folder of this package: the nearest above this file with its package.json. */
function findRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (readPackage(folder).name !== NAME) {
    const parent = dirname(folder);
    if (parent === folder) {
      throw new InputError('PACKAGE_INCOMPLETE', `the package.json of ${NAME} is missing; install the package again.`);
    }
    folder = parent;
  }
  return folder;
}

/** The version in package.json. */
export function packageVersion(): string {
  return readPackage(findRoot()).version!;
}

/** The path of a file that ships with the package. Throws InputError PACKAGE_INCOMPLETE where it is missing. */
export function packageFile(path: string): string {
  const file = join(findRoot(), path);
  if (existsSync(file)) return file;
  throw new InputError('PACKAGE_INCOMPLETE', `${path} of the package ${NAME} is missing; install the package again.`);
}
