/** From photographs to a decision in one call: detect, align, embed, compare. */
import { Engine, type EngineOptions } from '../engine.js';
import { ImageError, InputError, MobileFaceNetError, ModelError, ShapeError } from '../errors.js';
import { locatedIn } from '../files/located.js';
import { loadModelSource, type ModelSource, type WeightOptions } from '../files/models.js';
import { type Photo, readPicture } from '../files/pictures.js';
import type { RgbImage } from '../image/image.js';
import type { ModelCard } from '../model/card.js';
import { alignFace } from './align.js';
import { chooseFace, type FaceChoice } from './chooseFace.js';
import { type ChosenThreshold, probabilityOf, requireThreshold, type ThresholdOptions } from './decision.js';
import { createDetector, type Detector } from './detect.js';
import { createEmbedder, type Embedder } from './embed.js';
import { type DetectOptions, type Face, landmarksOf } from './face.js';
import type { FaceEmbedding } from './faceGallery.js';
import type { CropSize } from './landmarks.js';
import { cosineSimilarity, isSamePerson, normaliseEmbedding } from './match.js';
import { CROP_EVIDENCE, evidenceOf, type FaceQuality, judgeFace } from './quality.js';

/** How a verifier is made. */
export interface LoadOptions extends EngineOptions, WeightOptions {
  /** The embedder's weights; those of this package where absent. */
  readonly model?: ModelSource | undefined;
  /** The detector's weights; those of this package where absent, and no detector where null. */
  readonly detector?: ModelSource | null | undefined;
  /** An engine of the caller's, which `dispose` leaves alone; otherwise one is made from the engine's options. */
  readonly engine?: Engine | undefined;
}

/** A way to stop: checked before each photograph. Rejects with the signal's own reason. */
export interface Abortable {
  readonly signal?: AbortSignal | undefined;
}

/** How large a photograph's file may be. */
export interface PixelLimited {
  /** Pixels (width · height) that a file may decode to; 100 million where absent. */
  readonly pixelLimit?: number | undefined;
}

export interface CropOptions extends DetectOptions, Abortable, PixelLimited {
  /** Which face of several is meant: `largest` where absent, or one that `detect` found in this photograph. */
  readonly face?: FaceChoice | Face | undefined;
  /**
   * What an image of exactly the embedder's input size is: `auto`, where absent, takes it for an aligned crop; `crop`
   * takes every image for one, and refuses other sizes; `photo` looks for faces in every image.
   */
  readonly input?: 'auto' | 'crop' | 'photo' | undefined;
  /** Throws ImageError POOR_FACE for a face whose quality has reasons not to verify it. */
  readonly refusePoor?: boolean | undefined;
}

export interface EmbedPhotoOptions extends CropOptions {
  /** Adds the mirrored crop's embedding: twice the time, a little more accuracy. */
  readonly mirror?: boolean | undefined;
}

/** Counts of a batch, after each photograph. */
export interface BatchProgress {
  readonly done: number;
  readonly total: number;
}

export interface EmbedBatchOptions extends EmbedPhotoOptions {
  /** Hears of each picture that is done. */
  readonly onProgress?: ((progress: BatchProgress) => void) | undefined;
}

export interface VerifyOptions extends EmbedPhotoOptions, ThresholdOptions {}

/** A face ready to be embedded. */
export interface FaceCrop {
  /** Of the embedder's input size. */
  readonly image: RgbImage;
  /** The face in its photograph; absent where the photograph is a crop. */
  readonly face?: Face;
  /** How many faces the photograph has; absent for a crop, and where the caller said which face is meant. */
  readonly faces?: number;
  readonly quality: FaceQuality;
}

/** An embedded face: of unit length, with the weights that made it and what it was made from. */
export interface EmbeddedFace extends FaceEmbedding {
  readonly embedding: Float32Array;
  /** Whether the mirrored crop's embedding was added. */
  readonly mirrored: boolean;
  /** The face in its photograph; absent for a crop. */
  readonly face?: Face;
  /** How many faces the photograph has; absent for a crop, and where the caller said which face is meant. */
  readonly faces?: number;
  readonly quality: FaceQuality;
}

/** A decision and what it rests on. */
export interface Verification {
  /** Cosine, −1 to 1: no percentage and no probability. */
  readonly similarity: number;
  readonly same: boolean;
  readonly threshold: ChosenThreshold;
  /** Calibrated on the pairs that the card names; absent where it has none. */
  readonly probability?: number;
  /** Qualities of the two faces; absent for embeddings that were made before without one. */
  readonly qualities: readonly [FaceQuality | undefined, FaceQuality | undefined];
}

const NO_FACE_ADVICE = 'a clear face seen from the front is needed, or a smaller minimum face';

