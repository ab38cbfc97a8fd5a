/**
 * Merges the chunks of a split bundle. esbuild makes a chunk of whatever one set of entries shares; there are dozens,
 * and a runtime takes longer to open a file than to parse its few kilobytes.
 */
import { rmSync } from 'node:fs';
import { basename } from 'node:path';
import { dropBareImports } from './bareImports.js';
import { root } from './outputs.js';

const SPLIT = 'build/split';

/** Chunks that the file `entry` imports on loading, directly or through others. */
function chunksOf(entry, outputs) {
  const found = new Set();
  const visit = (path) => {
    for (const { path: imported, kind, external } of outputs[path].imports) {
      if (external || kind === 'dynamic-import' || found.has(imported)) continue;
      if (outputs[imported].entryPoint !== undefined) throw new Error(`${path}: imports the entry ${imported}.`);
      found.add(imported);
      visit(imported);
    }
  };
  visit(entry);
  return found;
}

/** Groups of chunks, for each of the given entries those that it loads and no entry before it does. */
function groupChunks(entries, outputs) {
  const taken = new Set();
  return entries.flatMap((entry) => {
    const chunks = [...chunksOf(entry, outputs)].filter((path) => !taken.has(path)).sort();
    for (const path of chunks) taken.add(path);
    return chunks.length > 0 ? [{ name: basename(entry, '.js'), chunks }] : [];
  });
}

/** What a chunk's export is called in the file that the chunk is part of. */
const mergedName = (chunk, name) => `${name}_${chunk}`;

/** Leads imports of merged chunks to the files that they are part of; `isInside` says what becomes part of the outputs. */
function mergedImports(merged, isInside = () => false) {
  return {
    name: 'merged-imports',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /.*/ }, ({ path, kind }) => {
        if (kind === 'entry-point') return undefined;
        const name = basename(path);
        if (kind === 'dynamic-import' || !path.startsWith('./')) return { path, external: true };
        if (merged.has(name)) return { path: name, namespace: 'merged' };
        return isInside(name) ? { path: `${root}${SPLIT}/${name}` } : { path, external: true };
      });
      onLoad({ filter: /.*/, namespace: 'merged' }, ({ path }) => {
        const { chunk, exports, file } = merged.get(path);
        const names = exports.map((name) => `${mergedName(chunk, name)} as ${name}`);
        return { contents: `export {${names}} from './${file}';` };
      });
    },
  };
}

/** Writes a group's chunks as one file, and gives each chunk's place in it by the chunk's name. */
async function mergeGroup(build, options, { name, chunks }, outputs, merged) {
  const names = chunks.map((path) => basename(path));
  const contents = chunks.map((path, chunk) => {
    const exports = outputs[path].exports.map((each) => `${each} as ${mergedName(chunk, each)}`);
    return `export {${exports}} from './${names[chunk]}';`;
  });
  const { metafile } = await build({
    ...options,
    metafile: true,
    entryNames: `shared-${name}-[hash]`,
    stdin: { contents: contents.join('\n'), resolveDir: `${root}${SPLIT}` },
    plugins: [mergedImports(merged, (file) => names.includes(file))],
  });
  const [file] = Object.keys(metafile.outputs).map((path) => basename(path));
  return chunks.map((path, chunk) => [names[chunk], { chunk, exports: outputs[path].exports, file }]);
}

/**
 * Bundles as esbuild's `build` does with `options`, into few files: of the chunks that an entry of `order` loads, those
 * that no entry before it does become one. Gives the paths of all files that went in.
 */
export async function buildMerged(build, options, order) {
  rmSync(`${root}${SPLIT}`, { recursive: true, force: true });
  const { metafile } = await build({ ...options, outdir: SPLIT, splitting: true, metafile: true });
  const outputs = dropBareImports(metafile);
  const entries = order.map((name) => `${SPLIT}/${name}.js`);
  const { plugins: _plugins, alias: _alias, entryPoints: _entries, chunkNames: _names, ...again } = options;
  const merged = new Map();
  for (const group of groupChunks(entries, outputs)) {
    for (const [name, place] of await mergeGroup(build, again, group, outputs, merged)) merged.set(name, place);
  }
  const entryPoints = Object.keys(outputs).filter((path) => !merged.has(basename(path)));
  await build({ ...again, entryPoints, plugins: [mergedImports(merged)] });
  return Object.keys(metafile.inputs);
}
