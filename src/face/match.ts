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

/**
 * The embedding divided by its largest magnitude, so that its squares neither vanish nor overflow, with its length.
 * Throws InputError NOT_FINITE where an element is no finite number, ZERO_EMBEDDING where it has no direction.
 */
function scaled(embedding: Embedding): { readonly values: Float64Array; readonly length: number } {
  let largest = 0;
  for (let index = 0; index < embedding.length; index++) {
    const value: unknown = embedding[index];
    if (typeof value !== 'number' || !Number.isFinite(value)) {
      throw new InputError(
        'NOT_FINITE',
        `embedding: element ${index} is ${JSON.stringify(value) ?? value}; finite numbers are accepted.`,
      );
    }
    largest = Math.max(largest, Math.abs(value));
  }
  if (largest === 0) {
    throw new InputError('ZERO_EMBEDDING', 'embedding is zero or empty; it has no direction to compare.');
  }
  const values = Float64Array.from(embedding, (value) => value / largest);
  return { values, length: Math.sqrt(dot(values, values)) };
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let index = 0; index < a.length; index++) sum += a[index]! * b[index]!;
  return sum;
}

/**
 * The embedding divided by its Euclidean length, in new memory.
 * Throws InputError ZERO_EMBEDDING or NOT_FINITE.
 */
export function normaliseEmbedding(embedding: Embedding): Float32Array {
  const { values, length } = scaled(embedding);
  return Float32Array.from(values, (value) => value / length);
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
  const [first, second] = [scaled(a), scaled(b)];
  const cosine = dot(first.values, second.values) / (first.length * second.length);
  return Math.min(1, Math.max(-1, cosine));
}

/** The decision: the same person from the threshold on. */
export function isSamePerson(similarity: number, threshold: number): boolean {
  return similarity >= threshold;
}
