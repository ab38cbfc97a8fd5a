/** Removes type declarations that no entry of the package leads to: they are most of all, and nobody can import them. */
import { existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { root } from './outputs.js';

const IMPORT = /(?:from|import)\s*\(?\s*['"](\.[^'"]+)['"]/g;

function filesOf(folder) {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? filesOf(path) : [path];
  });
}

/** Adds a declaration and what it imports, directly or through others. */
function reach(path, reached) {
  if (reached.has(path)) return;
  if (!existsSync(path)) throw new Error(`${path}: is imported by a declaration and missing.`);
  reached.add(path);
  for (const [, name] of readFileSync(path, 'utf8').matchAll(IMPORT)) {
    reach(join(dirname(path), name.replace(/\.js$/, '.d.ts')), reached);
  }
}

/** Everything that package.json names within the folder stays, with all that it imports. */
export function pruneDeclarations(folder) {
  const named = JSON.stringify(JSON.parse(readFileSync(`${root}package.json`, 'utf8')).exports);
  const reached = new Set();
  for (const [path] of named.matchAll(/\.\/dist\/types\/[^"]+\.d\.ts/g)) reach(join(root, path), reached);
  for (const path of filesOf(join(root, folder))) if (!reached.has(path)) rmSync(path);
}
