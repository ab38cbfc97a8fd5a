/** What arrived in place of a model: mostly a page that says why, or a pointer to the file. */
import { ModelError } from '../errors.js';

/** Kinds by what they begin with, in small letters, and what to do about them. */
const KINDS: readonly { readonly starts: readonly string[]; readonly found: string; readonly remedy: string }[] = [
  {
    starts: ['version https://git-lfs.github.com/spec/'],
    found: 'is a Git LFS pointer, not the file',
    remedy: 'fetch it with `git lfs pull`',
  },
  {
    starts: ['/annex/objects/'],
    found: 'is a git-annex pointer, not the file',
    remedy: 'fetch it with `git annex get`',
  },
  {
    starts: ['<!doctype', '<html', '<head', '<?xml', '<!--'],
    found: 'is a page of HTML or XML, not a model',
    remedy: 'check the address: servers send a page where there is no file, or where one must log in',
  },
  { starts: ['\x1f\x8b'], found: 'is compressed with gzip', remedy: 'unpack it first' },
  { starts: ['\x89hdf\r\n'], found: 'is an HDF5 file, as Keras writes them', remedy: 'export the model as ONNX' },
  {
    starts: ['\xff\xd8\xff', '\x89png\r\n'],
    found: 'is a picture, not a model',
    remedy: 'check the order of the arguments',
  },
];

/** Refuses what is certainly no part of a model. Throws ModelError NOT_A_MODEL. */
export function checkKind(bytes: Uint8Array, where: string): void {
  if (bytes.length === 0) throw new ModelError('NOT_A_MODEL', `${where}: is empty; a model is needed.`);
  const start = String.fromCharCode(...bytes.subarray(0, 64))
    .trimStart()
    .replace(/[A-Z]/g, (c) => c.toLowerCase());
  const kind = KINDS.find(({ starts }) => starts.some((known) => start.startsWith(known)));
  if (kind) throw new ModelError('NOT_A_MODEL', `${where}: ${kind.found}; ${kind.remedy}.`);
}
