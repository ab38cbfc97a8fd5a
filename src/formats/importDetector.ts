/** Three ncnn pairs as one detector: P-Net, R-Net and O-Net of MTCNN, told apart by what they give. */
import { inferShapes } from '../build/infer.js';
import { ModelError } from '../errors.js';
import type { Graph } from '../graph/types.js';
import type { CardDetector, Normalisation } from '../model/card.js';
import type { Model } from '../model/model.js';
import { formatShape } from '../tensor/shape.js';

/** The graphs of a detector, in the order in which they run. */
export const DETECTOR = ['pnet', 'rnet', 'onet'] as const;
export type DetectorGraph = (typeof DETECTOR)[number];

/**
 * How detectors that are published as ncnn files are used (Zhang et al. 2016, and the files' own users): the files do
 * not say. Their boxes and thresholds mean nothing under another normalisation.
 */
const PUBLISHED: CardDetector = {
  channelOrder: 'rgb',
  normalisation: { mean: [127.5, 127.5, 127.5], scale: [1 / 128, 1 / 128, 1 / 128] },
  thresholds: [0.6, 0.7, 0.7],
  minimumFace: 40,
  scaleFactor: 0.709,
};

/** R-Net's input, in pixels; P-Net takes any size. */
const REFINED_SIDE = 24;

/** Which of the three a graph is: the outputs' elements and axes say so; undefined for none of them. */
export function detectorGraphOf(graph: Graph): DetectorGraph | undefined {
  const shapes = inferShapes(graph);
  const outputs = graph.outputs.map((name) => shapes.get(name)!);
  const elements = outputs.map((shape) => shape[1]).sort((a, b) => a! - b!);
  const pixels = outputs.every(([, , height = 1, width = 1]) => height * width === 1);
  const side = graph.inputs[0]!.shape.at(-1);
  if (elements.join() === '2,4,10' && pixels) return 'onet';
  if (elements.join() !== '2,4') return undefined;
  return outputs.every((shape) => shape.length === 4) && side !== REFINED_SIDE ? 'pnet' : 'rnet';
}

/** The normalisation that the files hold as layers, or the published one. */
function normalisationOf(models: readonly Model[]): Normalisation {
  const found = models.flatMap(({ card }) => card.input ?? []).map(({ normalisation }) => normalisation);
  const inFile = found.find(
    ({ mean, scale }) => mean.some((value) => value !== 0) || scale.some((value) => value !== 1),
  );
  return inFile ?? PUBLISHED.normalisation;
}

/**
 * Joins three models of one graph each into a detector named after the first. The card says how such detectors are
 * used. Throws ModelError NO_DETECTOR where they are not one of each of P-Net, R-Net and O-Net.
 */
export function joinDetector(models: readonly Model[]): Model {
  const byName = new Map<DetectorGraph, Graph>();
  const operators = new Map<string, Readonly<Record<string, number>>>();
  for (const model of models) {
    const [graph] = model.graphs.values();
    const name = detectorGraphOf(graph!);
    if (name !== undefined && !byName.has(name)) {
      byName.set(name, graph!);
      for (const counts of model.origin?.operators.values() ?? []) operators.set(name, counts);
      continue;
    }
    const shapes = inferShapes(graph!);
    const found = graph!.outputs.map((output) => formatShape(shapes.get(output)!)).join(', ');
    throw new ModelError(
      'NO_DETECTOR',
      `${model.card.name}: has outputs ${found}; three pairs are accepted as the P-Net, R-Net and O-Net of one detector.`,
    );
  }
  const detector = { ...PUBLISHED, normalisation: normalisationOf(models) };
  return {
    format: 'ncnn',
    graphs: new Map(DETECTOR.map((name) => [name, byName.get(name)!])),
    card: { name: models[0]!.card.name, thresholds: [], accuracy: [], detector },
    origin: { operators },
  };
}
