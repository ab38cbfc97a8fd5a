/** Public single-shot detectors, recognised by their outputs: files do not say how they are used. */
import type { Graph } from '../graph/types.js';
import type { Normalisation } from '../model/card.js';
import { detectorOutputs } from '../model/detectorOutputs.js';
import type { Model } from '../model/model.js';
import type { CardSingleShot } from '../model/singleShot.js';
import type { ImportOptions } from './importOptions.js';

/** A detector as its project publishes it. */
interface Family {
  readonly channelOrder: 'rgb' | 'bgr';
  readonly normalisation: Normalisation;
  readonly description: CardSingleShot;
  /** What its graph must have beside outputs of these shapes. */
  readonly suits?: (graph: Graph) => boolean;
}

function evenly(mean: number, divisor: number): Normalisation {
  return { mean: [mean, mean, mean], scale: [1 / divisor, 1 / divisor, 1 / divisor] };
}

const THREE_STRIDES = [8, 16, 32];

/** YuNet (Wu et al. 2023): one anchor a cell, class and objectness apart. */
const YUNET: CardSingleShot = {
  fit: 'corner',
  levels: THREE_STRIDES.map((stride) => ({ stride, sizes: [stride] })),
  cellCentre: 0,
  boxes: 'offsets',
  variances: [1, 1],
  scoreColumns: 1,
  scores: 'probabilities',
  landmarks: 'five',
  threshold: 0.6,
  overlap: 0.3,
  merge: 'best',
};

/** SCRFD (Guo et al. 2021): two anchors a cell, distances to the edges. */
const SCRFD: CardSingleShot = {
  ...YUNET,
  levels: THREE_STRIDES.map((stride) => ({ stride, sizes: [stride, stride] })),
  boxes: 'distances',
  threshold: 0.5,
  overlap: 0.4,
};

/** RetinaFace on MobileNet 0.25 (Deng et al. 2019). */
const RETINAFACE: CardSingleShot = {
  ...YUNET,
  levels: [
    { stride: 8, sizes: [16, 32] },
    { stride: 16, sizes: [64, 128] },
    { stride: 32, sizes: [256, 512] },
  ],
  cellCentre: 0.5,
  variances: [0.1, 0.2],
  scoreColumns: 2,
  overlap: 0.4,
};

/** Ultra-Light-Fast-Generic-Face-Detector, slim and RFB; files of some formats leave the boxes to be decoded. */
const ULTRAFACE_CODED: CardSingleShot = {
  ...RETINAFACE,
  fit: 'stretch',
  levels: [
    { stride: 8, sizes: [10, 16, 24] },
    { stride: 16, sizes: [32, 48] },
    { stride: 32, sizes: [64, 96] },
    { stride: 64, sizes: [128, 192, 256] },
  ],
  landmarks: 'none',
  threshold: 0.7,
  overlap: 0.3,
};
const ULTRAFACE: CardSingleShot = { ...ULTRAFACE_CODED, boxes: 'corners' };

/** MediaPipe's BlazeFace for short range (Bazarevsky et al. 2019): offsets in pixels of the input. */
const BLAZEFACE: CardSingleShot = {
  fit: 'centre',
  levels: [
    { stride: 8, sizes: [1, 1] },
    { stride: 16, sizes: [1, 1, 1, 1, 1, 1] },
  ],
  cellCentre: 0.5,
  boxes: 'extents',
  variances: [1, 1],
  scoreColumns: 1,
  scores: 'logits',
  landmarks: 'six',
  threshold: 0.5,
  overlap: 0.3,
  merge: 'mean',
};

/** Whether the graph decodes boxes itself: their sides come from logarithms. */
function hasExponential(graph: Graph): boolean {
  return graph.nodes.some(({ operator, attributes }) => {
    return operator === 'unary' && (attributes as { operation?: unknown }).operation === 'exponential';
  });
}

const PLAIN = evenly(0, 1);
const INSIGHTFACE = { channelOrder: 'rgb', normalisation: evenly(127.5, 128) } as const;
const ULTRA = { channelOrder: 'rgb', normalisation: evenly(127, 128) } as const;
const CAFFE_MEANS = { mean: [104, 117, 123], scale: [1, 1, 1] } as const;

const FAMILIES: readonly Family[] = [
  { channelOrder: 'bgr', normalisation: PLAIN, description: YUNET },
  { ...INSIGHTFACE, description: SCRFD },
  { ...INSIGHTFACE, description: { ...SCRFD, landmarks: 'none' } },
  { channelOrder: 'bgr', normalisation: CAFFE_MEANS, description: RETINAFACE },
  { ...ULTRA, description: ULTRAFACE, suits: hasExponential },
  { ...ULTRA, description: ULTRAFACE_CODED },
  { channelOrder: 'rgb', normalisation: evenly(127.5, 127.5), description: BLAZEFACE },
];

function isIdentity({ mean, scale }: Normalisation): boolean {
  return mean.every((value) => value === 0) && scale.every((value) => value === 1);
}

function renamed<T>(entries: ReadonlyMap<string, T>): Map<string, T> {
  return new Map([...entries.values()].map((value) => ['detect', value]));
}

/**
 * The model with the description of its detector in the card where its outputs are those of a public one, its graph
 * named `detect`; otherwise the model as it is. Arithmetic on pixels that the file has, and what the caller says of
 * pixels, count before what the project publishes.
 */
export function recogniseDetector(model: Model, options: ImportOptions): Model {
  const { card, graphs, origin } = model;
  const [graph] = graphs.values();
  if (graphs.size !== 1 || !graph || !card.input || card.detector) return model;
  const family = FAMILIES.find(({ description, suits }) => {
    return detectorOutputs(graph, description) && (suits?.(graph) ?? true);
  });
  if (!family) return model;
  const { normalisation } = card.input;
  const input = {
    ...card.input,
    channelOrder: options.channelOrder ?? family.channelOrder,
    normalisation: options.normalisation || !isIdentity(normalisation) ? normalisation : family.normalisation,
  };
  return {
    ...model,
    graphs: renamed(graphs),
    card: { ...card, input, singleShot: family.description },
    ...(origin ? { origin: { ...origin, operators: renamed(origin.operators) } } : {}),
  };
}
