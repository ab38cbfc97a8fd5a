/** Single-shot detectors: one run of one network over the whole photograph, decoded as its card describes. */
import type { Engine, Network, Tensors } from '../engine.js';
import { InputError, ModelError } from '../errors.js';
import type { RgbImage } from '../image/image.js';
import type { CardInput } from '../model/card.js';
import { detectorOutputs, type LevelOutputs, type OutputPart } from '../model/detectorOutputs.js';
import type { Model } from '../model/model.js';
import type { AnchorLevel, CardSingleShot } from '../model/singleShot.js';
import { ImageShrinker } from '../runtime/shrinker.js';
import type { Tensor } from '../tensor/tensor.js';
import { type Candidate, visibleShare } from './boxes.js';
import type { DetectOptions, Face, FaceFinder, ScoreLimits } from './face.js';
import type { Landmarks, Point } from './landmarks.js';
import { keepBest, overlapOf } from './nms.js';
import { PixelReader } from './pixelInput.js';

/** Boxes that suppression sees at most, best first: far more than pictures of crowds give. */
const MOST_BOXES = 4096;

/** The corners of a mouth, from its middle, as a share of the way from eye to eye: where alignment puts them. */
const MOUTH_SHARE = 0.414;

/** Black around an aligned crop at a second look, as a share of its side: detectors expect more than a face. */
const LOOK_MARGIN = 0.25;

/** The score from which a second look says where a face is. */
const LOOK_THRESHOLD = 0.05;

/** From the input's pixels to the photograph's: x = (input x − left) · across. */
interface Placing {
  readonly left: number;
  readonly top: number;
  readonly across: number;
  readonly down: number;
}

/** Values of an anchor in an output. */
type AnchorReader = (row: number, column: number) => number;

/** A box with points, both in pixels of the input. */
interface Located extends Candidate {
  readonly points: readonly Point[];
}

function readerOf(tensors: Tensors, part: OutputPart, anchors: number, cells: number): AnchorReader {
  const { data } = tensors[part.output] as Tensor;
  const { row: first, column: begin, columns } = part;
  if (part.layout === 'rows') return (row, column) => data[(first + row) * columns + begin + column]!;
  return (row, column) => {
    const [cell, anchor] = [Math.floor(row / anchors), row % anchors];
    return data[(anchor * columns + begin + column) * cells + cell]!;
  };
}

/** An anchor's centre and what its outputs are multiplied by. */
interface Anchor {
  readonly x: number;
  readonly y: number;
  readonly size: number;
}

type Corners = Omit<Candidate, 'score'>;

function boxAround(x: number, y: number, width: number, height: number): Corners {
  return { x0: x - width / 2, y0: y - height / 2, x1: x + width / 2, y1: y + height / 2 };
}

/** A box from its four outputs, in pixels of the input. */
function decodeBox(
  { boxes, variances }: CardSingleShot,
  [a, b, c, d]: readonly [number, number, number, number],
  { x, y, size }: Anchor,
  input: CardInput,
): Corners {
  const [centre, side] = variances;
  switch (boxes) {
    case 'corners':
      return { x0: a * input.width, y0: b * input.height, x1: c * input.width, y1: d * input.height };
    case 'distances':
      return { x0: x - a * size, y0: y - b * size, x1: x + c * size, y1: y + d * size };
    case 'extents':
      return boxAround(x + a * size, y + b * size, c * size, d * size);
    case 'offsets': {
      const [width, height] = [size * Math.exp(c * side), size * Math.exp(d * side)];
      return boxAround(x + a * centre * size, y + b * centre * size, width, height);
    }
  }
}

/** The boxes of one level that reach the threshold, with their points. */
function decodeLevel(
  tensors: Tensors,
  description: CardSingleShot,
  { stride, sizes }: AnchorLevel,
  { across, down, scores, boxes, landmarks }: LevelOutputs,
  input: CardInput,
  threshold: number,
): Located[] {
  const cells = across * down;
  const read = (part: OutputPart) => readerOf(tensors, part, sizes.length, cells);
  const scoreReaders = scores.map(read);
  const box = read(boxes);
  const point = landmarks && read(landmarks);
  const pointCount = { five: 5, six: 6, none: 0 }[description.landmarks];
  const scoreAt = (row: number): number => {
    const values = scoreReaders.map((reader) => {
      const value = reader(row, 0);
      return description.scores === 'logits' ? 1 / (1 + Math.exp(-value)) : Math.min(1, Math.max(0, value));
    });
    return values.length === 1 ? values[0]! : Math.sqrt(values[0]! * values[1]!);
  };
  const found: Located[] = [];
  for (let row = 0; row < cells * sizes.length; row++) {
    const score = scoreAt(row);
    if (!(score >= threshold)) continue;
    const cell = Math.floor(row / sizes.length);
    const anchor: Anchor = {
      x: ((cell % across) + description.cellCentre) * stride,
      y: (Math.floor(cell / across) + description.cellCentre) * stride,
      size: sizes[row % sizes.length]!,
    };
    const corners = decodeBox(description, [box(row, 0), box(row, 1), box(row, 2), box(row, 3)], anchor, input);
    const reach = description.variances[0] * anchor.size;
    const points = Array.from({ length: pointCount }, (_, index): Point => {
      return [anchor.x + reach * point!(row, 2 * index), anchor.y + reach * point!(row, 2 * index + 1)];
    });
    found.push({ ...corners, score, points });
  }
  return found;
}