/** A turn of the event loop, so that timers and signals are heard between photographs. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}

function isEmbedding(source: Photo | FaceEmbedding): source is FaceEmbedding {
  return typeof source === 'object' && source !== null && 'embedding' in source && 'weights' in source;
}

/** Detector, aligner and embedder put together. Make one with `FaceVerifier.load`. */
export class FaceVerifier {
  readonly #engine: Engine;
  readonly #ownsEngine: boolean;
  readonly #embedder: Embedder;
  readonly #detector: Detector | undefined;
  /** SHA-256 of the embedder's weights, which names its embeddings. */
  readonly weights: string;

  private constructor(engine: Engine, ownsEngine: boolean, embedder: Embedder, detector: Detector | undefined) {
    this.#engine = engine;
    this.#ownsEngine = ownsEngine;
    this.#embedder = embedder;
    this.#detector = detector;
    this.weights = embedder.card.sha256!;
  }

  /**
   * Loads weights and compiles them. With no options it takes the weights of this package, where there is a file
   * system. Throws what `importModel`, `Engine.create`, `createEmbedder` and `createDetector` throw, what
   * `loadModelSource` throws, the signal's reason, and ModelError NO_HASH for a model whose card has none.
   */
  static async load(options: LoadOptions = {}): Promise<FaceVerifier> {
    const { model, detector, engine: given, signal, onLoadProgress, ...engineOptions } = options;
    const reading = { signal, onLoadProgress };
    const [embedding, detection] = await Promise.all([
      loadModelSource(model, 'model', reading),
      detector === null ? undefined : loadModelSource(detector, 'detector', reading),
    ]);
    if (embedding.card.sha256 === undefined) {
      const { name } = embedding.card;
      throw new ModelError('NO_HASH', `${name}: the card has no sha256; embeddings are named by it.`);
    }
    const engine = given ?? (await Engine.create(engineOptions));
    try {
      signal?.throwIfAborted();
      const embedder = await createEmbedder(engine, embedding);
      const found = detection && (await createDetector(engine, detection));
      return new FaceVerifier(engine, !given, embedder, found);
    } catch (error) {
      if (!given) engine.dispose();
      throw error;
    }
  }

  /** The engine that all networks run on. */
  get engine(): Engine {
    return this.#engine;
  }

  /** The card of the embedder's weights. */
  get card(): ModelCard {
    return this.#embedder.card;
  }

  /** The embedder, for aligned crops alone. */
  get embedder(): Embedder {
    return this.#embedder;
  }

  /** Size of the crops that faces are aligned to. */
  get cropSize(): CropSize {
    return this.#embedder.inputSize;
  }

  /** The faces of a photograph, the largest first. Throws as `Detector.detect` and `decodeImage` do. */
  async detect(photo: Photo, options: DetectOptions & Abortable & PixelLimited = {}): Promise<Face[]> {
    options.signal?.throwIfAborted();
    const image = await readPicture(photo, 'photo', { pixelLimit: options.pixelLimit });
    options.signal?.throwIfAborted();
    return this.#requireDetector().detect(image, options);
  }

  /**
   * The aligned crop of a photograph's face, as `embed` embeds it.
   * Throws ImageError NO_FACE where none is found, POOR_FACE, FACE_OUTSIDE, or for what is no image; ShapeError
   * FACE_SIZE for a crop of another size; the signal's reason.
   */
  async crop(photo: Photo, options: CropOptions = {}): Promise<FaceCrop> {
    return this.#cropNamed(photo, 'photo', options);
  }

  /** Embeds the face of a photograph, or an aligned crop. Throws as `crop` does. */
  async embed(photo: Photo, options: EmbedPhotoOptions = {}): Promise<EmbeddedFace> {
    return this.#embedNamed(photo, 'photo', options);
  }

  async #embedNamed(photo: Photo, where: string, options: EmbedPhotoOptions): Promise<EmbeddedFace> {
    try {
      const { image, ...rest } = await this.#cropNamed(photo, where, options);
      const embedding = normaliseEmbedding(this.#embedder.embed(image, { mirror: options.mirror }));
      return { embedding, weights: this.weights, mirrored: options.mirror ?? false, ...rest };
    } catch (error) {
      throw locatedIn(where, error);
    }
  }

