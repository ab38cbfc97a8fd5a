/** What a pool of faces and its threads say to each other; every value can be cloned. */
import {
  type ErrorCode,
  ImageError,
  InputError,
  MobileFaceNetError,
  ModelError,
  ShapeError,
  UnavailableError,
} from '../../errors.js';
import type { FaceChoice } from '../../face/chooseFace.js';
import type { EmbeddedFace } from '../../face/comparer.js';
import type { PictureInput } from '../../face/cropFaces.js';
import type { Face, Turns } from '../../face/face.js';
import type { ModelCard } from '../../model/card.js';

/** How a thread is made. */
export interface ThreadSettings {
  /** Path or address of the embedder's and the detector's weights; those of this package where absent. */
  readonly model?: string | undefined;
  readonly detector?: string | undefined;
  /** Pixels that a picture may have. */
  readonly pixelLimit: number;
}

export interface DetectTaskOptions {
  /** Smallest face that is looked for, in pixels. */
  readonly minimumFace?: number | undefined;
  /** Which turns of the photograph are searched. */
  readonly turns?: Turns | undefined;
}

export interface EmbedTaskOptions extends DetectTaskOptions {
  /** Which face of several is meant: `largest` where absent. */
  readonly face?: FaceChoice | undefined;
  /** What the picture is; as in `CropOptions`. */
  readonly input?: PictureInput | undefined;
  /** Adds the mirrored crop's embedding. */
  readonly mirror?: boolean | undefined;
}

/** The faces of a picture, and its size in pixels. */
export interface DetectedFaces {
  readonly width: number;
  readonly height: number;
  readonly faces: readonly Face[];
}

/** One piece of work: the bytes of a JPEG or PNG file, and what is wanted of it. */
export type FaceTask =
  | { readonly kind: 'detect'; readonly image: Uint8Array; readonly options: DetectTaskOptions }
  | { readonly kind: 'embed'; readonly image: Uint8Array; readonly options: EmbedTaskOptions };

export type TaskResult = DetectedFaces | EmbeddedFace;

/** What all threads of a pool have in common. */
export interface ThreadFacts {
  readonly card: ModelCard;
  readonly weights: string;
  readonly embeddingLength: number;
}

/** An error that crosses threads. */
export interface ErrorMessage {
  readonly name: string;
  readonly code: ErrorCode;
  readonly message: string;
}

/** What a thread says: once that it is ready, then one answer a task. */
export type ThreadMessage =
  | { readonly ready: ThreadFacts }
  | { readonly result: TaskResult }
  | { readonly error: ErrorMessage };

const CLASSES: Readonly<Record<string, new (code: ErrorCode, message: string) => MobileFaceNetError>> = {
  ImageError,
  InputError,
  ModelError,
  UnavailableError,
  ShapeError,
};

/** Whatever was thrown, ready to be sent. */
export function printError(error: unknown): ErrorMessage {
  if (error instanceof MobileFaceNetError) {
    const { name, code, message } = error;
    return { name, code, message };
  }
  const message = error instanceof Error ? error.message.split('\n')[0]! : String(error);
  return { name: 'UnavailableError', code: 'INTERNAL', message: `unexpected: ${message}` };
}

/** The error that was sent. */
export function readError({ name, code, message }: ErrorMessage): MobileFaceNetError {
  return new (CLASSES[name] ?? UnavailableError)(code, message);
}
