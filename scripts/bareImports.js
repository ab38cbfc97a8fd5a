/**
 * Drops imports that import nothing. A bundle that is split imports each chunk that any of its modules named, also for
 * nothing; the package has no side effects, and bundlers of its users warn of every such import.
 */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { root } from './outputs.js';

/** The statement in minified code that imports nothing from a chunk beside the file. */
const bareImport = (path) => `import"./${basename(path)}";`;

/**
 * Rewrites the outputs of one build by its metafile, and removes those that nothing imports any more. A chunk without
 * exports that is not empty could be there for its effect alone: that is an error.
 */
export function dropBareImports({ outputs }) {
  const imported = new Set(Object.keys(outputs).filter((path) => outputs[path].entryPoint !== undefined));
  for (const [path, { imports }] of Object.entries(outputs)) {
    let text = readFileSync(`${root}${path}`, 'utf8');
    for (const { path: chunk, external } of imports) {
      if (external) continue;
      const shorter = text.replace(bareImport(chunk), '');
      if (shorter === text) imported.add(chunk);
      text = shorter;
    }
    writeFileSync(`${root}${path}`, text);
  }
  for (const [path, { exports, inputs }] of Object.entries(outputs)) {
    if (imported.has(path)) continue;
    const sizes = Object.values(inputs).map(({ bytesInOutput }) => bytesInOutput);
    if (exports.length === 0 && sizes.some((size) => size > 0))
      throw new Error(`${path}: only its effect is imported.`);
    rmSync(`${root}${path}`);
  }
}
