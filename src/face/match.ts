/** Comparing embeddings: length, sum and cosine similarity, computed in double precision. */
import { InputError, ShapeError } from '../errors.js';

/** A vector that describes a face; only embeddings of the same weights can be compared. */
export type Embedding = Float32Array | readonly number[];

function checkLengths(a: Embedding, b: Embedding): void {
  if (a.length === b.length) return;
  throw new ShapeError(
    'EMBEDDING_LENGTH',
    `embeddings have ${a.length} and ${b.length} elements; only those of the same weights can be compared.`,
  );
}

/** The square root of `squares`, a sum of squares; throws where the embedding has no direction. */
function lengthFrom(squares: number): number {
  if (!Number.isFinite(squares)) {
    throw new InputError('NOT_FINITE', 'embedding has elements that are not finite; a face has none such.');
  }
  if (squares === 0) {
    throw new InputError('ZERO_EMBEDDING', 'embedding is zero or empty; it has no direction to compare.');
  }
  return Math.sqrt(squares);
}

function dot(a: Embedding, b: Embedding): number {
  let sum = 0;
  for (let index = 0; index < a.length; index++) sum += a[index]! * b[index]!;
  return sum;
}

/**
 * The embedding divided by its Euclidean length, in new memory.
 * Throws InputError ZERO_EMBEDDING or NOT_FINITE.
 */
export function normaliseEmbedding(embedding: Embedding): Float32Array {
  const length = lengthFrom(dot(embedding, embedding));
  return Float32Array.from(embedding, (value) => value / length);
}

/**
 * The element-wise sum, in new memory: how the embeddings of an image and of its mirror image are joined.
 * Throws ShapeError EMBEDDING_LENGTH.
 */
export function addEmbeddings(a: Embedding, b: Embedding): Float32Array {
  checkLengths(a, b);
  return Float32Array.from(a, (value, index) => value + b[index]!);
}

/**
 * The cosine of the angle between two embeddings, −1 to 1: 1 for the same direction. It is no percentage and no
 * probability. Neither needs to be of unit length.
 * Throws ShapeError EMBEDDING_LENGTH, InputError ZERO_EMBEDDING or NOT_FINITE.
 */
export function cosineSimilarity(a: Embedding, b: Embedding): number {
  checkLengths(a, b);
  const cosine = dot(a, b) / (lengthFrom(dot(a, a)) * lengthFrom(dot(b, b)));
  return Math.min(1, Math.max(-1, cosine));
}

/** The decision: the same person from the threshold on. */
export function isSamePerson(similarity: number, threshold: number): boolean {
  return similarity >= threshold;
}
