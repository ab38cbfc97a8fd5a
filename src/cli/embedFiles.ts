/** Embedding many images one after another, with progress; what was measured of each face on the way. */
import { ImageError } from '../errors.js';
import { type Attribute, numberAttribute } from '../evaluation/attributes.js';
import type { EmbedPhotoOptions, FaceVerifier } from '../face/verifier.js';
import { type EmbeddedFile, embedImage, type ImageFile } from './models.js';
import { Progress } from './progress.js';

/** The embedding of an image and the measures of its face. */
export type MeasuredFace = Omit<EmbeddedFile, 'image'>;

/** The faces of all images, by their keys; those in which none is found are left out. Throws as `embedImage` does. */
export async function embedFiles(
  files: ReadonlyMap<string, ImageFile>,
  verifier: FaceVerifier,
  options: EmbedPhotoOptions,
): Promise<Map<string, MeasuredFace>> {
  const progress = new Progress(files.size, 'images');
  const faces = new Map<string, MeasuredFace>();
  try {
    for (const [key, file] of files) {
      try {
        const { image: _, ...face } = await embedImage(file, verifier, options);
        faces.set(key, face);
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
function turnOf({ face }: MeasuredFace): number | undefined {
  if (!face?.landmarks) return undefined;
  const [[leftX, leftY], [rightX, rightY], [noseX, noseY]] = face.landmarks;
  const [dx, dy] = [rightX - leftX, rightY - leftY];
  const along = (noseX - (leftX + rightX) / 2) * dx + (noseY - (leftY + rightY) / 2) * dy;
  return Math.abs(along) / (dx * dx + dy * dy);
}

/** What can be measured of faces without guessing at people; of crops, their sharpness alone. */
export function measuredAttributes(faces: readonly (MeasuredFace | undefined)[], detected: boolean): Attribute[] {
  const measure = (name: string, of: (face: MeasuredFace) => number | undefined) =>
    numberAttribute(
      name,
      faces.map((face) => face && of(face)),
    );
  const sharpness = measure('sharpness', ({ quality }) => quality.sharpness);
  if (!detected) return [sharpness];
  return [
    measure('pixels between the eyes', ({ quality }) => quality.eyeDistance),
    sharpness,
    measure('turned to the side', turnOf),
    measure('quality', ({ quality }) => quality.value),
  ];
}
