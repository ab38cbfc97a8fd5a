/** How well a face can be verified: what was found out about it while it was detected and aligned. */
import type { RgbImage } from '../image/image.js';
import type { AlignedFace } from './align.js';
import { type Face, landmarksOf, type ScoreLimits } from './face.js';
import { FACE_PART, type Landmarks, TEMPLATE_EYE_DISTANCE, templateFor } from './landmarks.js';

/**
 * Why a face is too poor to verify. `unsure`: the detector hardly takes it for a face, or not at a second look at the
 * aligned crop. `small`: the eyes are so close
 * that the crop is enlarged from few pixels. `blurred`: the crop has no fine detail. `turned`: its landmarks do not
 * lie as those of a face seen from the front, so that it is turned away, or they are wrong, as on a face that lies or
 * stands on its head and is taken for an upright one. `cut`: the picture's edge
 * leaves part of it outside.
 */
export type QualityReason = 'unsure' | 'small' | 'blurred' | 'turned' | 'cut';

/** How fit a face is for verification, as one figure, as reasons and as measures. */
export interface FaceQuality {
  /** 0 to 1: the worst of the measures beside its own limit, which stands at 0.5. */
  readonly value: number;
  /** Empty where nothing speaks against verifying. */
  readonly reasons: readonly QualityReason[];
  /** The detector's probability; 1 for a crop, which no detector saw. */
  readonly score: number;
  /** Pixels of the photograph between the eyes; the crop's own for a crop. */
  readonly eyeDistance: number;
  /** Share of the crop's contrast that is detail of two or three pixels, 0 to 1. */
  readonly sharpness: number;
  /** Root mean square distance of the landmarks from their places, as a share of the distance between the eyes. */
  readonly residual: number;
  /** Share of the face that the photograph shows, 0 to 1. */
  readonly visible: number;
  /** How far the head is turned in the picture's plane, in degrees from −180 to 180, clockwise; 0 for a crop. */
  readonly roll: number;
  /** How far it is turned to a side, roughly, as the nose stands between the eyes: in degrees, positive to the picture's right. */
  readonly yaw: number;
  /** The detector's probability at a second look at the crop, 0 to 1; absent where none was taken. */
  readonly secondScore?: number;
}

/** Where each measure becomes a reason; `src/README.md` says what they rest on. */
export const QUALITY_LIMITS = {
  score: 0.8,
  eyeDistance: 12,
  sharpness: 0.0005,
  residual: 0.2,
  visible: 0.7,
  secondResidual: 0.4,
  yaw: 45,
  secondScore: 0.9,
} as const;

function greyAt(data: RgbImage['data'], at: number): number {
  return 0.299 * data[at]! + 0.587 * data[at + 1]! + 0.114 * data[at + 2]!;
}

/**
 * The mean square of the Laplacian of the crop's middle, relative to 20 times the variance of its brightness: 1 for
 * noise, where neighbours have nothing in common, near 0 for a blurred picture. 0 where there is no contrast.
 */
export function measureSharpness({ data, width, height }: RgbImage): number {
  const [left, right] = [Math.floor(width * FACE_PART.begin), Math.ceil(width * FACE_PART.end)];
  const [top, bottom] = [Math.floor(height * FACE_PART.begin), Math.ceil(height * FACE_PART.end)];
  const row = width * 3;
  let [count, sum, squares, detail] = [0, 0, 0, 0];
  for (let y = top; y < bottom; y++) {
    for (let x = left, at = y * row + left * 3; x < right; x++, at += 3) {
      const grey = greyAt(data, at);
      const around = greyAt(data, at - 3) + greyAt(data, at + 3) + greyAt(data, at - row) + greyAt(data, at + row);
      count++;
      sum += grey;
      squares += grey * grey;
      detail += (4 * grey - around) ** 2;
    }
  }
  const variance = squares / count - (sum / count) ** 2;
  return variance < 1 ? 0 : Math.min(1, detail / count / (20 * variance));
}

/** Distance between the eyes, in the landmarks' pixels. */
export function eyeDistanceOf([left, right]: Landmarks): number {
  return Math.hypot(right[0] - left[0], right[1] - left[1]);
}

/** 0.5 at the limit, 1 from `twice` on and 0 where nothing is left. */
function mark(value: number, limit: number): number {
  return Math.min(1, Math.max(0, value / limit / 2));
}

