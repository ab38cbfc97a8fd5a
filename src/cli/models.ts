/** Models and images named on the command line, and what is made of them. */
import { realpath } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative } from 'node:path';
import { ImageError, MobileFaceNetError, ModelError } from '../errors.js';
import { type CropOptions, type EmbedPhotoOptions, type FaceCrop, FaceVerifier } from '../face/verifier.js';
import { type ImportOptions, importModel, type ModelFile } from '../formats/index.js';
import { decodeImage } from '../image/decode.js';
import type { RgbImage } from '../image/image.js';
import type { Model } from '../model/model.js';
import { readInputFile } from './files.js';
import type { FaceOptions } from './options.js';
import { defaultDetectorFile, defaultModelFile } from './package.js';

const PARAM_ENDING = /\.param$/i;
const ONNX_ENDING = /\.onnx$/i;

async function readModelFile(name: string, hint: string): Promise<ModelFile> {
  return { name, bytes: await readInputFile(name, hint) };
}

/** The files that hold an ONNX model's external tensors; links that lead out of its folder are not followed. */
async function readExternalFiles({ name, bytes }: ModelFile): Promise<ModelFile[]> {
  const { externalFiles } = await import('../formats/onnx/externalFiles.js');
  const files: ModelFile[] = [];
  for (const location of externalFiles(bytes, name)) {
    const path = join(dirname(name), location);
    const file = await readModelFile(path, `${name} has weights in it`);
    const within = relative(await realpath(dirname(name)), await realpath(path));
    if (within.startsWith('..') || isAbsolute(within)) {
      throw new ModelError('EXTERNAL_DATA', `${path}: leads elsewhere; accepted are files in the folder of ${name}.`);
    }
    files.push(file);
  }
  return files;
}

/**
 * Reads the files that a model consists of. An ONNX file takes those that its tensors are in. Where only ncnn `.param`
 * files are named, each takes the `.bin` beside it, unless its weights are to be random; three are a detector.
 * Throws InputError for files that cannot be read and ModelError for external tensors elsewhere.
 */
export async function readModelFiles(
  paths: readonly string[],
  { randomWeights }: ImportOptions = {},
): Promise<readonly ModelFile[]> {
  const files: ModelFile[] = [];
  for (const path of paths) {
    files.push(await readModelFile(path, 'a native .safetensors file, an .onnx file or an ncnn .param is needed'));
  }
  const [onnx] = files;
  if (files.length === 1 && onnx && ONNX_ENDING.test(onnx.name)) files.push(...(await readExternalFiles(onnx)));
  if (randomWeights === undefined && paths.every((path) => PARAM_ENDING.test(path))) {
    for (const path of paths) {
      const bin = path.replace(PARAM_ENDING, '.bin');
      files.push(await readModelFile(bin, `${path} needs its weights beside it under this name`));
    }
  }
  return files;
}

/** Loads the model that consists of the named files. Throws as `readModelFiles` and `importModel` do. */
export async function loadModel(paths: readonly string[], options: ImportOptions = {}): Promise<Model> {
  return importModel(await readModelFiles(paths, options), options);
}

/** Loads embedder and detector, the package's own where none are named, and compiles both on an engine of their own. */
export async function loadVerifier(
  model = defaultModelFile(),
  detector = defaultDetectorFile(),
): Promise<FaceVerifier> {
  const [embedding, detection] = await Promise.all([loadModel([model]), loadModel([detector])]);
  return FaceVerifier.load({ model: embedding, detector: detection });
}

/** Reads and decodes an image. Throws InputError for a file that cannot be read, ImageError for one that is no image. */
export async function readImage(path: string): Promise<RgbImage> {
  return decodeImage(await readInputFile(path, 'the path of an image is needed'), path);
}

/** The same error with the image's path in front, where it is not there yet. */
export function locatedIn(path: string, error: unknown): unknown {
  if (!(error instanceof MobileFaceNetError) || error.message.startsWith(path)) return error;
  const Kind = error.constructor as new (code: string, message: string, options: ErrorOptions) => MobileFaceNetError;
  return new Kind(error.code, `${path}: ${error.message}`, { cause: error });
}

/** How a command's options ask for a face; `otherwise` is what an image is where `--detect` is not given. */
export function cropOptions(
  { minFace, turns, face, detect }: FaceOptions,
  otherwise: 'auto' | 'crop' = 'auto',
): CropOptions {
  return { minimumFace: minFace, turns, face, input: detect ? 'photo' : otherwise };
}

/** An embedded image file. */
export interface EmbeddedFile extends FaceCrop {
  /** Not of unit length. */
  readonly embedding: Float32Array;
}

/** An image whose bytes are fetched when its turn comes, and its name in messages. */
export interface ImageFile {
  readonly name: string;
  read(): Promise<Uint8Array>;
}

/** The image in a file. */
export function imageFile(path: string): ImageFile {
  return { name: path, read: () => readInputFile(path, 'the path of an image is needed') };
}

/**
 * Embeds the face of a photograph, or a crop. Throws what reading it throws, ImageError NO_FACE, NO_EMBEDDING where the
 * weights give none that can be compared, and as `FaceVerifier.crop` does, each with the image's name.
 */
export async function embedImage(
  file: ImageFile,
  verifier: FaceVerifier,
  options: EmbedPhotoOptions,
): Promise<EmbeddedFile> {
  const image = await decodeImage(await file.read(), file.name);
  try {
    const crop = await verifier.crop(image, options);
    const embedding = verifier.embedder.embed(crop.image, { mirror: options.mirror });
    if (embedding.every(Number.isFinite) && embedding.some((value) => value !== 0)) return { ...crop, embedding };
  } catch (error) {
    throw locatedIn(file.name, error);
  }
  throw new ImageError(
    'NO_EMBEDDING',
    `${file.name}: ${verifier.card.name} gives no finite embedding for it; other weights or another image are needed.`,
  );
}

/** Embeds the face in an image file. Throws InputError for one that cannot be read, and as `embedImage` does. */
export async function embedFile(
  path: string,
  verifier: FaceVerifier,
  options: EmbedPhotoOptions,
): Promise<EmbeddedFile> {
  return embedImage(imageFile(path), verifier, options);
}
