/** Images named on the command line: files, folders with all images below them, and patterns like a shell's. */
import { readdir } from 'node:fs/promises';
import { basename, join, relative, sep } from 'node:path';
import picomatch from 'picomatch';
import { InputError } from '../errors.js';
import { isPictureName, PICTURE_ENDINGS } from '../image/pictureFormats.js';
import { fileExists, isFolder } from './writing.js';

/** An image that the arguments name. */
export interface NamedImage {
  readonly path: string;
  /** Its path below the folder that was named, or its file name. */
  readonly name: string;
}

/** Names with parentheses are common, and no patterns. */
const SCAN = { noparen: true };

/** All images below a folder, sorted by path. */
async function imagesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => !entry.isDirectory() && isPictureName(entry.name));
  return files.map((entry) => join(entry.parentPath ?? entry.path, entry.name)).sort();
}

/** The images that a pattern matches, below its part without wildcards. */
async function matchingImages(pattern: string): Promise<NamedImage[]> {
  const { base, glob } = picomatch.scan(pattern, SCAN);
  const folder = base.replace(/\\(.)/g, '$1') || '.';
  const matches = picomatch(glob, { posix: true });
  const files = (await isFolder(folder)) ? await imagesBelow(folder) : [];
  const named = files.map((path) => ({ path, name: relative(folder, path).split(sep).join('/') }));
  return named.filter(({ name }) => matches(name));
}

/**
 * The images that the arguments name, in their order. A name of an existing file is never a pattern.
 * Throws InputError NO_IMAGES for a folder or pattern without any.
 */
export async function expandImages(args: readonly string[]): Promise<NamedImage[]> {
  const images: NamedImage[] = [];
  for (const path of args) {
    const folder = await isFolder(path);
    const isPattern = !folder && picomatch.scan(path, SCAN).isGlob && !(await fileExists(path));
    if (!folder && !isPattern) {
      images.push({ path, name: basename(path) });
      continue;
    }
    const found = folder
      ? (await imagesBelow(path)).map((file) => ({ path: file, name: relative(path, file).split(sep).join('/') }))
      : await matchingImages(path);
    if (found.length === 0) {
      throw new InputError(
        'NO_IMAGES',
        `${path}: holds no image; accepted are files named ${PICTURE_ENDINGS.join(', ')}.`,
      );
    }
    images.push(...found);
  }
  return images;
}
