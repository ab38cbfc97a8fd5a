/** The first stage of the cascade: P-Net over an image pyramid proposes boxes (Zhang et al. 2016, section 2.1). */
import type { Network } from '../engine.js';
import { cutOut, type Span, surround } from '../image/cut.js';
import type { RgbImage } from '../image/image.js';
import type { CopySize, ImageShrinker } from '../runtime/shrinker.js';
import { type Candidate, regress } from './boxes.js';
import { keepBest, suppress } from './nms.js';
import type { PixelReader } from './pixelInput.js';

/** Side of the window that each of P-Net's outputs looks at, and the distance between neighbouring windows. */
const WINDOW = 12;
const STRIDE = 2;

/**
 * Pixels of a level that are looked at beyond each of the image's edges: a third of a window, from which regression
 * reaches faces of which half lies outside. An even number, so that the windows inside the image stay where they are.
 */
const MARGIN = 4;

/** The largest face that is looked for, relative to the image's shorter side. */
const LARGEST_FACE = 1.5;

/** Pixels that one run of P-Net takes: its values then stay in a core's own cache. */
const TILE_PIXELS = 24_576;
const TILE_WIDTH = 512;

const OVERLAP_IN_LEVEL = 0.5;
const OVERLAP_OVER_LEVELS = 0.7;

/**
 * Windows of one level, and boxes of all levels, that go on at most, best first: far more than pictures of crowds
 * give, so that no picture can make suppression take long.
 */
const MOST_IN_LEVEL = 4096;
const MOST_PROPOSALS = 4096;

/** A window and the regression that P-Net gives for it. */
interface Window extends Candidate {
  readonly regression: readonly [number, number, number, number];
}

/** What P-Net is, and how it is asked. */
export interface ProposalNetwork {
  readonly network: Network;
  readonly probability: string;
  readonly regression: string;
}

export interface ProposalOptions {
  /** Pixels. */
  readonly minimumFace: number;
  readonly scaleFactor: number;
  readonly threshold: number;
}

/** Scales of the pyramid: from the one that makes the smallest face a window, down to the one of the largest face. */
export function pyramidScales(width: number, height: number, options: Omit<ProposalOptions, 'threshold'>): number[] {
  const scales: number[] = [];
  const shorter = Math.min(width, height);
  for (
    let scale = WINDOW / options.minimumFace;
    LARGEST_FACE * shorter * scale > WINDOW - 1e-9;
    scale *= options.scaleFactor
  ) {
    scales.push(scale);
  }
  return scales;
}

/** Splits an axis so that every window lies in exactly one part; `most` is the length of a part, and even. */
export function splitAxis(length: number, most: number): Span[] {
  const outputs = Math.ceil((length - 2) / STRIDE) - 4;
  const margin = WINDOW - STRIDE;
  const parts = Math.ceil(outputs / Math.max(1, (most - margin) / STRIDE));
  const step = STRIDE * Math.ceil(outputs / parts);
  const spans: Span[] = [];
  for (let begin = 0; begin < STRIDE * outputs; begin += step) {
    const last = begin + step >= STRIDE * outputs;
    spans.push({ begin, end: last ? length : begin + step + margin });
  }
  return spans;
}

/** A level of the pyramid: the image at a scale, with the margin around it. */
interface Level {
  readonly image: RgbImage;
  readonly scale: number;
}

/** The windows of one tile that reach the threshold, in pixels of the photograph. */
function windowsOf(
  stage: ProposalNetwork,
  { image, scale }: Level,
  { across, down }: { readonly across: Span; readonly down: Span },
  pixels: PixelReader,
  threshold: number,
): Window[] {
  const tile = cutOut(image, across, down);
  const outputs = stage.network.run({ [stage.network.inputs[0]!.name]: pixels.read([tile]) });
  const { data: probabilities, shape } = outputs[stage.probability]!;
  const { data: regressions } = outputs[stage.regression]!;
  const [, , height, width] = shape as [number, number, number, number];
  const positions = height * width;
  const windows: Window[] = [];
  for (let position = 0; position < positions; position++) {
    const score = probabilities[positions + position]!;
    if (!(score > threshold)) continue;
    const x = across.begin - MARGIN + STRIDE * (position % width);
    const y = down.begin - MARGIN + STRIDE * Math.floor(position / width);
    const regression = [
      regressions[position]!,
      regressions[positions + position]!,
      regressions[2 * positions + position]!,
      regressions[3 * positions + position]!,
    ] as const;
    const [x1, y1] = [x + WINDOW, y + WINDOW];
    windows.push({ x0: x / scale, y0: y / scale, x1: x1 / scale, y1: y1 / scale, score, regression });
  }
  return windows;
}

/** P-Net on one level, tile by tile. */
function proposeInLevel(stage: ProposalNetwork, level: Level, pixels: PixelReader, threshold: number): Window[] {
  const { width, height } = level.image;
  const columns = splitAxis(width, TILE_WIDTH);
  const rows = splitAxis(height, 2 * Math.ceil(TILE_PIXELS / Math.min(width, TILE_WIDTH) / 2));
  const windows: Window[] = [];
  for (const down of rows) {
    for (const across of columns) windows.push(...windowsOf(stage, level, { across, down }, pixels, threshold));
  }
  return windows;
}

/**
 * The boxes that P-Net proposes in a photograph of that size, best first; they may pass its edges. Windows
 * above the threshold are suppressed at 0.5 of their union within a level, moved by their regression, and suppressed at 0.7 over all levels.
 */
export function proposeBoxes(
  stage: ProposalNetwork,
  photograph: ImageShrinker,
  { width, height }: CopySize,
  pixels: PixelReader,
  options: ProposalOptions,
): Candidate[] {
  const scales = pyramidScales(width, height, options);
  const sizes = scales.map((scale) => ({ width: Math.ceil(width * scale), height: Math.ceil(height * scale) }));
  const copies = photograph.shrink({ x: 0, y: 0, width, height }, sizes);
  const windows = scales.flatMap((scale, index) => {
    const level = { image: surround(copies[index]!, MARGIN), scale };
    const found = proposeInLevel(stage, level, pixels, options.threshold);
    return suppress(keepBest(found, MOST_IN_LEVEL), OVERLAP_IN_LEVEL, 'union');
  });
  const boxes = windows.map(({ regression, ...window }) => regress(window, regression));
  return suppress(keepBest(boxes, MOST_PROPOSALS), OVERLAP_OVER_LEVELS, 'union');
}
