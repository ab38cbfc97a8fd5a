/** What compares faces, wherever its networks run: everything that follows from detecting and embedding. */
import type { Photo } from '../files/pictures.js';
import type { ModelCard } from '../model/card.js';
import type { FaceChoice } from './chooseFace.js';
import { type ComparableFace, compareFaces, requireWeightsOf, type Verification } from './comparison.js';
import type { Abortable, CropAllOptions, CropOptions, FaceCrop } from './cropFaces.js';
import { findThreshold, requireThreshold, type ThresholdOptions } from './decision.js';
import type { EmbedOutcome, Photos } from './embedMany.js';
import type { DetectOptions, Face } from './face.js';
import type { FaceEmbedding } from './faceGallery.js';
import { cosineSimilarity } from './match.js';

/** How all faces of a picture are embedded. */
export interface EmbedAllOptions extends CropAllOptions {
  /** Adds the mirrored crop's embedding: twice the time, a little more accuracy. */
  readonly mirror?: boolean | undefined;
}

/** How one face of a picture is embedded. */
export interface EmbedPhotoOptions extends EmbedAllOptions, CropOptions {}

/** How two pictures are compared. */
export interface VerifyOptions extends EmbedAllOptions, ThresholdOptions {
  /**
   * Which of several faces is meant: `largest` where absent. `all` compares each face of one picture with each of the
   * other and tells the best pair: is this person on that photograph?
   */
  readonly face?: FaceChoice | 'all' | undefined;
}

/** An embedded face: of unit length, with the weights that made it and what it was made from. */
export interface EmbeddedFace extends FaceEmbedding, Omit<FaceCrop, 'image'> {
  readonly embedding: Float32Array;
  /** Whether the mirrored crop's embedding was added. */
  readonly mirrored: boolean;
}

type ComparedOptions = EmbedAllOptions & { readonly face?: FaceChoice | 'all' | Face | undefined };

function isEmbedding(source: Photo | FaceEmbedding): source is FaceEmbedding {
  return typeof source === 'object' && source !== null && 'embedding' in source && 'weights' in source;
}

/** Detects, embeds and compares. `FaceVerifier` does so here, `FacePool` in threads. */
export abstract class FaceComparer {
  /** The card of the embedder's weights. */
  abstract readonly card: ModelCard;
  /** SHA-256 of the embedder's weights, which names its embeddings. */
  abstract readonly weights: string;

  /** The faces of a photograph, the largest first. Throws ImageError for what is no picture, and the signal's reason. */
  abstract detect(photo: Photo, options?: DetectOptions & Abortable): Promise<Face[]>;
  /** One face of a photograph, aligned, with its quality. Throws ImageError NO_FACE, and as `detect` does. */
  abstract crop(photo: Photo, options?: CropOptions): Promise<FaceCrop>;
  /** The embedding of one face of a photograph or crop, of unit length. Throws as `crop` does. */
  abstract embed(photo: Photo, options?: EmbedPhotoOptions): Promise<EmbeddedFace>;
  /** The embeddings of all faces of a photograph, the largest first. Throws as `crop` does. */
  abstract embedAll(photo: Photo, options?: EmbedAllOptions): Promise<EmbeddedFace[]>;
  /** Embeds many pictures, several in a run, in their order; a picture that fails has its error in its place. */
  abstract embedMany(photos: Photos, options?: EmbedPhotoOptions): AsyncGenerator<EmbedOutcome, void>;

  /**
   * The cosine similarity of two faces, −1 to 1. Each is a photograph, a crop, or an embedding made before.
   * Throws as `embed` does, and InputError OTHER_WEIGHTS for an embedding of other weights.
   */
  async similarity(
    a: Photo | FaceEmbedding,
    b: Photo | FaceEmbedding,
    options: EmbedPhotoOptions = {},
  ): Promise<number> {
    const [first, second] = await this.#facesOfBoth(a, b, options);
    return cosineSimilarity(first[0]!.embedding, second[0]!.embedding);
  }

  /**
   * Compares two faces and decides by the threshold of the weights' card or the caller's. Where there is neither, `same`
   * is null and `undecided` says why. Throws as `similarity` does, and InputError BAD_OPTION before anything is computed.
   */
  async verify(a: Photo | FaceEmbedding, b: Photo | FaceEmbedding, options: VerifyOptions = {}): Promise<Verification> {
    findThreshold(this.card, options);
    const [first, second] = await this.#facesOfBoth(a, b, options);
    return compareFaces(this.card, first, second, options);
  }

  /**
   * Whether two faces are of the same person.
   * Throws InputError NO_THRESHOLD where there is none to decide by, before anything is computed, and as `verify` does.
   */
  async isSame(a: Photo | FaceEmbedding, b: Photo | FaceEmbedding, options: VerifyOptions = {}): Promise<boolean> {
    requireThreshold(this.card, options);
    return (await this.verify(a, b, options)).same!;
  }

  /** Both at a time; where both fail, the first one's error is thrown. */
  async #facesOfBoth(
    a: Photo | FaceEmbedding,
    b: Photo | FaceEmbedding,
    options: ComparedOptions,
  ): Promise<[ComparableFace[], ComparableFace[]]> {
    const second = this.#facesOf(b, 'b', options);
    second.catch(() => {});
    return [await this.#facesOf(a, 'a', options), await second];
  }

  async #facesOf(
    source: Photo | FaceEmbedding,
    name: string,
    { face, ...options }: ComparedOptions,
  ): Promise<ComparableFace[]> {
    if (isEmbedding(source)) {
      requireWeightsOf(this.card, source, name);
      return [source];
    }
    return face === 'all'
      ? this.embedAll(source, { ...options, name })
      : [await this.embed(source, { ...options, face, name })];
  }
}
