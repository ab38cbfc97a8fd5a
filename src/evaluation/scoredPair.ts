/** What protocols judge: a pair of images with its score. */

/** A compared pair: a higher score means more alike. */
export interface ScoredPair {
  readonly score: number;
  readonly same: boolean;
  readonly fold: number;
}