/** The mean of boxes and their points, weighted by score; the score is the best one's. */
function meanOf(boxes: readonly Located[]): Located {
  const total = boxes.reduce((sum, { score }) => sum + score, 0);
  const mean = (value: (box: Located) => number) => {
    return boxes.reduce((sum, box) => sum + box.score * value(box), 0) / total;
  };
  return {
    x0: mean(({ x0 }) => x0),
    y0: mean(({ y0 }) => y0),
    x1: mean(({ x1 }) => x1),
    y1: mean(({ y1 }) => y1),
    score: boxes[0]!.score,
    points: boxes[0]!.points.map((_, index): Point => {
      return [mean(({ points }) => points[index]![0]), mean(({ points }) => points[index]![1])];
    }),
  };
}

/** One box for each face: the best goes first and takes those that it overlaps with it. */
function mergeBoxes(boxes: readonly Located[], { overlap, merge }: CardSingleShot): Located[] {
  const merged: Located[] = [];
  let left = keepBest(boxes, MOST_BOXES).toSorted((a, b) => b.score - a.score);
  for (let best = left[0]; best; best = left[0]) {
    const box = best;
    const isSame = (other: Located) => other === box || overlapOf(box, other, 'union') > overlap;
    merged.push(merge === 'mean' ? meanOf(left.filter(isSame)) : box);
    left = left.filter((other) => !isSame(other));
  }
  return merged;
}

/** Five landmarks from six points: the corners of the mouth stand on both sides of its middle. */
function landmarksFrom(points: readonly Point[]): Landmarks | undefined {
  if (points.length === 5) return points as unknown as Landmarks;
  const [left, right, nose, mouth] = points;
  if (!left || !right || !nose || !mouth) return undefined;
  const [x, y] = [MOUTH_SHARE * (right[0] - left[0]), MOUTH_SHARE * (right[1] - left[1])];
  return [left, right, nose, [mouth[0] - x, mouth[1] - y], [mouth[0] + x, mouth[1] + y]];
}

function faceOf({ x0, y0, x1, y1, score, points }: Located, { left, top, across, down }: Placing): Face {
  const place = ([x, y]: Point): Point => [(x - left) * across, (y - top) * down];
  const [[x, y], [right, bottom]] = [place([x0, y0]), place([x1, y1])];
  const landmarks = landmarksFrom(points.map(place));
  return { score, box: { x, y, width: right - x, height: bottom - y }, ...(landmarks ? { landmarks } : {}) };
}

/** A single-shot network on an engine. Make one with `createSingleShot`. */
export class SingleShot implements FaceFinder {
  readonly findsLandmarks: boolean;
  readonly sureScore: number;
  readonly scoreLimits: ScoreLimits;
  readonly #network: Network;
  readonly #input: CardInput;
  readonly #description: CardSingleShot;
  readonly #outputs: readonly LevelOutputs[];
  readonly #photograph: ImageShrinker;
  readonly #pixels: PixelReader;

  /** @internal */
  constructor(
    network: Network,
    input: CardInput,
    description: CardSingleShot,
    outputs: readonly LevelOutputs[],
    photograph: ImageShrinker,
  ) {
    this.findsLandmarks = description.landmarks !== 'none';
    this.sureScore = description.threshold;
    this.scoreLimits = { score: description.threshold, secondScore: description.threshold / 2 };
    this.#network = network;
    this.#input = input;
    this.#description = description;
    this.#outputs = outputs;
    this.#photograph = photograph;
    this.#pixels = new PixelReader(input);
  }

