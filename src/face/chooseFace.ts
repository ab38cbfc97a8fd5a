/** Which of several faces in a photograph is meant. */
import type { Face } from './face.js';

/** `largest` by box; `central`: nearest to the middle of the image, as in benchmark sets of one labelled face. */
export type FaceChoice = 'largest' | 'central';

function distanceTo({ box }: Face, x: number, y: number): number {
  return Math.hypot(box.x + box.width / 2 - x, box.y + box.height / 2 - y);
}

/** The chosen face; undefined where there is none. `faces` are the largest first, as a detector gives them. */
export function chooseFace(
  faces: readonly Face[],
  image: { readonly width: number; readonly height: number },
  choice: FaceChoice,
): Face | undefined {
  if (choice === 'largest') return faces[0];
  const distances = faces.map((face) => distanceTo(face, image.width / 2, image.height / 2));
  return faces[distances.indexOf(Math.min(...distances))];
}
