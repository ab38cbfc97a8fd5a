/** From the pixels of a picture to aligned crops of its faces, with what is known of each. */
import { ImageError, InputError, ModelError, ShapeError } from '../errors.js';
import type { RgbImage } from '../image/image.js';
import { alignFace } from './align.js';
import { chooseFace, type FaceChoice } from './chooseFace.js';
import type { Detector } from './detect.js';
import { type DetectOptions, type Face, landmarksOf } from './face.js';
import { CROP_SIZES, type CropSize } from './landmarks.js';
import { CROP_EVIDENCE, evidenceOf, type FaceQuality, judgeFace } from './quality.js';
import { isAlignedCrop } from './recogniseCrop.js';

/** A way to stop: checked before each photograph. Rejects with the signal's own reason. */
export interface Abortable {
  readonly signal?: AbortSignal | undefined;
}

/** How large a photograph's file may be. */
export interface PixelLimited {
  /** Pixels (width · height) that a file may decode to; 100 million where absent. */
  readonly pixelLimit?: number | undefined;
}

/** What a picture is. */
export type PictureInput = 'auto' | 'crop' | 'photograph';

const INPUTS: readonly PictureInput[] = ['auto', 'crop', 'photograph'];

/** How the crops of all faces are made. */
export interface CropAllOptions extends DetectOptions, Abortable, PixelLimited {
  /**
   * `auto`, where absent: a picture of exactly the embedder's input size in which a face stands where alignment puts
   * one is an aligned crop, every other a photograph. `crop` takes every picture for a crop, and refuses other sizes;
   * `photograph` looks for faces in every picture. A verifier without a detector takes every picture for a crop.
   */
  readonly input?: PictureInput | undefined;
  /** What the picture is called in errors; `photo` where absent. */
  readonly name?: string | undefined;
  /** Throws ImageError POOR_FACE for a face whose quality has reasons not to verify it. */
  readonly refusePoor?: boolean | undefined;
}

/** How one crop is made. */
export interface CropOptions extends CropAllOptions {
  /** Which of several faces is meant: `largest` where absent, or one that `detect` found in this photograph. */
  readonly face?: FaceChoice | Face | undefined;
}

/** A face ready to be embedded. */
export interface FaceCrop {
  /** Of the embedder's input size. */
  readonly image: RgbImage;
  /** What the picture was taken for. */
  readonly input: 'photograph' | 'crop';
  /** The face in its photograph; absent where the picture is a crop. */
  readonly face?: Face;
  /** How many faces the photograph has; absent for a crop, and where the caller said which face is meant. */
  readonly faces?: number;
  readonly quality: FaceQuality;
}

const NO_FACE_ADVICE = 'a clear face seen from the front is needed, or a smaller minimum face';

/** Cuts faces out of pictures for an embedder. */
export class FaceCropper {
  /** Absent where all pictures are crops. */
  readonly detector: Detector | undefined;
  readonly size: CropSize;

  constructor(detector: Detector | undefined, size: CropSize) {
    this.detector = detector;
    this.size = size;
  }

  /** Throws ModelError NO_DETECTOR where there is none. */
  requireDetector(): Detector {
    if (this.detector) return this.detector;
    throw new ModelError('NO_DETECTOR', 'the verifier was loaded without a detector: it takes aligned crops alone.');
  }

  /** The crop of the chosen face. Throws ImageError NO_FACE, SEVERAL_FACES, POOR_FACE or FACE_OUTSIDE, ShapeError FACE_SIZE. */
  crop(image: RgbImage, options: CropOptions): FaceCrop {
    if (typeof options.face === 'object' && options.face !== null) return this.#align(image, options.face, options);
    if (this.isCrop(image, options.input)) return this.#judgeCrop(image, options);
    const faces = this.#detect(image, options);
    const face = chooseFace(faces, image, options.face ?? 'largest');
    return { ...this.#align(image, face!, options), faces: faces.length };
  }

  /** The crops of all faces that have one, the largest first; where none has, throws as `crop` does. */
  cropAll(image: RgbImage, options: CropAllOptions): FaceCrop[] {
    if (this.isCrop(image, options.input)) return [this.#judgeCrop(image, options)];
    const faces = this.#detect(image, options);
    const crops: FaceCrop[] = [];
    const refused: ImageError[] = [];
    for (const face of faces) {
      try {
        crops.push({ ...this.#align(image, face, options), faces: faces.length });
      } catch (error) {
        if (!(error instanceof ImageError)) throw error;
        refused.push(error);
      }
    }
    if (crops.length === 0) throw refused[0];
    return crops;
  }

  /**
   * Whether the picture is taken for an aligned crop. Throws ShapeError FACE_SIZE where it is said to be one and has
   * another size, InputError BAD_OPTION for another input.
   */
  isCrop(image: RgbImage, input: PictureInput = 'auto'): boolean {
    if (!INPUTS.includes(input)) {
      throw new InputError('BAD_OPTION', `input is ${JSON.stringify(input)}; accepted are ${INPUTS.join(', ')}.`);
    }
    if (input === 'photograph') return false;
    const { width, height } = this.size;
    const fits = image.width === width && image.height === height;
    if (input === 'crop' && !fits) {
      const size = `${image.width}×${image.height}`;
      throw new ShapeError('FACE_SIZE', `the image of ${size} pixels is no crop; crops have ${width}×${height}.`);
    }
    if (input === 'crop' || !fits || !this.detector) return fits;
    // Nothing can be aligned to a size without a template, so that what fits was made elsewhere.
    const isKnown = CROP_SIZES.some((size) => size.width === width && size.height === height);
    return !isKnown || isAlignedCrop(this.detector, image);
  }

  #detect(image: RgbImage, options: CropAllOptions): Face[] {
    const faces = this.requireDetector().detect(image, options);
    if (faces.length > 0) return faces;
    const size = `${image.width}×${image.height}`;
    throw new ImageError('NO_FACE', `no face is found in the image of ${size} pixels; ${NO_FACE_ADVICE}.`);
  }

  #lookAt(crop: RgbImage) {
    const { detector } = this;
    return detector && { second: detector.lookAgain(crop), scoreLimits: detector.scoreLimits };
  }

  #judgeCrop(image: RgbImage, options: CropAllOptions): FaceCrop {
    return checkQuality({ image, input: 'crop', quality: judgeFace(image, CROP_EVIDENCE) }, options);
  }

  #align(image: RgbImage, face: Face, options: CropAllOptions): FaceCrop {
    const aligned = alignFace(image, landmarksOf(face), this.size);
    const quality = judgeFace(aligned.image, evidenceOf(face, aligned, this.#lookAt(aligned.image)));
    return checkQuality({ image: aligned.image, input: 'photograph', face, quality }, options);
  }
}

function checkQuality(crop: FaceCrop, { refusePoor }: CropAllOptions): FaceCrop {
  const { reasons } = crop.quality;
  if (!refusePoor || reasons.length === 0) return crop;
  throw new ImageError('POOR_FACE', `the face is ${reasons.join(' and ')}; a better picture is needed.`);
}
