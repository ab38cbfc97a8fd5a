/** Images named on the command line: files, folders with all images below them, and patterns with `*`, `?` and `**`. */
import { readdir, stat } from 'node:fs/promises';
import { basename, join, relative, sep } from 'node:path';
import { InputError } from '../errors.js';

/** An image that the arguments name. */
export interface NamedImage {
  readonly path: string;
  /** Its path below the folder that was named, or its file name. */
  readonly name: string;
}

const IMAGE_ENDING = /\.(jpe?g|png)$/i;
const PATTERN = /[*?]/;

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (stats) => stats.isDirectory(),
    () => false,
  );
}

/** All images below a folder, sorted by path. */
async function imagesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => !entry.isDirectory() && IMAGE_ENDING.test(entry.name));
  return files.map((entry) => join(entry.parentPath ?? entry.path, entry.name)).sort();
}

/** `**` crosses folders; `*` and `?` do not. */
function patternExpression(pattern: string): RegExp {
  const source = pattern.replace(/\*\*\/?|\*|\?|[.+^${}()|[\]\\]/g, (found) => {
    if (found === '**/') return '(?:.*/)?';
    if (found === '**') return '.*';
    if (found === '*') return '[^/]*';
    return found === '?' ? '[^/]' : `\\${found}`;
  });
  return new RegExp(`^${source}$`);
}

async function matchingImages(pattern: string): Promise<NamedImage[]> {
  const parts = pattern.split('/');
  const fixed = parts.slice(
    0,
    parts.findIndex((part) => PATTERN.test(part)),
  );
  const folder = fixed.join('/') || (pattern.startsWith('/') ? '/' : '.');
  const expression = patternExpression(parts.slice(fixed.length).join('/'));
  const files = (await isFolder(folder)) ? await imagesBelow(folder) : [];
  const named = files.map((path) => ({ path, name: relative(folder, path).split(sep).join('/') }));
  return named.filter(({ name }) => expression.test(name));
}

/**
 * The images that the arguments name, in their order. A name of an existing file is never a pattern.
 * Throws InputError NO_IMAGES for a folder or pattern without any.
 */
export async function expandImages(args: readonly string[]): Promise<NamedImage[]> {
  const images: NamedImage[] = [];
  for (const path of args) {
    const folder = await isFolder(path);
    const isPattern = !folder && PATTERN.test(path) && !(await stat(path).catch(() => undefined));
    if (!folder && !isPattern) {
      images.push({ path, name: basename(path) });
      continue;
    }
    const found = folder
      ? (await imagesBelow(path)).map((file) => ({ path: file, name: relative(path, file).split(sep).join('/') }))
      : await matchingImages(path);
    if (found.length === 0) {
      throw new InputError('NO_IMAGES', `${path}: holds no image; accepted are .jpg, .jpeg and .png files.`);
    }
    images.push(...found);
  }
  return images;
}
