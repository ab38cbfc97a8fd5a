/** Two faces, whatever they come from, to a decision: the one way that every front end takes. */
import { InputError } from '../errors.js';
import type { ModelCard } from '../model/card.js';
import { type Decision, decide, type ThresholdOptions } from './decision.js';
import type { Face, FaceBox } from './face.js';
import type { FaceEmbedding } from './faceGallery.js';
import { cosineSimilarity } from './match.js';
import type { FaceQuality } from './quality.js';

/** A face to compare: an embedding, and what is known of the picture that it was made from. */
export interface ComparableFace extends FaceEmbedding {
  readonly input?: 'photograph' | 'crop';
  readonly face?: Face;
  readonly faces?: number;
  readonly quality?: FaceQuality;
}

/** What was compared of a picture. */
export interface ComparedFace {
  /** What the picture was taken for; `embedding` for one that was stored before. */
  readonly input: 'photograph' | 'crop' | 'embedding';
  /** How many faces the picture has; null for crops and embeddings, and where the caller said which face is meant. */
  readonly faces: number | null;
  /** The face that was taken, in pixels of the picture; null where no detector saw it. */
  readonly box: FaceBox | null;
  /** Null for embeddings that were stored without. */
  readonly quality: FaceQuality | null;
}

/** A decision about two faces and what it rests on. */
export interface Verification extends Decision {
  /** Of the first picture and of the second. */
  readonly faces: readonly [ComparedFace, ComparedFace];
  /** Pairs of faces that were compared, of which this is the most alike: 1 unless all faces were asked for. */
  readonly comparisons: number;
  /** Name and SHA-256 of the weights that made the embeddings. */
  readonly model: string;
  readonly weights: string;
}

function describe({ input, face, faces, quality }: ComparableFace): ComparedFace {
  return { input: input ?? 'embedding', faces: faces ?? null, box: face?.box ?? null, quality: quality ?? null };
}

/** Refuses an embedding of other weights than the card's: InputError OTHER_WEIGHTS. */
export function requireWeightsOf(card: ModelCard, { weights }: FaceEmbedding, name = 'embedding'): void {
  if (weights === card.sha256) return;
  throw new InputError(
    'OTHER_WEIGHTS',
    `${name}: is of the weights ${weights}, the verifier's are ${card.sha256}; only those of the same can be compared.`,
  );
}

/**
 * Compares each of the first picture's faces with each of the second's, and decides on the two that are most alike.
 * Both lists have at least one. Throws InputError OTHER_WEIGHTS, BAD_OPTION and as `cosineSimilarity` does.
 */
export function compareFaces(
  card: ModelCard,
  first: readonly ComparableFace[],
  second: readonly ComparableFace[],
  options: ThresholdOptions = {},
): Verification {
  for (const face of [...first, ...second]) requireWeightsOf(card, face);
  const pairs = first.flatMap((a) =>
    second.map((b) => ({ a, b, similarity: cosineSimilarity(a.embedding, b.embedding) })),
  );
  const best = pairs.reduce((most, pair) => (pair.similarity > most.similarity ? pair : most));
  return {
    ...decide(best.similarity, card, options),
    faces: [describe(best.a), describe(best.b)],
    comparisons: pairs.length,
    model: card.name,
    weights: best.a.weights,
  };
}
