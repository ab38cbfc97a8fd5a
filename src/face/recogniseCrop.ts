/** Whether an image of a crop's size is an aligned crop: a face stands in it where alignment puts one. */
import type { RgbImage } from '../image/image.js';
import type { FaceBox, FaceFinder } from './face.js';
import { type CropSize, templateFor } from './landmarks.js';

/** Where the middle of a detector's square stands, from that of a crop, and its side: tight around the template's face. */
const SQUARE = { down: 10, side: 84 } as const;

function squareOf({ width, height }: CropSize): FaceBox {
  const { down, side } = SQUARE;
  return { x: (width - side) / 2, y: (height - side) / 2 + down, width: side, height: side };
}

/** How sure the detector must be of a face, and how far its landmarks may stand from the template's, root mean square in pixels. */
export const CROP_LIMITS = { score: 0.7, distance: 9.5 } as const;

/** Root mean square distance of landmarks from the template's, in the crop's pixels; undefined where the detector sees none. */
export function distanceFromTemplate(finder: Pick<FaceFinder, 'lookAgain'>, image: RgbImage): number | undefined {
  const face = finder.lookAgain(image, squareOf(image));
  if (!face.landmarks || face.score < CROP_LIMITS.score) return undefined;
  // The template is in pixel centres, landmarks count from the corner.
  const squares = templateFor(image).map(([x, y], index) => {
    const [u, v] = face.landmarks![index]!;
    return (u - x - 0.5) ** 2 + (v - y - 0.5) ** 2;
  });
  return Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / squares.length);
}

/** Whether the image, of a crop's size, shows a face with its landmarks at the template's. Throws ShapeError CROP_SIZE. */
export function isAlignedCrop(finder: Pick<FaceFinder, 'lookAgain'>, image: RgbImage): boolean {
  const distance = distanceFromTemplate(finder, image);
  return distance !== undefined && distance <= CROP_LIMITS.distance;
}