/** The same for a share: 1 where it is whole. */
function markShare(share: number, limit: number): number {
  return share < limit ? mark(share, limit) : 0.5 + (0.5 * (share - limit)) / (1 - limit);
}

/** What is known of a face before its crop is judged. */
export interface FaceEvidence {
  readonly score: number;
  readonly eyeDistance: number;
  /** In the crop's pixels. */
  readonly residual: number;
  readonly visible: number;
  /** Degrees. */
  readonly roll: number;
  /** Degrees. */
  readonly yaw: number;
  /** What the detector sees in the crop. */
  readonly second?: Face | undefined;
  /** Of the detector; those of the default one where absent. */
  readonly scoreLimits?: ScoreLimits | undefined;
}

/** How far the tip of the nose stands before the eyes, as a share of their distance. */
const NOSE_DEPTH = 0.5;

function degrees(radians: number): number {
  return (180 / Math.PI) * radians;
}

/** The turn to a side that puts the nose where it is between the eyes: its tip moves by its depth times the tangent. */
function yawOf([left, right, nose]: Landmarks): number {
  const [across, down] = [right[0] - left[0], right[1] - left[1]];
  const [x, y] = [nose[0] - (left[0] + right[0]) / 2, nose[1] - (left[1] + right[1]) / 2];
  return degrees(Math.atan((x * across + y * down) / (across * across + down * down) / NOSE_DEPTH));
}

/** What a detector sees in the aligned crop, and how sure its scores are. */
export type LookedAgain = Pick<FaceEvidence, 'second' | 'scoreLimits'>;

/** What is known of a detected face once it is aligned. Throws ModelError NO_LANDMARKS. */
export function evidenceOf(face: Face, aligned: AlignedFace, looked?: LookedAgain): FaceEvidence {
  const { residual, visible, transform } = aligned;
  const landmarks = landmarksOf(face);
  const roll = degrees(-Math.atan2(transform.b, transform.a));
  const pose = { roll, yaw: yawOf(landmarks) };
  return { score: face.score, eyeDistance: eyeDistanceOf(landmarks), residual, visible, ...pose, ...looked };
}

/** Root mean square distance of a second look's landmarks from their places, in the crop's pixels. */
function secondResidualOf(crop: RgbImage, second: Face | undefined): number {
  if (!second?.landmarks) return 0;
  const template = templateFor(crop);
  const squares = second.landmarks.map(([x, y], index) => {
    const [u, v] = template[index]!;
    return (x - 0.5 - u) ** 2 + (y - 0.5 - v) ** 2;
  });
  return Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / squares.length);
}

/** A crop that was aligned elsewhere: nothing is known but its pixels. */
export const CROP_EVIDENCE: FaceEvidence = {
  score: 1,
  eyeDistance: TEMPLATE_EYE_DISTANCE,
  residual: 0,
  visible: 1,
  roll: 0,
  yaw: 0,
};

/** Judges an aligned crop. */
export function judgeFace(crop: RgbImage, evidence: FaceEvidence): FaceQuality {
  const { score, eyeDistance, visible, roll, yaw, second } = evidence;
  const sharpness = measureSharpness(crop);
  const residual = evidence.residual / TEMPLATE_EYE_DISTANCE;
  const limits = { ...QUALITY_LIMITS, ...evidence.scoreLimits };
  const secondResidual = secondResidualOf(crop, second) / TEMPLATE_EYE_DISTANCE;
  const turned = [
    mark(residual, limits.residual),
    mark(secondResidual, limits.secondResidual),
    mark(Math.abs(yaw), limits.yaw),
  ];
  const marks: readonly (readonly [QualityReason, number])[] = [
    ['unsure', Math.min(markShare(score, limits.score), second ? markShare(second.score, limits.secondScore) : 1)],
    ['small', mark(eyeDistance, limits.eyeDistance)],
    ['blurred', mark(sharpness, limits.sharpness)],
    ['turned', Math.max(0, 1 - Math.max(...turned))],
    ['cut', markShare(visible, limits.visible)],
  ];
  return {
    value: Math.min(...marks.map(([, value]) => value)),
    reasons: marks.filter(([, value]) => value < 0.5).map(([reason]) => reason),
    score,
    eyeDistance,
    sharpness,
    residual,
    visible,
    roll,
    yaw,
    ...(second ? { secondScore: second.score } : {}),
  };
}
