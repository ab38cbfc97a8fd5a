/** The cascade of three networks of MTCNN (Zhang et al. 2016), as a finder of faces. */
import { inferShapes } from '../build/infer.js';
import type { Engine, Network } from '../engine.js';
import { InputError, ModelError } from '../errors.js';
import type { Graph } from '../graph/types.js';
import type { RgbImage } from '../image/image.js';
import type { CardDetector, ModelCard } from '../model/card.js';
import type { Model } from '../model/model.js';
import { LARGEST_INPUT_SIDE, LEAST_MINIMUM_FACE, SCALE_FACTORS } from '../model/parseCard.js';
import { ImageShrinker } from '../runtime/shrinker.js';
import { type Candidate, regress, squareBox, visibleShare } from './boxes.js';
import { lookAtBoxes } from './crops.js';
import type { DetectOptions, Face, FaceBox, FaceFinder } from './face.js';
import type { Landmarks, Point } from './landmarks.js';
import { suppress } from './nms.js';
import { PixelReader } from './pixelInput.js';
import { proposeBoxes } from './proposals.js';
import { QUALITY_LIMITS } from './quality.js';

/** Overlaps above which the weaker of two boxes goes: of the union for R-Net, of the smaller box for O-Net. */
const REFINED_OVERLAP = 0.7;
const FINAL_OVERLAP = 0.7;

/** Of LFW's first fold, turned to lie or stand on its head, no upright face was found with as much. */
const SURE_SCORE = 0.97;

/** Side of the square of an aligned crop that O-Net looks at. */
const CROP_SQUARE = 96;

/** The graphs of a detector by name, with the elements of their outputs: probability, regression, landmarks. */
const STAGES = { pnet: [2, 4], rnet: [2, 4], onet: [2, 4, 10] } as const;
type Stage = keyof typeof STAGES;

/** A network of the cascade and its outputs' names. */
interface StageNetwork {
  readonly network: Network;
  readonly probability: string;
  readonly regression: string;
  /** O-Net's alone. */
  readonly landmarks: string;
}

interface Located extends Candidate {
  readonly landmarks: Landmarks;
}

function checkRange(name: string, value: number, least: number, most: number): number {
  if (value >= least && value <= most) return value;
  throw new InputError('BAD_OPTION', `${name} is ${value}; accepted is a number from ${least} to ${most}.`);
}

function checkOptions(
  options: DetectOptions,
  card: CardDetector,
): Required<{ [K in keyof CardDetector]: CardDetector[K] }> {
  const { minimumFace, scaleFactor, thresholds } = options;
  const { least, most } = SCALE_FACTORS;
  for (const [index, value] of (thresholds ?? []).entries()) checkRange(`thresholds[${index}]`, value, 0, 1);
  if (thresholds && thresholds.length !== 3) {
    throw new InputError('BAD_OPTION', `thresholds are ${thresholds.length} numbers; accepted are 3.`);
  }
  const [first, second, third] = thresholds ?? card.thresholds;
  return {
    ...card,
    minimumFace: checkRange('minimumFace', minimumFace ?? card.minimumFace, LEAST_MINIMUM_FACE, LARGEST_INPUT_SIDE),
    scaleFactor: checkRange('scaleFactor', scaleFactor ?? card.scaleFactor, least, most),
    thresholds: [first!, second!, third!],
  };
}

function regressionOf([dx0, dy0, dx1, dy1]: Float32Array): readonly [number, number, number, number] {
  return [dx0!, dy0!, dx1!, dy1!];
}

/** Landmarks from five x and five y, shares of the box that O-Net saw. */
function landmarksIn({ x0, y0, x1, y1 }: Candidate, shares: Float32Array): Landmarks {
  const [a, b, c, d, e] = [0, 1, 2, 3, 4].map(
    (index): Point => [x0 + shares[index]! * (x1 - x0), y0 + shares[index + 5]! * (y1 - y0)],
  );
  return [a!, b!, c!, d!, e!];
}

/** MTCNN's networks on an engine. Make one with `createCascade`. */
export class Cascade implements FaceFinder {
  readonly findsLandmarks = true;
  readonly sureScore = SURE_SCORE;
  readonly scoreLimits = QUALITY_LIMITS;
  readonly #settings: CardDetector;
  readonly #networks: Readonly<Record<Stage, StageNetwork>>;
  readonly #photograph: ImageShrinker;
  readonly #pixels: PixelReader;

  /** @internal */
  constructor(settings: CardDetector, networks: Readonly<Record<Stage, StageNetwork>>, photograph: ImageShrinker) {
    this.#photograph = photograph;
    this.#pixels = new PixelReader(settings);
    this.#settings = settings;
    this.#networks = networks;
  }

