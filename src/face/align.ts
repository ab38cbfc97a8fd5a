/** Faces turned, scaled and cut out so that eyes, nose and mouth stand where the embedder expects them. */
import { ImageError } from '../errors.js';
import { checkImage, type ImageSource, type RgbImage, toRgb } from '../image/image.js';
import { type Similarity, sampledAt, warpImage } from '../image/warp.js';
import { type CropSize, type Landmarks, type Point, templateFor } from './landmarks.js';
import { fitSimilarity, invertSimilarity } from './similarity.js';

/** A crop that an embedder takes, and how it came about. */
export interface AlignedFace {
  readonly image: RgbImage;
  /** From pixel centres of the photograph to those of the crop. */
  readonly transform: Similarity;
  /** Root mean square distance between the face's landmarks and the template's, in the crop's pixels. */
  readonly residual: number;
}

/** Places along each side of a crop that are tried for being inside the photograph, and the share that must be. */
const TRIED = 8;
const LEAST_INSIDE = 0.5;

function checkInside(toPhotograph: Similarity, size: CropSize, image: RgbImage): void {
  let inside = 0;
  for (let index = 0; index < TRIED * TRIED; index++) {
    const u = ((index % TRIED) * (size.width - 1)) / (TRIED - 1);
    const v = (Math.floor(index / TRIED) * (size.height - 1)) / (TRIED - 1);
    const [x, y] = sampledAt(toPhotograph, u, v);
    if (x > -0.5 && y > -0.5 && x < image.width - 0.5 && y < image.height - 0.5) inside++;
  }
  if (inside >= LEAST_INSIDE * TRIED * TRIED) return;
  const share = Math.round((100 * inside) / (TRIED * TRIED));
  throw new ImageError(
    'FACE_OUTSIDE',
    `the landmarks put ${share} % of the face inside the image of ${image.width}×${image.height} pixels; at least ` +
      `${100 * LEAST_INSIDE} % are needed.`,
  );
}

/**
 * Aligns a face by its landmarks in pixels of the image: least-squares similarity transform to the template of the
 * size, sampled without aliasing. Landmarks may lie outside the image, which is black there, as long as half of the
 * crop is inside. Throws ImageError for what is no image or FACE_OUTSIDE, InputError BAD_LANDMARKS,
 * DEGENERATE_LANDMARKS or MIRRORED_LANDMARKS, ShapeError CROP_SIZE.
 */
export function alignFace(source: ImageSource, landmarks: Landmarks, size: CropSize): AlignedFace {
  const image = toRgb(checkImage(source));
  const centres = landmarks.map(([x, y]): Point => [x - 0.5, y - 0.5]);
  const { transform, residual } = fitSimilarity(centres, templateFor(size));
  const toPhotograph = invertSimilarity(transform);
  checkInside(toPhotograph, size, image);
  return { image: warpImage(image, toPhotograph, size.width, size.height), transform, residual };
}
