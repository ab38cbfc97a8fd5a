/** Faces turned, scaled and cut out so that eyes, nose and mouth stand where the embedder expects them. */
import { ImageError } from '../errors.js';
import { checkImage, type ImageSource, type RgbImage, toRgb } from '../image/image.js';
import { type Similarity, sampledAt, warpImage } from '../image/warp.js';
import { type CropSize, FACE_PART, type Landmarks, type Point, templateFor } from './landmarks.js';
import { fitSimilarity, invertSimilarity } from './similarity.js';

/** A crop that an embedder takes, and how it came about. */
export interface AlignedFace {
  readonly image: RgbImage;
  /** From pixel centres of the photograph to those of the crop. */
  readonly transform: Similarity;
  /** Root mean square distance between the face's landmarks and the template's, in the crop's pixels. */
  readonly residual: number;
  /** Share of the face, the middle of the crop, that the photograph shows, 0 to 1. */
  readonly visible: number;
}

/** Places along each side of a crop's middle that are tried for being inside the photograph, and the share that must be. */
const TRIED = 10;
const LEAST_VISIBLE = 0.3;

function visibleShare(toPhotograph: Similarity, size: CropSize, image: RgbImage): number {
  const place = (index: number, side: number) => {
    const { begin, end } = FACE_PART;
    return side * (begin + ((end - begin) * (index + 0.5)) / TRIED) - 0.5;
  };
  let inside = 0;
  for (let index = 0; index < TRIED * TRIED; index++) {
    const [u, v] = [place(index % TRIED, size.width), place(Math.floor(index / TRIED), size.height)];
    const [x, y] = sampledAt(toPhotograph, u, v);
    if (x > -0.5 && y > -0.5 && x < image.width - 0.5 && y < image.height - 0.5) inside++;
  }
  return inside / (TRIED * TRIED);
}

function checkVisible(visible: number, { width, height }: RgbImage): void {
  if (visible >= LEAST_VISIBLE) return;
  throw new ImageError(
    'FACE_OUTSIDE',
    `the landmarks put ${Math.round(100 * visible)} % of the face inside the image of ${width}×${height} pixels; at ` +
      `least ${100 * LEAST_VISIBLE} % are needed.`,
  );
}

/**
 * Aligns a face by its landmarks in pixels of the image: least-squares similarity transform to the template of the
 * size, sampled without aliasing. Landmarks may lie outside the image, which is black there, as long as three
 * tenths of the face are inside. Throws ImageError for what is no image or FACE_OUTSIDE, InputError BAD_LANDMARKS,
 * DEGENERATE_LANDMARKS or MIRRORED_LANDMARKS, ShapeError CROP_SIZE.
 */
export function alignFace(source: ImageSource, landmarks: Landmarks, size: CropSize): AlignedFace {
  const image = toRgb(checkImage(source));
  const centres = landmarks.map(([x, y]): Point => [x - 0.5, y - 0.5]);
  const { transform, residual } = fitSimilarity(centres, templateFor(size));
  const toPhotograph = invertSimilarity(transform);
  const visible = visibleShare(toPhotograph, size, image);
  checkVisible(visible, image);
  return { image: warpImage(image, toPhotograph, size.width, size.height), transform, residual, visible };
}
