/** Logistic regression of a score on two classes that weigh alike: the probability of the same person, after Platt. */
import { InputError } from '../errors.js';

const MOST_STEPS = 100;
const CONVERGED = 1e-12;

/** Pairs of one class with one score, or nearly so. */
export interface ScoreGroup {
  readonly score: number;
  readonly same: boolean;
  readonly count: number;
}

/** Pairs as the fit sees them. */
interface Sample {
  readonly score: number;
  /** What their probability should be. */
  readonly target: number;
  readonly weight: number;
}

/** What turns a score into a probability: 1 / (1 + exp(−(slope · score + offset))). */
export interface Logistic {
  readonly slope: number;
  readonly offset: number;
}

/**
 * Platt's targets (1999), just inside 0 and 1, so that slopes stay finite where scores separate the classes. Both
 * classes weigh alike, whatever their numbers.
 */
function samplesOf(groups: readonly ScoreGroup[]): Sample[] {
  const total = (isSame: boolean) => groups.reduce((sum, { same, count }) => sum + (same === isSame ? count : 0), 0);
  const [same, different] = [total(true), total(false)];
  return groups.map((group) => ({
    score: group.score,
    target: group.same ? (same + 1) / (same + 2) : 1 / (different + 2),
    weight: group.count / (2 * (group.same ? same : different)),
  }));
}

/** Cross-entropy of the targets, without overflow for any score. */
function lossOf(samples: readonly Sample[], slope: number, offset: number): number {
  return samples.reduce((sum, { score, target, weight }) => {
    const logit = slope * score + offset;
    return sum + weight * (Math.max(logit, 0) - target * logit + Math.log1p(Math.exp(-Math.abs(logit))));
  }, 0);
}

/** Newton's step for the slope and the offset at a point of the loss, which is convex. */
function newtonStep(samples: readonly Sample[], slope: number, offset: number): readonly [number, number] {
  let [gradientSlope, gradientOffset, slopeSlope, slopeOffset, offsetOffset] = [0, 0, 1e-12, 0, 1e-12];
  for (const { score, target, weight } of samples) {
    const probability = 1 / (1 + Math.exp(-(slope * score + offset)));
    const error = weight * (probability - target);
    const curvature = weight * probability * (1 - probability);
    gradientSlope += error * score;
    gradientOffset += error;
    slopeSlope += curvature * score * score;
    slopeOffset += curvature * score;
    offsetOffset += curvature;
  }
  const determinant = slopeSlope * offsetOffset - slopeOffset * slopeOffset;
  return [
    (offsetOffset * gradientSlope - slopeOffset * gradientOffset) / determinant,
    (slopeSlope * gradientOffset - slopeOffset * gradientSlope) / determinant,
  ];
}

/**
 * Fits 1 / (1 + exp(−(slope · score + offset))), the probability of the same person among pairs of which half are,
 * after Platt (1999), by Newton's method with halved steps (Lin, Lin and Weng 2007).
 * Both classes must be there. Throws InputError NO_RELATION where higher scores do not speak for the same person.
 */
export function fitLogistic(groups: readonly ScoreGroup[]): Logistic {
  const samples = samplesOf(groups);
  let [slope, offset] = [0, 0];
  let loss = lossOf(samples, slope, offset);
  for (let step = 0; step < MOST_STEPS; step++) {
    const [slopeStep, offsetStep] = newtonStep(samples, slope, offset);
    let share = 1;
    let next = lossOf(samples, slope - slopeStep, offset - offsetStep);
    while (!(next <= loss) && share > CONVERGED) {
      share /= 2;
      next = lossOf(samples, slope - share * slopeStep, offset - share * offsetStep);
    }
    if (!(next <= loss)) break;
    slope -= share * slopeStep;
    offset -= share * offsetStep;
    if (loss - next <= CONVERGED * loss) break;
    loss = next;
  }
  if (slope > 0) return { slope, offset };
  throw new InputError(
    'NO_RELATION',
    `the probability falls with the similarity (slope ${slope}); pairs of the same person must score higher than others.`,
  );
}
