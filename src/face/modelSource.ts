/** Models from wherever the caller has them: files, addresses, bytes, or the weights that this package ships. */
import { InputError } from '../errors.js';
import { importModel, type ModelFile } from '../formats/index.js';
import type { Model } from '../model/model.js';

/**
 * A model; the bytes of a native file; the path or address of a native file or of an ncnn `.param` with its `.bin`
 * beside it; or the files that a model consists of.
 */
export type ModelSource = Model | Uint8Array | URL | string | readonly ModelFile[];

/** The package's name, below which its weights are exported. */
const PACKAGE = 'mobilefacenet';

const PARAM_ENDING = /\.param$/i;
const ADDRESS = /^(https?|file|data|blob):/i;

/** A builtin module of Node and its like; undefined where there is none, as in browsers. */
function builtin<Name extends 'node:fs/promises' | 'node:module' | 'node:url'>(name: Name) {
  return globalThis.process?.getBuiltinModule?.(name);
}

async function fetchBytes(address: string): Promise<Uint8Array> {
  try {
    const response = await fetch(address);
    if (!response.ok) throw new Error(`the server answers ${response.status}`);
    return new Uint8Array(await response.arrayBuffer());
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new InputError('FILE_UNREADABLE', `${address}: cannot be fetched: ${reason}.`, { cause });
  }
}

async function readBytes(place: string): Promise<Uint8Array> {
  const files = builtin('node:fs/promises');
  const isFile = /^file:/i.test(place);
  if (!files || (ADDRESS.test(place) && !isFile)) return fetchBytes(place);
  const path = isFile ? builtin('node:url')!.fileURLToPath(place) : place;
  try {
    return new Uint8Array(await files.readFile(path));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new InputError('FILE_UNREADABLE', `${path}: cannot be read: ${reason}.`, { cause });
  }
}

/** The path of weights that ship with this package. Throws InputError NO_DEFAULT_WEIGHTS where there are no files. */
function packagedWeights(file: string, option: string): string {
  const modules = builtin('node:module');
  const advice = `pass the option "${option}": the address or bytes of ${PACKAGE}/weights/${file}`;
  if (!modules) {
    throw new InputError('NO_DEFAULT_WEIGHTS', `default weights cannot be found without a file system; ${advice}.`);
  }
  try {
    return modules.createRequire(import.meta.url).resolve(`${PACKAGE}/weights/${file}`);
  } catch (cause) {
    throw new InputError('NO_DEFAULT_WEIGHTS', `${file} of this package is missing; ${advice}.`, { cause });
  }
}

function isModel(source: ModelSource): source is Model {
  return typeof source === 'object' && 'graphs' in source && 'card' in source;
}

/**
 * Loads a model; where no source is given, the package's own file. `option` names the caller's option in messages.
 * Throws InputError FILE_UNREADABLE or NO_DEFAULT_WEIGHTS, and what `importModel` throws.
 */
export async function loadModelSource(source: ModelSource | undefined, file: string, option: string): Promise<Model> {
  const given = source ?? packagedWeights(file, option);
  if (given instanceof Uint8Array) return importModel([{ name: `${option}.safetensors`, bytes: given }]);
  if (typeof given === 'string' || given instanceof URL) {
    const place = String(given);
    const places = PARAM_ENDING.test(place) ? [place, place.replace(PARAM_ENDING, '.bin')] : [place];
    return importModel(await Promise.all(places.map(async (name) => ({ name, bytes: await readBytes(name) }))));
  }
  return isModel(given) ? given : importModel(given);
}
