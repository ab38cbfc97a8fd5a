/** What every gallery of known faces offers, wherever its embeddings are kept; and the checks that all share. */
import { InputError } from '../errors.js';
import type { Embedding } from './match.js';

/** An embedding together with the weights that made it: those of other weights mean something else. */
export interface FaceEmbedding {
  readonly embedding: Embedding;
  /** SHA-256 of the weights, as their card states it. */
  readonly weights: string;
}

/** A face that is to be enrolled, and whose it is. */
export interface Enrolment {
  readonly id: string;
  readonly face: FaceEmbedding;
}

/** Whom a search gives. */
export interface GallerySearchOptions {
  /** People that are given at most, the most alike first; 5 when absent. */
  readonly top?: number | undefined;
  /** Cosine similarity below which people are left out; none when absent. */
  readonly threshold?: number | undefined;
}

/** Somebody in the gallery whom a face is like. */
export interface GalleryMatch {
  readonly id: string;
  /** The cosine similarity of the most alike embedding of this person, −1 to 1. */
  readonly similarity: number;
}

/** Somebody in the gallery. */
export interface GalleryOwner {
  readonly id: string;
  /** Number of embeddings, at least 1. */
  readonly embeddings: number;
}

/** How much a gallery holds. */
export interface GalleryCounts {
  readonly people: number;
  readonly embeddings: number;
}

/** A value, or the promise of one where it comes from another process. */
export type Awaitable<T> = T | Promise<T>;

/**
 * People by id, each with one embedding or more, all of the same weights. `Gallery` keeps them in memory and answers at
 * once, others answer by promises: `await` serves both. What each refuses, and with which code, is the same.
 */
export interface FaceGallery {
  /** SHA-256 of the weights that made all embeddings here. */
  readonly weights: string;
  /** Elements of an embedding. */
  readonly embeddingLength: number;
  /**
   * Adds an embedding, of any length but 0, to a person, who is new where the id is.
   * Throws InputError OTHER_WEIGHTS, BAD_ID, ZERO_EMBEDDING or NOT_FINITE, ShapeError VECTOR_LENGTH.
   */
  enrol(id: string, face: FaceEmbedding): Awaitable<void>;
  /** `enrol` for several faces: all are there afterwards, or where it throws, none. Gives how many were added. */
  enrolAll(enrolments: readonly Enrolment[]): Awaitable<number>;
  /** Removes a person with all embeddings, and says whether there was one. */
  remove(id: string): Awaitable<boolean>;
  /**
   * The people whom a face is most like, best first.
   * Throws InputError OTHER_WEIGHTS, BAD_TOP, ZERO_EMBEDDING or NOT_FINITE, ShapeError VECTOR_LENGTH.
   */
  search(face: FaceEmbedding, options?: GallerySearchOptions): Awaitable<GalleryMatch[]>;
  /** `search` for several faces. */
  searchAll(faces: readonly FaceEmbedding[], options?: GallerySearchOptions): Awaitable<GalleryMatch[][]>;
  /** Everybody, in the order in which they were enrolled. */
  list(): Awaitable<GalleryOwner[]>;
  /** How many people and embeddings it holds. */
  count(): Awaitable<GalleryCounts>;
}

/** People that a search gives where it is not said. */
const DEFAULT_TOP = 5;

/** Hexadecimal digits of a hash that messages show. */
const SHOWN_DIGITS = 12;

/** Refuses weights that did not make a gallery's embeddings: InputError OTHER_WEIGHTS. */
export function requireSameWeights(weights: string, ofGallery: string): void {
  if (weights === ofGallery) return;
  const shown = (hash: string) => `${hash.slice(0, SHOWN_DIGITS)}…`;
  throw new InputError(
    'OTHER_WEIGHTS',
    `the embedding was made by the weights ${shown(String(weights))}, those of the gallery by ${shown(ofGallery)}; ` +
      'embeddings of the same weights alone can be compared: embed the faces again.',
  );
}

/** The options with what is absent filled in. Throws InputError BAD_TOP. */
export function readSearchOptions(options: GallerySearchOptions): { readonly top: number; readonly threshold: number } {
  const { top = DEFAULT_TOP, threshold = Number.NEGATIVE_INFINITY } = options;
  if (Number.isSafeInteger(top) && top >= 1) return { top, threshold };
  throw new InputError('BAD_TOP', `top is ${top}; accepted are whole numbers from 1.`);
}
