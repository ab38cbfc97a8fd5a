/** Files written so that none is ever half there: beside their place, synced, then renamed into it. */
import { randomBytes } from 'node:crypto';
import type { Stats } from 'node:fs';
import { type FileHandle, lstat, mkdir, open, readlink, realpath, rename, rm, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { InputError } from '../errors.js';
import { isMissing, reasonOf } from './local.js';

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

/** Links that are followed one after the other, as systems do. */
const MOST_LINKS = 40;

/** The path that links lead to, whether or not there is a file. */
export async function followLinks(path: string): Promise<string> {
  let place = resolve(path);
  for (let links = 0; links < MOST_LINKS; links++) {
    const real = await realpath(place).catch((error) => (isMissing(error) ? undefined : Promise.reject(error)));
    if (real !== undefined) return real;
    const isLink = await lstat(place).then(
      (stats) => stats.isSymbolicLink(),
      () => false,
    );
    if (!isLink) return place;
    place = resolve(dirname(place), await readlink(place));
  }
  throw Object.assign(new Error('too many links'), { code: 'ELOOP' });
}

/** The name of the file that becomes the one at `path`. */
export function partName(path: string): string {
  return `${path}.${randomBytes(6).toString('hex')}.part`;
}

/** Gives a new file the mode and, where that is allowed, the owner of the one that it replaces. */
async function keepRights(file: FileHandle, kept: Stats): Promise<void> {
  const { uid, gid } = await file.stat();
  if (uid !== kept.uid || gid !== kept.gid) await file.chown(kept.uid, kept.gid).catch(() => {});
  await file.chmod(kept.mode & 0o7777);
}

async function writeSynced(part: string, bytes: Uint8Array, mode: number, kept: Stats | undefined): Promise<void> {
  const file = await open(part, 'wx', kept ? 0o600 : mode);
  try {
    if (kept) await keepRights(file, kept);
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Makes a folder's entries survive a loss of power; systems that cannot sync folders do so without. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => undefined);
  await handle?.sync().catch(() => {});
  await handle?.close();
}

async function existing(path: string): Promise<Stats | undefined> {
  try {
    const stats = await stat(path);
    if (stats.isFile()) return stats;
    throw Object.assign(new Error(stats.isDirectory() ? 'it is a folder' : 'it is no regular file'));
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/**
 * Writes bytes to a path that is not a link, by way of a file beside it; `check` is asked just before it takes its
 * place. An existing file's mode and owner are kept. Gives how many other hard links keep the old content.
 */
export async function replaceFile(
  target: string,
  bytes: Uint8Array,
  mode: number,
  check: () => Promise<void> = async () => {},
): Promise<number> {
  const part = partName(target);
  const kept = await existing(target);
  try {
    await writeSynced(part, bytes, mode, kept);
    await check();
    await rename(part, target);
  } catch (error) {
    await rm(part, { force: true }).catch(() => {});
    throw error;
  }
  await syncFolder(dirname(target));
  return kept ? kept.nlink - 1 : 0;
}

/** The error of a file that cannot be written. */
export function unwritable(path: string, cause: unknown): InputError {
  if (cause instanceof InputError) return cause;
  return new InputError('FILE_UNWRITABLE', `${path}: cannot be written: ${reasonOf(cause)}.`, { cause });
}

/**
 * Writes a file whole or not at all: a failure leaves what was there before. Symbolic links are followed, and an
 * existing file keeps its mode and owner. Throws InputError FILE_UNWRITABLE.
 */
export async function writeOutputFile(path: string, bytes: Uint8Array): Promise<void> {
  try {
    const target = await followLinks(path);
    await mkdir(dirname(target), { recursive: true });
    await replaceFile(target, bytes, 0o666);
  } catch (cause) {
    throw unwritable(path, cause);
  }
}