  /**
   * Embeds many photographs one after another, hearing the signal and reporting progress between them. One that fails
   * has its error in its place and does not end the others. Throws the signal's reason.
   */
  async embedBatch(
    photos: readonly Photo[],
    options: EmbedBatchOptions = {},
  ): Promise<(EmbeddedFace | MobileFaceNetError)[]> {
    const results: (EmbeddedFace | MobileFaceNetError)[] = [];
    for (const photo of photos) {
      results.push(await this.#embedOrError(photo, `photo ${results.length}`, options));
      options.onProgress?.({ done: results.length, total: photos.length });
      await nextTurn();
    }
    options.signal?.throwIfAborted();
    return results;
  }

  /**
   * The cosine similarity of two faces, −1 to 1. Each is a photograph, a crop, or an embedding made before.
   * Throws as `embed` does, and InputError OTHER_WEIGHTS for an embedding of other weights.
   */
  async similarity(
    a: Photo | FaceEmbedding,
    b: Photo | FaceEmbedding,
    options: EmbedPhotoOptions = {},
  ): Promise<number> {
    const [first, second] = [await this.#embeddingOf(a, 'a', options), await this.#embeddingOf(b, 'b', options)];
    return cosineSimilarity(first.embedding, second.embedding);
  }

  /**
   * Whether two faces are of the same person, by the threshold of the weights' card or the caller's.
   * Throws InputError NO_THRESHOLD where there is neither, before anything is computed, and as `similarity` does.
   */
  async verify(a: Photo | FaceEmbedding, b: Photo | FaceEmbedding, options: VerifyOptions = {}): Promise<Verification> {
    const threshold = requireThreshold(this.card, options);
    const first = await this.#embeddingOf(a, 'a', options);
    const second = await this.#embeddingOf(b, 'b', options);
    const similarity = cosineSimilarity(first.embedding, second.embedding);
    const probability = probabilityOf(this.card, similarity);
    return {
      similarity,
      same: isSamePerson(similarity, threshold.value),
      threshold,
      ...(probability === undefined ? {} : { probability }),
      qualities: [first.quality, second.quality],
    };
  }

  /** Gives all memory back: the networks', and the engine where the verifier made it. */
  dispose(): void {
    this.#embedder.dispose();
    this.#detector?.dispose();
    if (this.#ownsEngine) this.#engine.dispose();
  }

  /** `dispose`, for a declaration with `using`. */
  [Symbol.dispose](): void {
    this.dispose();
  }

  async #cropNamed(photo: Photo, where: string, options: CropOptions): Promise<FaceCrop> {
    options.signal?.throwIfAborted();
    const image = await readPicture(photo, where, { pixelLimit: options.pixelLimit });
    options.signal?.throwIfAborted();
    return this.#cropImage(image, options);
  }

  #requireDetector(): Detector {
    if (this.#detector) return this.#detector;
    throw new ModelError('NO_DETECTOR', 'the verifier was loaded without a detector: it takes aligned crops alone.');
  }

  async #embeddingOf(
    source: Photo | FaceEmbedding,
    where: string,
    options: EmbedPhotoOptions,
  ): Promise<FaceEmbedding & { readonly quality?: FaceQuality }> {
    if (!isEmbedding(source)) return this.#embedNamed(source, where, options);
    if (source.weights === this.weights) return source;
    throw new InputError(
      'OTHER_WEIGHTS',
      `${where}: is of the weights ${source.weights}, the verifier's are ${this.weights}; only those of the same can be compared.`,
    );
  }

  async #embedOrError(
    photo: Photo,
    where: string,
    options: EmbedPhotoOptions,
  ): Promise<EmbeddedFace | MobileFaceNetError> {
    try {
      return await this.#embedNamed(photo, where, options);
    } catch (error) {
      if (!(error instanceof MobileFaceNetError)) throw error;
      return error;
    }
  }

  #cropImage(image: RgbImage, options: CropOptions): FaceCrop {
    const { width, height } = this.cropSize;
    const fits = image.width === width && image.height === height;
    const isCrop = options.input === 'crop' || (fits && options.input !== 'photo' && typeof options.face !== 'object');
    if (isCrop && !fits) {
      const size = `${image.width}×${image.height}`;
      throw new ShapeError('FACE_SIZE', `the image of ${size} pixels is no crop; crops have ${width}×${height}.`);
    }
    const crop = isCrop ? { image, quality: judgeFace(image, CROP_EVIDENCE) } : this.#alignFaceOf(image, options);
    const { reasons } = crop.quality;
    if (options.refusePoor && reasons.length > 0) {
      throw new ImageError('POOR_FACE', `the face is ${reasons.join(' and ')}; a better picture is needed.`);
    }
    return crop;
  }

  #alignFaceOf(image: RgbImage, options: CropOptions): FaceCrop {
    const { face, ...count } = this.#faceOf(image, options);
    const aligned = alignFace(image, landmarksOf(face), this.cropSize);
    const detector = this.#detector;
    const looked = detector && { second: detector.lookAgain(aligned.image), scoreLimits: detector.scoreLimits };
    const evidence = evidenceOf(face, aligned, looked);
    return { image: aligned.image, face, ...count, quality: judgeFace(aligned.image, evidence) };
  }

  #faceOf(image: RgbImage, options: CropOptions): Pick<FaceCrop, 'faces'> & { readonly face: Face } {
    if (typeof options.face === 'object') return { face: options.face };
    const faces = this.#requireDetector().detect(image, options);
    const face = chooseFace(faces, image, options.face ?? 'largest');
    if (face) return { face, faces: faces.length };
    const size = `${image.width}×${image.height}`;
    throw new ImageError('NO_FACE', `no face is found in the image of ${size} pixels; ${NO_FACE_ADVICE}.`);
  }
}
