/** Models from wherever the caller has them: files, addresses, bytes, or the weights that this package ships. */
import { builtin } from '../builtin.js';
import { InputError } from '../errors.js';
import { importModel, type ModelFile } from '../formats/index.js';
import type { Model } from '../model/model.js';
import { readWeightBytes, type WeightBytes, type WeightOptions } from './weightBytes.js';

/** A native file that must have a SHA-256. Where the Cache API is, one from an address is fetched once and kept. */
export interface HashedSource {
  readonly from: WeightBytes;
  /** Of the whole file, in hexadecimal; of the `.bin` where there are two. */
  readonly sha256: string;
}

/**
 * A model; the bytes of a native file, a stream of them, or a file that a user chose; the path or address of a native
 * file or of an ncnn `.param` with its `.bin` beside it; the files that a model consists of; or any of the first with
 * the SHA-256 that it must have.
 */
export type ModelSource = Model | WeightBytes | readonly ModelFile[] | HashedSource;

/** The package's name, below which its weights are exported. */
const PACKAGE = 'mobilefacenet';

const PARAM_ENDING = /\.param$/i;

/** The path of weights that ship with this package. Throws InputError NO_DEFAULT_WEIGHTS where there are no files. */
function packagedWeights(file: string, option: string): string {
  const modules = builtin('module');
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

function isHashed(source: ModelSource): source is HashedSource {
  return typeof source === 'object' && 'from' in source && 'sha256' in source;
}

function isFiles(source: WeightBytes | readonly ModelFile[]): source is readonly ModelFile[] {
  return Array.isArray(source);
}

/**
 * Loads a model; where no source is given, the package's own file. `option` names the caller's option in messages.
 * Throws InputError FILE_UNREADABLE, HASH_MISMATCH or NO_DEFAULT_WEIGHTS, the signal's reason, and what `importModel`
 * throws.
 */
export async function loadModelSource(
  source: ModelSource | undefined,
  file: string,
  option: string,
  options: WeightOptions = {},
): Promise<Model> {
  const given = source ?? packagedWeights(file, option);
  if (isModel(given)) return given;
  const { from, sha256 } = isHashed(given) ? given : { from: given, sha256: undefined };
  if (isFiles(from)) return importModel(from);
  const places = typeof from === 'string' || from instanceof URL ? filesAt(String(from)) : [from];
  const read = async (place: WeightBytes): Promise<ModelFile> => {
    const name = typeof place === 'string' ? place : `${option}.safetensors`;
    const hash = PARAM_ENDING.test(name) ? undefined : sha256;
    return { name, bytes: await readWeightBytes(place, option, hash, options) };
  };
  return importModel(await Promise.all(places.map(read)));
}

/** A `.param` has its `.bin` beside it. */
function filesAt(place: string): readonly string[] {
  return PARAM_ENDING.test(place) ? [place, place.replace(PARAM_ENDING, '.bin')] : [place];
}
