/** Faces in photographs, in pixels of the photograph, by whatever detector a model holds. */
import type { Engine } from '../engine.js';
import { InputError, ModelError } from '../errors.js';
import { checkImage, type ImageSource, toRgb } from '../image/image.js';
import type { ModelCard } from '../model/card.js';
import type { Model } from '../model/model.js';
import { createCascade } from './cascade.js';
import type { DetectOptions, Face, FaceBox, FaceFinder, ScoreLimits } from './face.js';
import { createSingleShot } from './singleShot.js';
import { findAtTurns } from './turns.js';

const TURNS = ['auto', 'all', 'none'];

/** A detector on an engine. Make one with `createDetector`. */
export class Detector {
  /** The card of the weights. */
  readonly card: ModelCard;
  readonly #finder: FaceFinder;

  /** @internal */
  constructor(card: ModelCard, finder: FaceFinder) {
    this.card = card;
    this.#finder = finder;
  }

  /** Whether its faces have landmarks; without them they cannot be aligned. */
  get findsLandmarks(): boolean {
    return this.#finder.findsLandmarks;
  }

  /** The scores below which quality calls its faces unsure. */
  get scoreLimits(): ScoreLimits {
    return this.#finder.scoreLimits;
  }

  /**
   * The faces of a photograph, the largest first; none is an empty list. Faces that the image's edge cuts in half, or
   * that are larger than the image, are found too; their boxes pass the edge. Where no sure face is upright, those that
   * lie or stand on their heads are found. Throws ImageError for what is no image, InputError BAD_OPTION.
   */
  detect(source: ImageSource, options: DetectOptions = {}): Face[] {
    const { turns = 'auto' } = options;
    if (!TURNS.includes(turns)) {
      throw new InputError('BAD_OPTION', `turns is ${JSON.stringify(turns)}; accepted are ${TURNS.join(', ')}.`);
    }
    const faces = findAtTurns(this.#finder, toRgb(checkImage(source)), options);
    return faces.sort((a, b) => b.box.width * b.box.height - a.box.width * a.box.height);
  }

  /**
   * A second look at an aligned crop: the face that stands where alignment puts one, in the crop's pixels, with the
   * probability that it is a face, however small. Throws ImageError for what is no image.
   */
  lookAgain(source: ImageSource, square?: FaceBox): Face {
    return this.#finder.lookAgain(toRgb(checkImage(source)), square);
  }

  /** Gives the weights' memory back to the engine. */
  dispose(): void {
    this.#finder.dispose();
  }

  /** `dispose`, for a declaration with `using`. */
  [Symbol.dispose](): void {
    this.dispose();
  }
}

const CASCADE = ['pnet', 'rnet', 'onet'];

/**
 * Compiles a model's detector on an engine. Dispose the detector to give the weights' memory back; the engine stays.
 * Throws ModelError NO_DETECTOR where the model holds none, CARD_DETECTOR where its card does not say how to use it,
 * and whatever `Engine.compile` throws.
 */
export async function createDetector(engine: Engine, model: Model): Promise<Detector> {
  const { card, graphs } = model;
  if (CASCADE.every((name) => graphs.has(name))) return new Detector(card, await createCascade(engine, model));
  if (graphs.has('detect')) return new Detector(card, await createSingleShot(engine, model));
  const found = [...graphs.keys()].join(', ') || 'none';
  const accepted = `${CASCADE.join(', ')}, or a single-shot network of a kind that is known`;
  throw new ModelError('NO_DETECTOR', `${card.name}: graphs are ${found}; a detector needs ${accepted}.`);
}
