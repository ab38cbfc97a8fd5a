/** Files named on the command line: read with clear errors, written so that no half-written file is ever left. */
import { randomBytes } from 'node:crypto';
import { mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { InputError } from '../errors.js';

/** Bytes of a file that are read: models and photographs are smaller. */
const LARGEST_FILE = 2 ** 30;

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'permission is denied',
  EPERM: 'permission is denied',
  ENOSPC: 'the disk is full',
  EROFS: 'the file system is read-only',
  EISDIR: 'it is a folder',
  ENOTDIR: 'a part of its path is no folder',
  ENAMETOOLONG: 'its name is too long',
  EMFILE: 'too many files are open',
};

function reasonOf(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code ?? 'unknown';
  return REASONS[code] ?? `the system says ${code}`;
}

function isMissing(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOENT' || code === 'ENOTDIR';
}

/** True where a path leads to anything. */
export async function fileExists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    (error) => !isMissing(error),
  );
}

/** True where a path leads to a folder. */
export async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (stats) => stats.isDirectory(),
    () => false,
  );
}

/**
 * Reads a file whole. `hint` ends the sentence for a missing one.
 * Throws InputError FILE_NOT_FOUND, FILE_TOO_LARGE, NOT_A_FILE or FILE_UNREADABLE.
 */
export async function readInputFile(path: string, hint = 'the path of a file is needed'): Promise<Uint8Array> {
  try {
    const stats = await stat(path);
    if (stats.isDirectory()) throw new InputError('NOT_A_FILE', `${path}: is a folder; ${hint}.`);
    if (stats.size > LARGEST_FILE) {
      const message = `${path}: has ${stats.size} bytes; at most ${LARGEST_FILE} are read.`;
      throw new InputError('FILE_TOO_LARGE', message);
    }
    return new Uint8Array(await readFile(path));
  } catch (cause) {
    if (cause instanceof InputError) throw cause;
    if (isMissing(cause)) throw new InputError('FILE_NOT_FOUND', `${path}: does not exist; ${hint}.`, { cause });
    throw new InputError('FILE_UNREADABLE', `${path}: cannot be read: ${reasonOf(cause)}.`, { cause });
  }
}

/**
 * Writes a file by way of a temporary one beside it, so that a failure leaves what was there before.
 * Throws InputError FILE_UNWRITABLE.
 */
export async function writeOutputFile(path: string, bytes: Uint8Array): Promise<void> {
  const temporary = `${path}.${randomBytes(6).toString('hex')}.part`;
  try {
    await mkdir(dirname(path), { recursive: true });
    const file = await open(temporary, 'wx');
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => {});
    throw new InputError('FILE_UNWRITABLE', `${path}: cannot be written: ${reasonOf(cause)}.`, { cause });
  }
}
