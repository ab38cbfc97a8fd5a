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
 * Rewrites the outputs of one build by its metafile, removes those that nothing imports any more, and gives the
 * metafile's outputs as they are then. A chunk without exports that is not empty could be there for its effect alone:
 * that is an error.
 */
export function dropBareImports({ outputs }) {
  const imported = new Set(Object.keys(outputs).filter((path) => outputs[path].entryPoint !== undefined));
  const rewritten = Object.entries(outputs).map(([path, output]) => {
    let text = readFileSync(`${root}${path}`, 'utf8');
    const imports = output.imports.filter(({ path: chunk, external }) => {
      if (external) return true;
      const shorter = text.replace(bareImport(chunk), '');
      const isBare = shorter !== text;
      if (!isBare) imported.add(chunk);
      text = shorter;
      return !isBare;
    });
    writeFileSync(`${root}${path}`, text);
    return [path, { ...output, imports }];
  });
  return Object.fromEntries(
    rewritten.filter(([path, { exports, inputs }]) => {
      if (imported.has(path)) return true;
      const sizes = Object.values(inputs).map(({ bytesInOutput }) => bytesInOutput);
      if (exports.length === 0 && sizes.some((size) => size > 0))
        throw new Error(`${path}: only its effect is imported.`);
      rmSync(`${root}${path}`);
      return false;
    }),
  );
}
