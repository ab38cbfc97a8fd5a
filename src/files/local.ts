/** Files by their paths, where there is a file system: regular ones alone, whole, and bounded. */
import type * as NodeFiles from 'node:fs/promises';
import { builtin } from '../builtin.js';
import { InputError } from '../errors.js';
import { checkLength, joinPieces, type ReadOptions } from './bounded.js';

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'permission is denied',
  EPERM: 'permission is denied',
  ENOSPC: 'the disk is full',
  EROFS: 'the file system is read-only',
  EISDIR: 'it is a folder',
  ENOTDIR: 'a part of its path is no folder',
  ENAMETOOLONG: 'its name is too long',
  EMFILE: 'too many files are open',
  ELOOP: 'its links lead in a circle',
  ERR_ACCESS_DENIED: 'permission is denied',
  ERR_INVALID_ARG_VALUE: 'its name holds a zero byte',
};

/** Why the system refuses a file, in words. */
export function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return REASONS[code ?? ''] ?? (code === undefined ? message : `the system says ${code}`);
}

/** Whether the system says that there is nothing at a path. */
export function isMissing(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOENT' || code === 'ENOTDIR';
}

async function* piecesOfFile(file: NodeFiles.FileHandle, sizeBytes: number): AsyncGenerator<Uint8Array> {
  // One byte more than it has, so that the end of a file that does not grow is seen in the first read.
  let length = sizeBytes + 1;
  for (;;) {
    const { bytesRead, buffer } = await file.read(new Uint8Array(length), 0, length, null);
    if (bytesRead === 0) return;
    yield buffer.subarray(0, bytesRead);
    length = 1 << 16;
  }
}

async function readOpened(file: NodeFiles.FileHandle, hint: string, options: ReadOptions) {
  const stats = await file.stat();
  if (!stats.isFile()) {
    const found = stats.isDirectory() ? 'is a folder' : 'is no regular file';
    throw new InputError('NOT_A_FILE', `${options.where}: ${found}; ${hint}.`);
  }
  checkLength(stats.size, options);
  return joinPieces(piecesOfFile(file, stats.size), stats.size, options);
}

/**
 * Reads a file whole. `hint` ends the sentence for a missing one; pipes and devices are refused, not waited for.
 * Throws InputError FILE_NOT_FOUND, NOT_A_FILE, FILE_TOO_LARGE or FILE_UNREADABLE, and the signal's reason.
 */
export async function readInputFile(
  path: string,
  hint = 'the path of a file is needed',
  options: Omit<ReadOptions, 'where'> = {},
): Promise<Uint8Array<ArrayBuffer>> {
  options.signal?.throwIfAborted();
  const { open, constants } = builtin('fs/promises')!;
  let file: NodeFiles.FileHandle | undefined;
  try {
    file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    return await readOpened(file, hint, { ...options, where: path });
  } catch (cause) {
    options.signal?.throwIfAborted();
    if (cause instanceof InputError) throw cause;
    const code = (cause as NodeJS.ErrnoException).code;
    if (isMissing(cause)) throw new InputError('FILE_NOT_FOUND', `${path}: does not exist; ${hint}.`, { cause });
    // A socket, or a device without a driver.
    if (code === 'ENXIO' || code === 'ENODEV') {
      throw new InputError('NOT_A_FILE', `${path}: is no regular file; ${hint}.`, { cause });
    }
    throw new InputError('FILE_UNREADABLE', `${path}: cannot be read: ${reasonOf(cause)}.`, { cause });
  } finally {
    await file?.close();
  }
}
