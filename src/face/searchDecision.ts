/** Who of a gallery a face is: one person at most, by a threshold for as many comparisons as the gallery makes. */
import type { ModelCard } from '../model/card.js';
import { DEFAULT_FALSE_ACCEPT_RATE, thresholdFor } from '../model/chooseThreshold.js';
import { type ChosenThreshold, findThreshold, requireThreshold } from './decision.js';
import type { GalleryMatch } from './faceGallery.js';
import { isSamePerson } from './match.js';

/** The share of strangers who may be taken for somebody in the gallery, where nothing else is asked for. */
export const DEFAULT_FALSE_POSITIVE_RATE = 0.01;

/** How a search decides. */
export interface SearchDecisionOptions {
  /** Cosine similarity from which two faces count as the same person, −1 to 1, whatever the gallery's size. */
  readonly threshold?: number | undefined;
}

/** A match, and whether it is who the face is said to be: of the matches of a face, one at most. */
export interface DecidedMatch extends GalleryMatch {
  /** Null where there is no threshold. */
  readonly same: boolean | null;
}

/** The outcome of a search. */
export interface SearchDecision {
  readonly threshold: number | null;
  /** Share of strangers who would be taken for somebody in a gallery of this size; null where it is not known. */
  readonly falsePositiveRate: number | null;
  /** The most alike first. */
  readonly matches: readonly DecidedMatch[];
}

/** The card's threshold for a gallery: strict enough for its size, or the strictest that there is. */
function thresholdForSize(card: ModelCard, embeddings: number): ChosenThreshold | undefined {
  const rate = Math.min(DEFAULT_FALSE_ACCEPT_RATE, DEFAULT_FALSE_POSITIVE_RATE / Math.max(1, embeddings));
  const rates = card.thresholds.flatMap(({ falseAcceptRate }) => falseAcceptRate ?? []);
  const strictest = rates.length > 0 ? thresholdFor(card.thresholds, Math.min(...rates)) : undefined;
  return thresholdFor(card.thresholds, rate) ?? strictest ?? findThreshold(card);
}

/**
 * Decides a search among so many embeddings. A stranger is compared with each, so that the card's false-accept rate is
 * that of one comparison: the threshold is the one whose rate leaves one stranger in a hundred, or the strictest of the
 * card, and `falsePositiveRate` says what is left. Throws InputError BAD_OPTION.
 */
export function decideSearch(
  matches: readonly GalleryMatch[],
  embeddings: number,
  card: ModelCard,
  options: SearchDecisionOptions = {},
): SearchDecision {
  const given = options.threshold !== undefined;
  const chosen = given ? requireThreshold(card, options) : thresholdForSize(card, embeddings);
  const rate = chosen?.falseAcceptRate;
  return {
    threshold: chosen?.value ?? null,
    falsePositiveRate: rate === undefined ? null : 1 - (1 - rate) ** embeddings,
    matches: matches.map(({ id, similarity }, place) => ({
      id,
      similarity,
      same: chosen ? place === 0 && isSamePerson(similarity, chosen.value) : null,
    })),
  };
}
