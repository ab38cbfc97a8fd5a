/**
 * One entry for every model format: recognises files by content and name, and imports them. The importers of other
 * formats than the native one are loaded when a file needs them, and named nowhere here, so that programs start without.
 */
import { ModelError } from '../errors.js';
import { describeValue } from '../model/json.js';
import type { Model } from '../model/model.js';
import { joinDetector } from './importDetector.js';
import { type ImportOptions, withOptions } from './importOptions.js';
import { importNative } from './native.js';
import { PARAM_MAGIC } from './ncnn/magic.js';
import { parseSafetensors } from './safetensors.js';
import { sha256 } from './sha256.js';

export { countNames } from './countNames.js';
export type { ImportOptions, InputSize, InputValues } from './importOptions.js';
export { exportNative, FORMAT_VERSION, importNative, type ModelStorage } from './native.js';
export { parseSafetensors, type Safetensors, type Storage } from './safetensors.js';

/** A file's name, which messages show and endings are read from, and its bytes. */
export interface ModelFile {
  readonly name: string;
  /** Not to be changed or transferred while the model is in use: float32 tensors of a native file are views of them. */
  readonly bytes: Uint8Array;
}

/** Bytes of a `.param` text; those of common networks have 1,000 to 100,000. */
export const LARGEST_PARAM = 1 << 22;

const ACCEPTED =
  'a native .safetensors file, an .onnx file, a .tflite file, an ncnn .param file with its .bin, or three of these as a detector';

function hasEnding(file: ModelFile, ending: string): boolean {
  return file.name.toLowerCase().endsWith(ending);
}

/** A safetensors file's ninth byte opens its JSON header. */
function isSafetensors(file: ModelFile): boolean {
  return hasEnding(file, '.safetensors') || (file.bytes[8] === 0x7b && !hasEnding(file, '.bin'));
}

/** TFLite files have their identifier at byte 4. */
function isTflite(file: ModelFile): boolean {
  if (hasEnding(file, '.tflite')) return true;
  return 'TFL3'.split('').every((letter, index) => file.bytes[index + 4] === letter.charCodeAt(0));
}

function isParam(file: ModelFile): boolean {
  if (hasEnding(file, '.param')) return true;
  return PARAM_MAGIC.split('').every((digit, index) => file.bytes[index] === digit.charCodeAt(0));
}

function paramText({ name, bytes }: ModelFile): string {
  if (bytes.length > LARGEST_PARAM) {
    throw new ModelError(
      'FILE_TOO_LARGE',
      `${name}: has ${bytes.length} bytes; a .param of at most ${LARGEST_PARAM} is accepted.`,
    );
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes.slice());
  } catch (cause) {
    const accepted = `a text .param file that begins with ${PARAM_MAGIC}`;
    throw new ModelError('BAD_MAGIC', `${name}: is not UTF-8 text; accepted is ${accepted}.`, { cause });
  }
}

async function importPair(param: ModelFile, bin: ModelFile, options: ImportOptions): Promise<Model> {
  const { importNcnn } = await import('./ncnn/importNcnn.js');
  const model = importNcnn(paramText(param), bin.bytes, { param: param.name, bin: bin.name }, options);
  return { ...model, card: { ...model.card, sha256: await sha256(bin.bytes.slice()) } };
}

/** A `.param` alone, whose weights are random where a seed is given. */
async function importParam(param: ModelFile, options: ImportOptions): Promise<Model> {
  const { importNcnn } = await import('./ncnn/importNcnn.js');
  return importNcnn(paramText(param), undefined, { param: param.name, bin: '' }, options);
}

/** The `.bin` of a `.param` among others: the one with the same name. */
function binOf(param: ModelFile, bins: readonly ModelFile[]): ModelFile {
  const stem = param.name.replace(/\.param$/i, '');
  const bin = bins.find(({ name }) => name.replace(/\.bin$/i, '') === stem);
  if (bin) return bin;
  const found = bins.map(({ name }) => name).join(', ');
  throw new ModelError('NO_WEIGHTS', `${param.name}: needs a .bin of the same name; given are ${found}.`);
}

/** Three ncnn pairs as a detector; its hash is that of the three `.bin` files in the order of the `.param` files. */
async function importDetector(params: readonly ModelFile[], bins: readonly ModelFile[], options: ImportOptions) {
  const paired = params.map((param) => ({ param, bin: binOf(param, bins) }));
  const model = joinDetector(await Promise.all(paired.map(({ param, bin }) => importPair(param, bin, options))));
  const section = new Uint8Array(paired.reduce((sum, { bin }) => sum + bin.bytes.length, 0));
  let begin = 0;
  for (const { bin } of paired) {
    section.set(bin.bytes, begin);
    begin += bin.bytes.length;
  }
  return { ...model, card: { ...model.card, sha256: await sha256(section) } };
}