  find(image: RgbImage, options: DetectOptions): Face[] {
    const settings = checkOptions(options, this.#settings);
    const { minimumFace, scaleFactor } = settings;
    const [first, second, third] = settings.thresholds;
    const proposal = { minimumFace, scaleFactor, threshold: first };
    this.#photograph.load(image);
    const proposed = proposeBoxes(this.#networks.pnet, this.#photograph, image, this.#pixels, proposal);
    const refined = this.#refine(proposed.map(squareBox), second);
    return this.#locate(refined.map(squareBox), third);
  }

  /** O-Net looks at the place where alignment puts a face. */
  lookAgain(crop: RgbImage, square = middleOf(crop)): Face {
    const { x, y, width, height } = square;
    const box = { x0: x, y0: y, x1: x + width, y1: y + height, score: 1 };
    this.#photograph.load(crop);
    return faceOf(this.#look([box])[0]!);
  }

  dispose(): void {
    for (const { network } of Object.values(this.#networks)) network.dispose();
    this.#photograph.dispose();
  }

  /** R-Net: the boxes that it takes for faces, moved by its regression. */
  #refine(boxes: readonly Candidate[], threshold: number): Candidate[] {
    const { network, probability, regression } = this.#networks.rnet;
    const seen = lookAtBoxes(network, this.#photograph, boxes, this.#pixels, (box, output) => ({
      box: { ...box, score: output(probability)[1]! },
      regression: regressionOf(output(regression)),
    }));
    const faces = seen.filter(({ box }) => box.score > threshold);
    const regressions = new Map(faces.map((face) => [face.box, face.regression]));
    const kept = suppress([...regressions.keys()], REFINED_OVERLAP, 'union');
    return kept.map((box) => regress(box, regressions.get(box)!));
  }

  /** O-Net: what it takes the boxes for. */
  #look(boxes: readonly Candidate[]): Located[] {
    const { network, probability, regression, landmarks } = this.#networks.onet;
    return lookAtBoxes(network, this.#photograph, boxes, this.#pixels, (box, output): Located => {
      const moved = regress(box, regressionOf(output(regression)));
      return { ...moved, score: output(probability)[1]!, landmarks: landmarksIn(box, output(landmarks)) };
    });
  }

  #locate(boxes: readonly Candidate[], threshold: number): Face[] {
    // Where the edge hides part of a box, as much less doubt is left.
    const least = (box: Candidate) => 1 - (1 - threshold) * visibleShare(box, this.#photograph.size);
    const faces = this.#look(boxes).filter((box) => box.score > least(box));
    return suppress(faces, FINAL_OVERLAP, 'smaller').map(faceOf);
  }
}

function middleOf({ width, height }: RgbImage): FaceBox {
  const side = CROP_SQUARE;
  return { x: (width - side) / 2, y: (height - side) / 2, width: side, height: side };
}

function faceOf({ x0, y0, x1, y1, score, landmarks }: Located): Face {
  return { score, box: { x: x0, y: y0, width: x1 - x0, height: y1 - y0 }, landmarks };
}

/** Names of a stage's outputs, told apart by their elements. Throws ModelError NO_DETECTOR. */
function outputsOf(name: Stage, graph: Graph, card: ModelCard): Omit<StageNetwork, 'network'> {
  const shapes = inferShapes(graph);
  const names = STAGES[name].map((elements) => graph.outputs.find((output) => shapes.get(output)?.[1] === elements));
  const image = graph.inputs.length === 1 && graph.inputs[0]!.shape.length === 4 && graph.inputs[0]!.shape[1] === 3;
  const [probability, regression, landmarks] = names;
  if (!image || names.includes(undefined) || graph.outputs.length !== names.length) {
    const found = graph.outputs.map((output) => shapes.get(output)?.[1]).join(', ');
    throw new ModelError(
      'NO_DETECTOR',
      `${card.name}: graph "${name}" has ${graph.inputs.length} inputs and outputs of ${found} elements; a detector's ` +
        `has one image input and outputs of ${STAGES[name].join(', ')} elements.`,
    );
  }
  return { probability: probability!, regression: regression!, landmarks: landmarks ?? '' };
}

/**
 * Compiles the networks of a cascade. Throws ModelError NO_DETECTOR where one of them is none, CARD_DETECTOR where the
 * card does not say how to use them, and whatever `Engine.compile` throws.
 */
export async function createCascade(engine: Engine, { card, graphs }: Model): Promise<Cascade> {
  if (!card.detector) {
    const needed = 'channel order, mean, scale, thresholds, minimum face and scale factor are needed';
    throw new ModelError('CARD_DETECTOR', `${card.name}: the card does not say how the detector is used; ${needed}.`);
  }
  const names = Object.keys(STAGES) as Stage[];
  const outputs = names.map((name) => outputsOf(name, graphs.get(name)!, card));
  const compile = async (name: Stage, index: number): Promise<StageNetwork> => {
    return { network: await engine.compile(graphs.get(name)!), ...outputs[index]! };
  };
  const [pnet, rnet, onet] = await Promise.all(names.map(compile));
  const networks = { pnet: pnet!, rnet: rnet!, onet: onet! };
  return new Cascade(card.detector, networks, await ImageShrinker.create(engine));
}