  find(image: RgbImage, { minimumFace, scaleFactor, thresholds }: DetectOptions): Face[] {
    const [threshold = this.#description.threshold] = thresholds ?? [];
    if (scaleFactor !== undefined || (thresholds && thresholds.length !== 1) || !(threshold >= 0 && threshold <= 1)) {
      const accepted = 'minimumFace, turns, and thresholds of one number from 0 to 1';
      throw new InputError(
        'BAD_OPTION',
        `scaleFactor or thresholds are not a single-shot detector's; accepted are ${accepted}.`,
      );
    }
    const least = minimumFace ?? 0;
    if (!(least >= 0)) throw new InputError('BAD_OPTION', `minimumFace is ${least}; accepted is a number from 0.`);
    return this.#detect(image, threshold).filter(({ box }) => Math.max(box.width, box.height) >= least);
  }

  /** The network looks at the crop with a margin around it. */
  lookAgain(crop: RgbImage): Face {
    const margin = Math.round(LOOK_MARGIN * Math.max(crop.width, crop.height));
    const [width, height] = [crop.width + 2 * margin, crop.height + 2 * margin];
    const data = new Uint8Array(width * height * 3);
    for (let row = 0; row < crop.height; row++) {
      const begin = row * crop.width * 3;
      data.set(crop.data.subarray(begin, begin + crop.width * 3), ((row + margin) * width + margin) * 3);
    }
    const [best] = this.#detect({ data, width, height, channels: 3 }, LOOK_THRESHOLD).sort((a, b) => b.score - a.score);
    if (!best) return { score: 0, box: { x: 0, y: 0, width: crop.width, height: crop.height } };
    const { box, landmarks } = best;
    const points = landmarks?.map(([x, y]) => [x - margin, y - margin]) as unknown as Landmarks | undefined;
    return { ...best, box: { ...box, x: box.x - margin, y: box.y - margin }, ...(points ? { landmarks: points } : {}) };
  }

  dispose(): void {
    this.#network.dispose();
    this.#photograph.dispose();
  }

  #detect(image: RgbImage, threshold: number): Face[] {
    const { image: input, placing } = this.#place(image);
    const { name } = this.#network.inputs[0]!;
    const tensors = this.#network.run({ [name]: this.#pixels.read([input]) });
    const description = this.#description;
    const found = description.levels.flatMap((level, index) => {
      return decodeLevel(tensors, description, level, this.#outputs[index]!, this.#input, threshold);
    });
    const isBox = (box: Located) => box.x1 > box.x0 && box.y1 > box.y0 && visibleShare(box, input) > 0;
    return mergeBoxes(found.filter(isBox), description).map((box) => faceOf(box, placing));
  }

  /** The photograph at the network's input size, black where it leaves room. */
  #place(image: RgbImage): { readonly image: RgbImage; readonly placing: Placing } {
    const { width, height } = this.#input;
    const scale = Math.min(width / image.width, height / image.height);
    const stretch = this.#description.fit === 'stretch';
    const fitted = {
      width: stretch ? width : Math.max(1, Math.floor(image.width * scale + 1e-6)),
      height: stretch ? height : Math.max(1, Math.floor(image.height * scale + 1e-6)),
    };
    this.#photograph.load(image);
    const whole = { x: 0, y: 0, width: image.width, height: image.height };
    const copy = this.#photograph.shrink(whole, [fitted])[0]!;
    const centre = this.#description.fit === 'centre';
    const left = centre ? Math.floor((width - fitted.width) / 2) : 0;
    const top = centre ? Math.floor((height - fitted.height) / 2) : 0;
    const placing = { left, top, across: image.width / fitted.width, down: image.height / fitted.height };
    if (fitted.width === width && fitted.height === height) return { image: copy, placing };
    const data = new Uint8Array(width * height * 3);
    for (let row = 0; row < fitted.height; row++) {
      const begin = row * fitted.width * 3;
      data.set(copy.data.subarray(begin, begin + fitted.width * 3), ((row + top) * width + left) * 3);
    }
    return { image: { data, width, height, channels: 3 }, placing };
  }
}

/**
 * Compiles a single-shot detector. Throws ModelError CARD_DETECTOR where the card does not describe it, NO_DETECTOR
 * where the graph's outputs are not as the card describes, and whatever `Engine.compile` throws.
 */
export async function createSingleShot(engine: Engine, { card, graphs }: Model): Promise<SingleShot> {
  const { input, singleShot } = card;
  const graph = graphs.get('detect')!;
  if (!input || !singleShot) {
    throw new ModelError(
      'CARD_DETECTOR',
      `${card.name}: the card does not say how the detector is used; its input and singleShot are needed.`,
    );
  }
  const [, , height, width] = graph.inputs[0]?.shape ?? [];
  const outputs = height === input.height && width === input.width ? detectorOutputs(graph, singleShot) : undefined;
  if (!outputs) {
    throw new ModelError(
      'NO_DETECTOR',
      `${card.name}: the graph's input or outputs are not those of the detector that the card describes.`,
    );
  }
  return new SingleShot(await engine.compile(graph), input, singleShot, outputs, await ImageShrinker.create(engine));
}
