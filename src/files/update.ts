/** A file changed by one program at a time: read, changed and written under a lock, so that no change is lost. */
import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { InputError } from '../errors.js';
import { readInputFile } from './local.js';
import { fileExists, followLinks, partName, replaceFile, unwritable } from './writing.js';

/** How long a lock is waited for, and after which time one of another machine counts as left behind. */
const WAIT_MS = 30_000;
const STALE_MS = 60_000;
const LOOK_AGAIN_MS = 20;

/** Files with faces in them are for their owner alone. */
const PRIVATE = 0o600;

/** A change that was written. */
export interface Update {
  /** Other hard links to the file that was replaced: they keep the old content. */
  readonly otherLinks: number;
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Whether whoever made a lock is gone. */
async function isLeftBehind(lock: string): Promise<boolean> {
  try {
    const [pid, host] = (await readFile(lock, 'utf8')).split('\n');
    if (host === hostname() && pid) return !isRunning(Number(pid));
    return Date.now() - (await stat(lock)).mtimeMs > STALE_MS;
  } catch {
    return false;
  }
}

async function tryLock(lock: string, token: string): Promise<boolean> {
  try {
    await writeFile(lock, token, { flag: 'wx', mode: PRIVATE });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Takes away a lock that was left behind; one at a time, so that nobody takes away the next one's. */
async function breakLock(lock: string): Promise<void> {
  const breaking = `${lock}.break`;
  if (!(await tryLock(breaking, `${process.pid}\n${hostname()}`))) {
    if (await isLeftBehind(breaking)) await rm(breaking, { force: true });
    return;
  }
  try {
    if (await isLeftBehind(lock)) await rm(lock, { force: true });
  } finally {
    await rm(breaking, { force: true });
  }
}

/** Throws InputError LOCKED where another program keeps the lock too long. */
async function takeLock(target: string, token: string): Promise<string> {
  const lock = `${target}.lock`;
  const end = Date.now() + WAIT_MS;
  while (!(await tryLock(lock, token))) {
    if (await isLeftBehind(lock)) await breakLock(lock);
    else if (Date.now() > end) {
      throw new InputError('LOCKED', `${target}: another program is writing it; remove ${lock} if there is none.`);
    }
    await delay(LOOK_AGAIN_MS * (1 + Math.random()));
  }
  return lock;
}

/** Removes what programs that were killed while writing left beside a file; its lock must be held. */
async function removeParts(target: string): Promise<void> {
  const folder = dirname(target);
  const name = basename(target);
  for (const entry of await readdir(folder)) {
    const isPart = entry.startsWith(`${name}.`) && /^[0-9a-f]{12}\.part$/.test(entry.slice(name.length + 1));
    if (isPart) await rm(join(folder, entry), { force: true });
  }
}

/**
 * Changes a file that several programs may change at once: `change` gets what it holds, or undefined where there is
 * none, and gives what it is to hold. A kill leaves the old content or the new. A new file is for its owner alone;
 * another keeps its mode and owner, and symbolic links are followed.
 * Throws InputError LOCKED where another program writes it too long, CHANGED where one without a lock did meanwhile,
 * FILE_UNWRITABLE, and what reading and `change` throw.
 */
export async function updateFile(
  path: string,
  change: (bytes: Uint8Array | undefined) => Promise<Uint8Array>,
): Promise<Update> {
  const target = await followLinks(path).catch((cause) => Promise.reject(unwritable(path, cause)));
  const token = `${process.pid}\n${hostname()}\n${partName('')}`;
  const lock = await takeLock(target, token).catch((cause) => Promise.reject(unwritable(path, cause)));
  try {
    await removeParts(target);
    const before = (await fileExists(target)) ? await readInputFile(target) : undefined;
    const after = await change(before);
    const check = async (): Promise<void> => {
      const now = (await fileExists(target)) ? await readInputFile(target) : undefined;
      const isSame = now && before ? Buffer.compare(now, before) === 0 : now === before;
      if (isSame && (await readFile(lock, 'utf8').catch(() => '')) === token) return;
      throw new InputError('CHANGED', `${path}: was changed by another program meanwhile; try again.`);
    };
    const otherLinks = await replaceFile(target, after, PRIVATE, check).catch((cause) =>
      Promise.reject(unwritable(path, cause)),
    );
    return { otherLinks };
  } finally {
    if ((await readFile(lock, 'utf8').catch(() => '')) === token) await rm(lock, { force: true });
  }
}
