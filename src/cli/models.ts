/** Models and images named on the command line, and what is made of them. */
import { ImageError } from '../errors.js';
import { type CropOptions, type EmbedPhotoOptions, type FaceCrop, FaceVerifier } from '../face/verifier.js';
import { locatedIn } from '../files/located.js';
import { decodeImage } from '../image/decode.js';
import { readNamed } from './input.js';
import type { FaceOptions } from './options.js';

/** Loads embedder and detector, the package's own where none are named, and compiles both on an engine of their own. */
export async function loadVerifier(model?: string, detector?: string): Promise<FaceVerifier> {
  return FaceVerifier.load({ model, detector });
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
  return { name: path, read: () => readNamed(path, 'the path of an image is needed') };
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
