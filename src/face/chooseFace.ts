/** Which of several faces in a photograph is meant. */
import { ImageError, InputError } from '../errors.js';
import type { Face } from './face.js';

/**
 * `largest` by box; `central`: nearest to the middle of the image, as in benchmark sets of one labelled face; `only`
 * refuses photographs with more than one face, as whoever enrols somebody should.
 */
export type FaceChoice = 'largest' | 'central' | 'only';

const CHOICES: readonly FaceChoice[] = ['largest', 'central', 'only'];

function distanceTo({ box }: Face, x: number, y: number): number {
  return Math.hypot(box.x + box.width / 2 - x, box.y + box.height / 2 - y);
}

/**
 * The chosen face; undefined where there is none. `faces` are the largest first, as a detector gives them.
 * Throws ImageError SEVERAL_FACES for `only` where there are more than one, InputError BAD_OPTION for another choice.
 */
export function chooseFace(
  faces: readonly Face[],
  image: { readonly width: number; readonly height: number },
  choice: FaceChoice,
): Face | undefined {
  if (!CHOICES.includes(choice)) {
    throw new InputError('BAD_OPTION', `face is ${JSON.stringify(choice)}; accepted are ${CHOICES.join(', ')}.`);
  }
  if (choice === 'central') {
    const distances = faces.map((face) => distanceTo(face, image.width / 2, image.height / 2));
    return faces[distances.indexOf(Math.min(...distances))];
  }
  if (choice === 'only' && faces.length > 1) {
    throw new ImageError(
      'SEVERAL_FACES',
      `${faces.length} faces are found in the image of ${image.width}×${image.height} pixels; say which is meant ` +
        '(the largest or the central one), or cut the picture.',
    );
  }
  return faces[0];
}
