/** What files are written over: never an input, and nothing of another kind unless that is asked for. */
import { open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '../errors.js';
import { LARGEST_HEADER } from '../formats/safetensors.js';
import { isPath, pathAt } from './read.js';
import { isFolder } from './writing.js';

/** Kinds of files that are written, as messages name them, each with the ending of its names. */
const ENDINGS = {
  'PNG picture': '.png',
  'HTML page': '.html',
  'SVG picture': '.svg',
  model: '.safetensors',
  gallery: '.safetensors',
  'file of tensors': '.safetensors',
} as const;

export type OutputKind = keyof typeof ENDINGS;

/** A file that is to be written. */
export interface Output {
  readonly path: string;
  readonly kind: OutputKind;
}

/** What tells one file from all others, by whatever path it is reached; nothing where there is none. */
async function identityOf(path: string): Promise<string | undefined> {
  return stat(path, { bigint: true }).then(
    ({ dev, ino }) => `${dev}:${ino}`,
    () => undefined,
  );
}

/**
 * The files that are read at a place: itself, with the weights beside an ncnn `.param`, or all below a folder but those
 * that are called as outputs are, which may lie there since last time.
 */
async function filesAt(place: string, outputs: readonly Output[]): Promise<string[]> {
  if (!isPath(place)) return [];
  const path = pathAt(place);
  if (!(await isFolder(path))) return [path, path.replace(/\.param$/i, '.bin')];
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  const isOutput = (name: string) => outputs.some(({ kind }) => name.toLowerCase().endsWith(ENDINGS[kind]));
  const files = entries.filter((entry) => !entry.isDirectory() && !isOutput(entry.name));
  return files.map((entry) => join(entry.parentPath ?? entry.path, entry.name));
}

/** The metadata of a safetensors file; nothing where it is none. */
function metadataOf(header: string): object | undefined {
  try {
    const { __metadata__: metadata = {} } = JSON.parse(header);
    return Object(metadata);
  } catch {
    return undefined;
  }
}

function kindOfSafetensors(header: string): OutputKind | undefined {
  const metadata = metadataOf(header);
  if (!metadata) return undefined;
  const { format, format_version: version } = Object.assign(Object.create(null), metadata);
  if (format === 'mobilefacenet gallery') return 'gallery';
  return version === undefined ? 'file of tensors' : 'model';
}

/** The kind of the file at a path; nothing where it is empty or of no kind that is written here. */
async function kindAt(path: string): Promise<OutputKind | undefined> {
  const file = await open(path, 'r');
  const read = async (length: number, at: number) => {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, at);
    return buffer.subarray(0, bytesRead);
  };
  try {
    const start = await read(64, 0);
    const text = start.toString('latin1').trimStart().toLowerCase();
    if (text.startsWith('\x89png\r\n')) return 'PNG picture';
    if (text.startsWith('<!doctype html')) return 'HTML page';
    if (text.startsWith('<svg')) return 'SVG picture';
    const length = start.length > 8 ? Number(start.readBigUInt64LE()) : 0;
    const isHeader = length > 0 && length <= LARGEST_HEADER && start[8] === 0x7b;
    return isHeader ? kindOfSafetensors((await read(length, 8)).toString()) : undefined;
  } finally {
    await file.close();
  }
}

/** Throws InputError OUTPUT_EXISTS for a file with content of another kind. */
async function refuseOtherKind({ path, kind }: Output): Promise<void> {
  const stats = await stat(path);
  if (!stats.isFile() || stats.size === 0) return;
  // What cannot be read is not known to be of the kind.
  const found = await kindAt(path).catch(() => undefined);
  if (found === kind) return;
  const is = found === undefined ? 'holds something else' : `is a ${found}`;
  throw new InputError('OUTPUT_EXISTS', `${path}: exists and ${is}; only a ${kind} is replaced without --force.`);
}

/**
 * Refuses outputs, before any work, that would replace what must stay. `inputs` are paths and addresses of files and
 * folders; files are compared by device and inode, whatever links lead to them.
 * Throws InputError OUTPUT_IS_INPUT, and without `force` OUTPUT_EXISTS for a file of another kind.
 */
export async function checkOutputs(
  outputs: readonly Output[],
  inputs: readonly (string | undefined)[],
  force = false,
): Promise<void> {
  const existing = new Map<string, Output>();
  for (const output of outputs) {
    const identity = await identityOf(output.path);
    if (identity !== undefined) existing.set(identity, output);
  }
  if (existing.size === 0) return;
  for (const place of new Set(inputs)) {
    for (const file of place === undefined ? [] : await filesAt(place, outputs)) {
      const output = existing.get((await identityOf(file)) ?? '');
      if (!output) continue;
      const same = file === output.path ? 'is' : `is the same file as ${file}, which is`;
      throw new InputError('OUTPUT_IS_INPUT', `${output.path}: ${same} an input; name another file to write.`);
    }
  }
  if (!force) for (const output of existing.values()) await refuseOtherKind(output);
}
