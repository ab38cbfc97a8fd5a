/** A model's embedder in int8: calibrated on aligned faces, compared on some that were held out. */
import type { Engine } from '../engine.js';
import { InputError, ModelError } from '../errors.js';
import { EMBEDDER } from '../formats/checkModel.js';
import type { Graph } from '../graph/types.js';
import type { RgbImage } from '../image/image.js';
import { normaliseImages } from '../image/normalise.js';
import type { CardInput, ModelCard } from '../model/card.js';
import type { Model } from '../model/model.js';
import { quantiseGraph } from '../passes/quantise.js';
import type { Tensor } from '../tensor/tensor.js';
import { calibrateGraph } from './calibrate.js';
import { measureLayers } from './layerErrors.js';
import { compareQuantised, memoryOf, type QuantisationReport } from './report.js';

/** Of so many images one is held out to compare on. */
const HELD_OUT_EVERY = 8;
/** Fewer images leave nothing to compare on. */
export const LEAST_IMAGES = 2;
/** More images change nothing that can be measured, and take time and memory. */
export const MOST_IMAGES = 1024;

/** Of the images to calibrate on, those that layers' own errors are measured on. */
const MEASURED_IMAGES = 8;
/** Layers whose own signal-to-noise ratio is less, in decibels, stay float32: their noise is a quarter of the signal. */
const LEAST_SIGNAL_TO_NOISE = 12;

/** How a model is quantised. */
export interface QuantiseOptions {
  /** Names of nodes that stay float32 whatever is measured. */
  readonly keep?: Iterable<string>;
  /**
   * Layers whose own signal-to-noise ratio is less stay float32 too, in decibels; 12 by default. Negative infinity keeps
   * none.
   */
  readonly leastSignalToNoise?: number;
  /** Images to compare on in place of every eighth of those to calibrate on. */
  readonly heldOut?: readonly RgbImage[];
  /** Hears of each image that was looked at. */
  readonly onImage?: () => void;
}

/** A quantised model and what quantising did. */
export interface QuantisedModel {
  readonly model: Model;
  readonly report: QuantisationReport & {
    readonly calibrationImages: number;
    readonly heldOutImages: number;
    /** In the engine's memory: packed weights, and the values of one run. */
    readonly float32: { readonly weightBytes: number; readonly arenaBytes: number };
    readonly int8: { readonly weightBytes: number; readonly arenaBytes: number };
  };
}

/** The card of the same network in int8: thresholds, probability and accuracy were measured on other embeddings. */
function cardOf(card: ModelCard, images: number): ModelCard {
  const { probability: _probability, sha256, ...rest } = card;
  const source = sha256 === undefined ? card.name : `${card.name} (SHA-256 ${sha256})`;
  const made = `Quantised to int8 from ${source}, calibrated on ${images} images.`;
  const provenance = card.provenance === undefined ? made : `${card.provenance} ${made}`;
  return { ...rest, name: `${card.name}-int8`, thresholds: [], accuracy: [], provenance };
}

/** Refuses names of no layer: a slip would quantise what was to be kept. */
function checkKept(keep: Iterable<string>, { nodes }: Graph): void {
  const names = nodes.map(({ name }) => name);
  for (const name of keep) {
    if (names.includes(name)) continue;
    const accepted = `accepted are ${names.join(', ')}`;
    throw new InputError('UNKNOWN_LAYER', `a layer to keep is "${name}", which the network has not; ${accepted}.`);
  }
}

/** The images as inputs, made one at a time: there may be thousands. */
function* tensors(images: readonly RgbImage[], input: CardInput): Generator<Tensor> {
  for (const image of images) yield normaliseImages([image], input);
}

/**
 * Quantises a model's embedder after training. `images` are aligned faces of exactly the input's size; every eighth is
 * held out and compared on, unless others are given for that. The new card has no thresholds: they belong to the
 * embeddings that they were measured on.
 * Throws InputError TOO_FEW_IMAGES and UNKNOWN_LAYER, ModelError NO_EMBEDDER or CARD_INPUT, ShapeError IMAGE_SHAPE, and
 * what `Engine.compile` throws.
 */
export async function quantiseModel(
  engine: Engine,
  model: Model,
  images: readonly RgbImage[],
  options: QuantiseOptions = {},
): Promise<QuantisedModel> {
  const { card } = model;
  const graph = model.graphs.get(EMBEDDER);
  if (!graph) throw new ModelError('NO_EMBEDDER', `${card.name}: has no graph named "${EMBEDDER}" to quantise.`);
  const { input } = card;
  if (!input) {
    throw new ModelError('CARD_INPUT', `${card.name}: the card does not say how pixels become the input.`);
  }
  if (images.length < LEAST_IMAGES || images.length > MOST_IMAGES) {
    const accepted = `accepted are ${LEAST_IMAGES} to ${MOST_IMAGES}`;
    throw new InputError('TOO_FEW_IMAGES', `${images.length} images to calibrate on; ${accepted}.`);
  }
  if (options.heldOut?.length === 0)
    throw new InputError('TOO_FEW_IMAGES', 'no image to compare on; accepted is 1 or more.');
  const isHeldOut = (index: number): boolean => !options.heldOut && index % HELD_OUT_EVERY === 1;
  const used = images.filter((_, index) => !isHeldOut(index));
  const heldOut = options.heldOut ?? images.filter((_, index) => isHeldOut(index));
  const calibration = await calibrateGraph(engine, graph, tensors(used, input), options.onImage);
  checkKept(options.keep ?? [], calibration.graph);
  const own = await measureLayers(engine, calibration, tensors(used.slice(0, MEASURED_IMAGES), input), new Set());
  const least = options.leastSignalToNoise ?? LEAST_SIGNAL_TO_NOISE;
  const noisy = [...own].filter(([, decibels]) => decibels < least).map(([name]) => name);
  const kept = new Set([...(options.keep ?? []), ...noisy]);
  const quantised = quantiseGraph(calibration.graph, calibration.statistics, kept);
  const report = await compareQuantised(engine, calibration, tensors(heldOut, input), kept, own);
  return {
    model: { format: 'native', graphs: new Map([[EMBEDDER, quantised]]), card: cardOf(card, used.length) },
    report: {
      ...report,
      calibrationImages: used.length,
      heldOutImages: heldOut.length,
      float32: await memoryOf(engine, calibration.graph),
      int8: await memoryOf(engine, quantised),
    },
  };
}
