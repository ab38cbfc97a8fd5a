/** The five landmarks of a face, and where alignment puts them. */
import { ShapeError } from '../errors.js';

/** A place in an image, in pixels from its upper left corner; the first pixel covers 0 to 1. */
export type Point = readonly [x: number, y: number];

/** Left eye, right eye, tip of the nose, left and right corner of the mouth: left and right as the image shows them. */
export type Landmarks = readonly [Point, Point, Point, Point, Point];

/** Size of an aligned crop in pixels. */
export interface CropSize {
  readonly width: number;
  readonly height: number;
}

/** Where the landmarks stand in a crop of 112×112, by pixel centres: the first pixel's is 0. */
const TEMPLATE: Landmarks = [
  [38.2946, 51.6963],
  [73.5318, 51.5014],
  [56.0252, 71.7366],
  [41.5493, 92.3655],
  [70.7299, 92.2041],
];
const TEMPLATE_SIDE = 112;

/** The middle of a crop, as shares of its sides: the face without its background. */
export const FACE_PART = { begin: 0.2, end: 0.8 } as const;

/** Crop sizes that faces are aligned to. */
export const CROP_SIZES: readonly CropSize[] = [
  { width: 112, height: 112 },
  { width: 96, height: 112 },
  { width: 96, height: 96 },
];

/** Pixels of a crop between the eyes. */
export const TEMPLATE_EYE_DISTANCE = TEMPLATE[1][0] - TEMPLATE[0][0];

/**
 * Where alignment puts the landmarks in a crop: those of 112×112, of which smaller crops are the middle, the face at
 * the same scale. Throws ShapeError CROP_SIZE for a size that no template is known for.
 */
export function templateFor({ width, height }: CropSize): Landmarks {
  if (!CROP_SIZES.some((size) => size.width === width && size.height === height)) {
    const accepted = CROP_SIZES.map((size) => `${size.width}×${size.height}`).join(', ');
    throw new ShapeError(
      'CROP_SIZE',
      `aligned crops of ${width}×${height} pixels are not known; accepted are ${accepted}.`,
    );
  }
  const [left, top] = [(TEMPLATE_SIDE - width) / 2, (TEMPLATE_SIDE - height) / 2];
  return TEMPLATE.map(([x, y]) => [x - left, y - top] as const) as unknown as Landmarks;
}
