/** A face as every detector gives it, and what a detector must be able to do. */
import { ModelError } from '../errors.js';
import type { RgbImage } from '../image/image.js';
import type { Landmarks } from './landmarks.js';

/** A rectangle in pixels of the image; it may pass the image's edges. */
export interface FaceBox {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A face that was found. */
export interface Face {
  /** The probability that the detector gives it, 0 to 1. */
  readonly score: number;
  readonly box: FaceBox;
  /** They may lie outside the image where a face is cut by its edge. Absent where the detector finds boxes alone. */
  readonly landmarks?: Landmarks;
}

/**
 * Which turns of the photograph are searched. `auto`: as it stands, and where no sure face is found so, by quarters:
 * four times the time. `all`: all four, so that a lying face is found beside an upright one. `none`: as it stands.
 */
export type Turns = 'auto' | 'all' | 'none';

/** What is absent is taken from the detector's card. */
export interface DetectOptions {
  /** Smallest face that is looked for, in pixels; half of it takes four times as long. */
  readonly minimumFace?: number | undefined;
  /**
   * Size of each level of the image pyramid relative to the one before: nearer to 1 finds more and takes longer. Of a
   * cascade alone.
   */
  readonly scaleFactor?: number | undefined;
  /** Probabilities from which a box is kept: of P-Net, R-Net and O-Net. */
  readonly thresholds?: readonly number[] | undefined;
  /** `auto` where absent. */
  readonly turns?: Turns | undefined;
}

/** Scores below which a face is unsure. */
export interface ScoreLimits {
  readonly score: number;
  readonly secondScore: number;
}

/** A way to find upright faces; `Detector` makes of it what users call. */
export interface FaceFinder {
  /** Whether its faces have landmarks. */
  readonly findsLandmarks: boolean;
  /** The score from which a face that is found is not in doubt: false ones hardly reach it. */
  readonly sureScore: number;
  /** The scores below which a face is unsure, as it is found and at a second look: detectors' scores differ. */
  readonly scoreLimits: ScoreLimits;
  /** The faces of an image, in any order. Throws InputError BAD_OPTION. */
  find(image: RgbImage, options: DetectOptions): Face[];
  /**
   * The face that stands in an aligned crop, in the crop's pixels, however unlikely. A
   * finder that looks at squares looks at the given one.
   */
  lookAgain(crop: RgbImage, square?: FaceBox): Face;
  dispose(): void;
}

/** A face's landmarks. Throws ModelError NO_LANDMARKS where its detector finds none. */
export function landmarksOf({ landmarks }: Face): Landmarks {
  if (landmarks) return landmarks;
  throw new ModelError(
    'NO_LANDMARKS',
    'the face has no landmarks, so that it cannot be aligned; a detector is needed that finds them.',
  );
}
