/** Models from wherever the caller has them, with the files that belong to them: ncnn weights, ONNX external tensors. */
import { builtin } from '../builtin.js';
import { InputError, ModelError } from '../errors.js';
import { type ImportOptions, importModel, type ModelFile } from '../formats/index.js';
import type { Model } from '../model/model.js';
import { checkKind } from './kind.js';
import { packagedWeights } from './packaged.js';
import { type ByteSource, isPath, pathAt, placeOf, readBytes } from './read.js';

/** A file that must have a SHA-256. Where the Cache API is, one from an address is fetched once and kept. */
export interface HashedSource {
  readonly from: ByteSource;
  /** Of the whole file, in hexadecimal; of the `.bin` where there are two. */
  readonly sha256: string;
}

/**
 * A model; the path or address of a native file, of an ncnn `.param` with its `.bin` beside it or of an ONNX file with
 * those of its tensors; what holds the bytes of a native file; the files that a model consists of; or any of the first
 * with the SHA-256 that it must have.
 */
export type ModelSource = Model | ByteSource | readonly ModelFile[] | HashedSource;

/** What has been read of one file. */
export interface LoadProgress {
  /** The option that names the file: `model` or `detector`. */
  readonly option: string;
  readonly loadedBytes: number;
  /** Absent where the sender does not say. */
  readonly totalBytes?: number;
}

/** How models are read. */
export interface WeightOptions {
  /** Ends the reading, which rejects with the signal's own reason. */
  readonly signal?: AbortSignal | undefined;
  /** Hears how far the reading is, after each piece. */
  readonly onLoadProgress?: ((progress: LoadProgress) => void) | undefined;
}

interface Reading extends WeightOptions {
  readonly option?: string;
  readonly sha256?: string | undefined;
}

const HINT = 'a native .safetensors file, an .onnx file or an ncnn .param is needed';
const PARAM_ENDING = /\.param(?=$|[?#])/i;
const ONNX_ENDING = /\.onnx(?=$|[?#])/i;

async function readModelFile(source: ByteSource, name: string, hint: string, reading: Reading): Promise<ModelFile> {
  const { option = 'model', signal, onLoadProgress } = reading;
  const onBytes = (loadedBytes: number, totalBytes?: number) =>
    onLoadProgress?.({ option, loadedBytes, ...(totalBytes === undefined ? {} : { totalBytes }) });
  const where = placeOf(source) ?? `option "${option}"`;
  const bytes = await readBytes(source, { where, signal, onBytes }, hint, reading.sha256);
  checkKind(bytes, where);
  return { name, bytes };
}

/** The path of a file beside another; links that lead out of its folder are not followed. Throws ModelError EXTERNAL_DATA. */
async function pathBeside(model: string, location: string): Promise<string> {
  const { dirname, isAbsolute, join, relative } = builtin('path')!;
  const { realpath } = builtin('fs/promises')!;
  const path = join(dirname(model), location);
  // What is not there is told by who reads it.
  const real = await realpath(path).catch(() => undefined);
  const within = real === undefined ? '' : relative(await realpath(dirname(model)), real);
  if (!within.startsWith('..') && !isAbsolute(within)) return path;
  throw new ModelError('EXTERNAL_DATA', `${path}: leads elsewhere; accepted are files in the folder of ${model}.`);
}

/** The files that hold an ONNX model's external tensors, in the model's own folder. */
async function readExternalFiles({ name, bytes }: ModelFile, place: string, reading: Reading): Promise<ModelFile[]> {
  const { externalFiles } = await import('../formats/onnx/externalFiles.js');
  const files: ModelFile[] = [];
  for (const location of externalFiles(bytes, name)) {
    const beside = isPath(place) ? await pathBeside(pathAt(place), location) : new URL(location, place).href;
    const { bytes: tensors } = await readModelFile(beside, beside, `${name} has weights in it`, {
      ...reading,
      sha256: undefined,
    });
    files.push({ name: isPath(place) ? beside : location, bytes: tensors });
  }
  return files;
}

/**
 * Reads the files that a model consists of, by their paths or addresses. An ONNX file takes those that its tensors are
 * in. Where only ncnn `.param` files are named, each takes the `.bin` beside it, unless its weights are to be random;
 * three are a detector. Throws as `readBytes` does, and ModelError EXTERNAL_DATA or NOT_A_MODEL.
 */
export async function readModelFiles(
  places: readonly string[],
  { randomWeights }: ImportOptions = {},
  reading: Reading = {},
): Promise<readonly ModelFile[]> {
  const ofBin = randomWeights === undefined && places.every((place) => PARAM_ENDING.test(place));
  const files: ModelFile[] = [];
  for (const place of places) {
    files.push(await readModelFile(place, place, HINT, ofBin ? { ...reading, sha256: undefined } : reading));
  }
  const [onnx] = files;
  if (files.length === 1 && onnx && ONNX_ENDING.test(onnx.name)) {
    files.push(...(await readExternalFiles(onnx, onnx.name, reading)));
  }
  if (ofBin) {
    for (const place of places) {
      const bin = place.replace(PARAM_ENDING, '.bin');
      files.push(await readModelFile(bin, bin, `${place} needs its weights beside it under this name`, reading));
    }
  }
  return files;
}

/** Loads the model that consists of files at paths or addresses. Throws as `readModelFiles` and `importModel` do. */
export async function loadModel(places: readonly string[], options: ImportOptions = {}): Promise<Model> {
  return importModel(await readModelFiles(places, options), options);
}

function isModel(source: ModelSource): source is Model {
  return typeof source === 'object' && 'graphs' in source && 'card' in source;
}

function isHashed(source: ModelSource): source is HashedSource {
  return typeof source === 'object' && 'from' in source && 'sha256' in source;
}

function isFiles(source: ByteSource | readonly ModelFile[]): source is readonly ModelFile[] {
  return Array.isArray(source);
}

/**
 * Loads a model; where no source is given, the package's own for this option, which messages name too.
 * Throws as `readBytes`, `packagedWeights` and `importModel` do, and the signal's reason.
 */
export async function loadModelSource(
  source: ModelSource | undefined,
  option: 'model' | 'detector',
  options: WeightOptions = {},
): Promise<Model> {
  if (source === null) {
    throw new InputError('BAD_OPTION', `option "${option}" is null; leave it out for the weights of this package.`);
  }
  const given = source ?? packagedWeights(option);
  if (isModel(given)) return given;
  const { from, sha256 } = isHashed(given) ? given : { from: given, sha256: undefined };
  if (isFiles(from)) return importModel(from);
  const reading: Reading = { ...options, option, sha256 };
  const place = placeOf(from);
  if (place !== undefined) return importModel(await readModelFiles([place], {}, reading));
  return importModel([await readModelFile(from, `${option}.safetensors`, HINT, reading)]);
}
