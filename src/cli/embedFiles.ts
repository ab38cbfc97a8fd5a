/** Embedding many images one after another, with progress; what was measured of each face on the way. */
import { ImageError } from '../errors.js';
import { type Attribute, numberAttribute } from '../evaluation/attributes.js';
import type { EmbeddedFace, EmbedPhotoOptions } from '../face/comparer.js';
import type { FaceVerifier } from '../face/verifier.js';
import { embedImage, type ImageFile } from './models.js';
import type { FaceOptions } from './options.js';
import { Progress } from './progress.js';

/** The faces of all images, by their keys; those in which none is found are left out. Throws as `embedImage` does. */
export async function embedFiles(
  files: ReadonlyMap<string, ImageFile>,
  verifier: FaceVerifier,
  options: EmbedPhotoOptions,
): Promise<Map<string, EmbeddedFace>> {
  const progress = new Progress(files.size, 'images');
  const faces = new Map<string, EmbeddedFace>();
  try {
    for (const [key, file] of files) {
      try {
        faces.set(key, await embedImage(file, verifier, options));
      } catch (error) {
        if (!(error instanceof ImageError && error.code === 'NO_FACE')) throw error;
      }
      progress.step();
    }
  } finally {
    progress.stop();
  }
  return faces;
}

/** How far the nose is from the middle between the eyes, as a share of their distance: 0 seen from the front. */
function turnOf({ face }: EmbeddedFace): number | undefined {
  if (!face?.landmarks) return undefined;
  const [[leftX, leftY], [rightX, rightY], [noseX, noseY]] = face.landmarks;
  const [dx, dy] = [rightX - leftX, rightY - leftY];
  const along = (noseX - (leftX + rightX) / 2) * dx + (noseY - (leftY + rightY) / 2) * dy;
  return Math.abs(along) / (dx * dx + dy * dy);
}

/** What can be measured of faces without guessing at people; of crops, their sharpness alone. */
export function measuredAttributes(faces: readonly (EmbeddedFace | undefined)[]): Attribute[] {
  const measure = (name: string, of: (face: EmbeddedFace) => number | undefined) =>
    numberAttribute(
      name,
      faces.map((face) => face && of(face)),
    );
  const sharpness = measure('sharpness', ({ quality }) => quality.sharpness);
  if (!faces.some((face) => face?.face)) return [sharpness];
  return [
    measure('pixels between the eyes', ({ quality }) => quality.eyeDistance),
    sharpness,
    measure('turned to the side', turnOf),
    measure('quality', ({ quality }) => quality.value),
  ];
}

/** How many images have no face, for a document: where faces were looked for in all, or some have none. */
export function countUndetected({ detect }: FaceOptions, undetected: number): { readonly undetected?: number } {
  return detect || undetected > 0 ? { undetected } : {};
}
