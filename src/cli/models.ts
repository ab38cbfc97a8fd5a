/** Models and images named on the command line, and what is made of them. */
import type { FaceChoice } from '../face/chooseFace.js';
import type { EmbeddedFace, EmbedPhotoOptions } from '../face/comparer.js';
import type { CropAllOptions } from '../face/cropFaces.js';
import { FaceVerifier } from '../face/verifier.js';
import { locatedIn } from '../files/located.js';
import { decodeImage } from '../image/decode.js';
import type { RgbImage } from '../image/image.js';
import { readNamed } from './input.js';
import type { FaceOptions } from './options.js';

/** Loads embedder and detector, the package's own where none are named, and compiles both on an engine of their own. */
export async function loadVerifier(model?: string, detector?: string): Promise<FaceVerifier> {
  return FaceVerifier.load({ model, detector });
}

/** How a command's options ask for all faces. */
export function cropAllOptions({ minFace, turns, aligned, detect }: Omit<FaceOptions, 'face'>): CropAllOptions {
  return { minimumFace: minFace, turns, input: aligned ? 'crop' : detect ? 'photograph' : 'auto' };
}

/** How a command's options ask for one face. */
export function cropOptions(options: FaceOptions): CropAllOptions & { readonly face: FaceChoice | undefined } {
  return { ...cropAllOptions(options), face: options.face };
}

/** An image whose bytes are fetched when its turn comes, and its name in messages. */
export interface ImageFile {
  readonly name: string;
  read(): Promise<Uint8Array>;
}

/** The image in a file. */
export function imageFile(path: string): ImageFile {
  return { name: path, read: () => readNamed(path, 'the path of an image is needed') };
}

/** Decodes an image and does something with it; errors of either have the image's name. */
export async function withImage<T>(file: ImageFile, use: (image: RgbImage) => Promise<T>): Promise<T> {
  const image = await decodeImage(await file.read(), file.name);
  try {
    return await use(image);
  } catch (error) {
    throw locatedIn(file.name, error);
  }
}

/** Embeds the face of a photograph, or a crop. Throws what reading it throws and as `FaceVerifier.embed` does, with the image's name. */
export function embedImage(file: ImageFile, verifier: FaceVerifier, options: EmbedPhotoOptions): Promise<EmbeddedFace> {
  return withImage(file, (image) => verifier.embed(image, options));
}

/** `embedImage` for the image in a file. */
export async function embedFile(
  path: string,
  verifier: FaceVerifier,
  options: EmbedPhotoOptions,
): Promise<EmbeddedFace> {
  return embedImage(imageFile(path), verifier, options);
}
