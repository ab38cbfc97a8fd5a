/** Models named on the command line, and embedders made of them. */
import { Engine } from '../engine.js';
import { ImageError, ShapeError } from '../errors.js';
import { createEmbedder, type Embedder } from '../face/embed.js';
import { importModel, type ModelFile } from '../formats/index.js';
import { decodeImage } from '../image/decode.js';
import type { RgbImage } from '../image/image.js';
import type { Model } from '../model/model.js';
import { readInputFile } from './files.js';
import { defaultModelFile } from './package.js';

const PARAM_ENDING = /\.param$/i;

async function readModelFile(name: string, hint: string): Promise<ModelFile> {
  return { name, bytes: await readInputFile(name, hint) };
}

/**
 * Loads the model that consists of the named files. A single ncnn `.param` takes the `.bin` beside it.
 * Throws InputError for files that cannot be read and ModelError for those that cannot be used.
 */
export async function loadModel(paths: readonly string[]): Promise<Model> {
  const files: ModelFile[] = [];
  for (const path of paths) {
    files.push(await readModelFile(path, 'a native .safetensors file or an ncnn .param is needed'));
  }
  const [path, ...others] = paths;
  if (path !== undefined && others.length === 0 && PARAM_ENDING.test(path)) {
    const bin = path.replace(PARAM_ENDING, '.bin');
    files.push(await readModelFile(bin, `${path} needs its weights beside it under this name`));
  }
  return importModel(files);
}

/** Loads a model, the default one where none is named, and compiles its embedder on an engine of its own. */
export async function loadEmbedder(path = defaultModelFile()): Promise<Embedder> {
  const [model, engine] = await Promise.all([loadModel([path]), Engine.create()]);
  return createEmbedder(engine, model);
}

/**
 * Reads an aligned crop of the embedder's input size.
 * Throws InputError for a file that cannot be read, ImageError for one that is no image, ShapeError FACE_SIZE for an
 * image of another size.
 */
async function readFace(path: string, embedder: Embedder): Promise<RgbImage> {
  const image = await decodeImage(await readInputFile(path, 'the path of an image is needed'), path);
  const { height, width } = embedder.inputSize;
  if (image.height === height && image.width === width) return image;
  throw new ShapeError(
    'FACE_SIZE',
    `${path}: is ${image.width}×${image.height} pixels; ${embedder.card.name} takes aligned faces of exactly ` +
      `${width}×${height}: align the face by its eyes, nose and mouth and crop it to that size first.`,
  );
}

/**
 * The embedding of an image file, not of unit length; `mirror` adds that of the mirrored image.
 * Throws as `readFace` does, and ImageError NO_EMBEDDING where the weights give none that can be compared.
 */
export async function embedFile(path: string, embedder: Embedder, mirror = false): Promise<Float32Array> {
  const embedding = embedder.embed(await readFace(path, embedder), { mirror });
  if (embedding.every(Number.isFinite) && embedding.some((value) => value !== 0)) return embedding;
  throw new ImageError(
    'NO_EMBEDDING',
    `${path}: ${embedder.card.name} gives no finite embedding for it; other weights or another image are needed.`,
  );
}