async function importNativeFile({ name, bytes }: ModelFile, options: ImportOptions): Promise<Model> {
  const model = await importNative(bytes, name);
  if (options.inputSize) {
    const accepted = 'a native file has a size of its own';
    throw new ModelError('INPUT_SHAPE', `${name}: is given an input size; ${accepted}, and none is accepted.`);
  }
  return { ...model, card: withOptions(model.card, options) };
}

/** A safetensors file: a native one, or a state dictionary of PyTorch, which has tensors and no graph. */
async function importSafetensors(file: ModelFile, options: ImportOptions): Promise<Model> {
  try {
    return await importNativeFile(file, options);
  } catch (error) {
    if (!(error instanceof ModelError) || error.code !== 'NO_GRAPH') throw error;
    const { importStateDictionary } = await import('./stateDictionary/importStateDictionary.js');
    const { tensors, tensorSection } = parseSafetensors(file.bytes, file.name);
    const model = importStateDictionary(tensors, file.name, options);
    if (!model) throw error;
    return { ...model, card: { ...model.card, sha256: await sha256(tensorSection.slice()) } };
  }
}

function without(files: readonly ModelFile[], file: ModelFile): readonly ModelFile[] {
  return files.filter((other) => other !== file);
}

function isOnnx(file: ModelFile): boolean {
  return hasEnding(file, '.onnx');
}

/** An ONNX file, and those beside it that hold its external tensors. */
async function importOnnxFiles(file: ModelFile, others: readonly ModelFile[], options: ImportOptions): Promise<Model> {
  const path = (name: string) => `/${name.replaceAll('\\', '/')}`;
  const beside = (name: string) => others.find((other) => path(other.name).endsWith(path(name)))?.bytes;
  const { importOnnx } = await import('./onnx/importOnnx.js');
  const model = importOnnx(file.bytes, file.name, options, beside);
  return { ...model, card: { ...model.card, sha256: await sha256(file.bytes.slice()) } };
}

async function importTfliteFile({ name, bytes }: ModelFile, options: ImportOptions): Promise<Model> {
  const { importTflite } = await import('./tflite/importTflite.js');
  const model = importTflite(bytes, name, options);
  return { ...model, card: { ...model.card, sha256: await sha256(bytes.slice()) } };
}

async function importFiles(files: readonly ModelFile[], options: ImportOptions): Promise<Model> {
  const [first, second, ...others] = files;
  if (first && !second && isTflite(first)) return importTfliteFile(first, options);
  if (first && !second && isSafetensors(first)) return importSafetensors(first, options);
  const onnx = files.find(isOnnx);
  if (onnx) return importOnnxFiles(onnx, without(files, onnx), options);
  const param = files.find(isParam);
  if (param && files.length === 1) return importParam(param, options);
  if (first && second && others.length === 0 && param) {
    const bin = param === first ? second : first;
    if (!isParam(bin) && !isSafetensors(bin)) return importPair(param, bin, options);
  }
  const params = files.filter(isParam);
  const bins = files.filter((file) => !isParam(file) && !isSafetensors(file));
  if (params.length === 3 && bins.length === 3 && files.length === 6) return importDetector(params, bins, options);
  const names = files.map(({ name }) => describeValue(name)).join(', ') || 'no file';
  throw new ModelError('UNKNOWN_FORMAT', `${names}: not a model format that is known; accepted is ${ACCEPTED}.`);
}
/**
 * Imports a model from the files that it consists of: one native file; one state dictionary of PyTorch; an ONNX file and those that hold its external
 * tensors; an ncnn `.param` and `.bin` in any order; or three such pairs, which are the P-Net, R-Net and O-Net of a
 * detector. A public single-shot detector is recognised by its outputs, and the card says how it is used. The card carries the SHA-256 of the `.bin` or the ONNX file. A native file takes no input size.
 * Throws ModelError UNKNOWN_FORMAT, NO_WEIGHTS for a `.param` alone where no seed of random weights is given, NO_DETECTOR, and what the importers
 * throw.
 */
export async function importModel(files: readonly ModelFile[], options: ImportOptions = {}): Promise<Model> {
  const model = await importFiles(files, options);
  if (model.format === 'native') return model;
  const { recogniseDetector } = await import('./recogniseDetector.js');
  return recogniseDetector(model, options);
}
