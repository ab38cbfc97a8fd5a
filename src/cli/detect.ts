/** `detect IMAGE…`: the faces of photographs, with boxes and landmarks. */
import { Engine } from '../engine.js';
import { type ErrorCode, InputError, MobileFaceNetError } from '../errors.js';
import { createDetector, type Detector } from '../face/detect.js';
import type { DetectOptions, Face, FaceBox } from '../face/face.js';
import type { Landmarks } from '../face/landmarks.js';
import { expandImages } from '../files/images.js';
import { locatedIn } from '../files/located.js';
import { loadModel } from '../files/models.js';
import { checkOutputs } from '../files/outputs.js';
import { packagedWeights } from '../files/packaged.js';
import { writeOutputFile } from '../files/writing.js';
import { encodePng } from '../image/encodePng.js';
import type { RgbImage } from '../image/image.js';
import { defineCommand, type Outcome } from './command.js';
import { drawFaces } from './draw.js';
import { readNamedImage } from './input.js';
import { addDetectorOptions, addForceOption, type FaceOptions } from './options.js';

import { Progress } from './progress.js';
import { formatCounted, formatDuration, roundTo } from './text.js';

interface DetectCommandOptions extends FaceOptions {
  readonly draw?: string;
  readonly force?: boolean;
}

/** A failure in place of a result. */
export interface FailureEntry {
  readonly image: string;
  readonly error: { readonly code: ErrorCode; readonly message: string };
}

/** A face in pixels of the image. */
export interface FaceEntry {
  readonly score: number;
  readonly box: FaceBox;
  /** Absent where the detector finds boxes alone. */
  readonly landmarks?: Landmarks;
}

export interface DetectEntry {
  readonly image: string;
  /** Pixels, upright. */
  readonly width: number;
  readonly height: number;
  /** From reading the image to its faces; loading the detector is not part of it. */
  readonly elapsedMs: number;
  /** The largest first. */
  readonly faces: readonly FaceEntry[];
}

/** What `detect --json` prints: one entry an image, in order. */
export interface DetectDocument {
  readonly images: readonly (DetectEntry | FailureEntry)[];
}

/** Digits behind the point of a pixel coordinate. */
const PIXEL_DIGITS = 2;
const SCORE_DIGITS = 4;

/** The entry of an image that failed; what is no error of ours goes on. */
export function failureEntry(image: string, error: unknown): FailureEntry {
  const located = locatedIn(image, error);
  if (!(located instanceof MobileFaceNetError)) throw error;
  return { image, error: { code: located.code, message: located.message } };
}

function entryOf({ score, box, landmarks }: Face): FaceEntry {
  const round = (value: number) => roundTo(value, PIXEL_DIGITS);
  const { x, y, width, height } = box;
  return {
    score: roundTo(score, SCORE_DIGITS),
    box: { x: round(x), y: round(y), width: round(width), height: round(height) },
    ...(landmarks
      ? { landmarks: landmarks.map(([px, py]) => [round(px), round(py)] as const) as unknown as Landmarks }
      : {}),
  };
}

interface DetectedImage {
  readonly image: RgbImage;
  readonly faces: readonly Face[];
  readonly elapsedMs: number;
}

async function detectIn(path: string, detector: Detector, options: DetectOptions): Promise<DetectedImage> {
  const begin = performance.now();
  const image = await readNamedImage(path);
  const faces = detector.detect(image, options);
  return { image, faces, elapsedMs: roundTo(performance.now() - begin, 1) };
}

function explainEntry(entry: DetectEntry | FailureEntry): string {
  if ('error' in entry) return `${entry.error.code}: ${entry.error.message}`;
  const { image, width, height, faces, elapsedMs } = entry;
  const lines = faces.map(({ score, box }) => {
    const [x, y, w, h] = [box.x, box.y, box.width, box.height].map(Math.round);
    return `  ${score.toFixed(3)}  ${w}×${h} at (${x}, ${y})`;
  });
  const head = `${image}: ${width}×${height}, ${formatCounted(faces.length, 'face')}, ${formatDuration(elapsedMs)}`;
  return [head, ...lines].join('\n');
}

async function detect(args: readonly string[], options: DetectCommandOptions): Promise<Outcome> {
  const images = await expandImages(args);
  if (options.draw !== undefined && images.length > 1) {
    throw new InputError('BAD_OPTION', `option --draw takes one image; ${images.length} are named.`);
  }
  if (options.draw !== undefined) {
    const inputs = [...images.map(({ path }) => path), options.detector];
    await checkOutputs([{ path: options.draw, kind: 'PNG picture' }], inputs, options.force);
  }
  const [engine, model] = await Promise.all([
    Engine.create(),
    loadModel([options.detector ?? packagedWeights('detector')]),
  ]);
  const detector = await createDetector(engine, model);
  const progress = new Progress(images.length, 'images');
  const entries: (DetectEntry | FailureEntry)[] = [];
  try {
    for (const { path } of images) {
      try {
        const { image, faces, elapsedMs } = await detectIn(path, detector, {
          minimumFace: options.minFace,
          turns: options.turns,
        });
        const { width, height } = image;
        entries.push({ image: path, width, height, elapsedMs, faces: faces.map(entryOf) });
        if (options.draw !== undefined) await writeOutputFile(options.draw, await encodePng(drawFaces(image, faces)));
      } catch (error) {
        entries.push(failureEntry(path, error));
      }
      progress.step();
    }
  } finally {
    progress.stop();
    engine.dispose();
  }
  const failed = entries.some((entry) => 'error' in entry);
  return { document: { images: entries }, text: entries.map(explainEntry).join('\n'), exitCode: failed ? 2 : 0 };
}

export const detectCommand = defineCommand<DetectCommandOptions>({
  name: 'detect',
  summary: 'find faces and their landmarks in photographs',
  declare(command) {
    command.argument('<image...>', 'photographs; folders and patterns');
    addDetectorOptions(command);
    command.option('--draw <file>', 'write the image with boxes and landmarks as a PNG file');
    addForceOption(command);
  },
  run: detect,
});
