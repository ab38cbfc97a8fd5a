/** The model card: everything that must travel with weights so that they are used rightly. */

import type { CardSingleShot } from './singleShot.js';

/** How pixels become the network's input: (pixel − mean) · scale, by channel in the card's order. */
export interface Normalisation {
  readonly mean: readonly [number, number, number];
  readonly scale: readonly [number, number, number];
}

/** What an embedder's input tensor is made from. */
export interface CardInput {
  /** Pixels. */
  readonly height: number;
  /** Pixels. */
  readonly width: number;
  readonly channelOrder: 'rgb' | 'bgr';
  readonly normalisation: Normalisation;
}

/** A decision threshold on cosine similarity and what it rests on; it is valid for these weights alone. */
export interface CardThreshold {
  /** Cosine similarity from which two faces count as the same person, −1 to 1. */
  readonly value: number;
  /** The data and the rule that the value was chosen by. */
  readonly calibratedOn: string;
  /** Pairs of different people that it rests on; absent where that is unknown, as for a value that was given by hand. */
  readonly pairs?: number;
  /** Share of those pairs that it accepts, 0 to 1, where that was measured. */
  readonly falseAcceptRate?: number;
  /** The pairs that it accepts, of `pairs`. */
  readonly falseAccepts?: number;
  /** Of the false-accept rate: 95 %. */
  readonly falseAcceptInterval?: CardInterval;
  /** Pairs of the same person that the true-accept rate was measured on. */
  readonly samePairs?: number;
  /** Share of those pairs that it accepts, 0 to 1. */
  readonly trueAcceptRate?: number;
  /** Of the true-accept rate: 95 %. */
  readonly trueAcceptInterval?: CardInterval;
}

/** Where a share may lie, 0 to 1. */
export type CardInterval = readonly [low: number, high: number];

/**
 * The probability that two faces are of the same person, 1 / (1 + exp(−(slope · similarity + offset))), as fitted to
 * the calibration pairs; it holds for pairs like those alone, half of them of the same person.
 */
export interface CardProbability {
  readonly slope: number;
  readonly offset: number;
  /** The data that it was fitted to. */
  readonly calibratedOn: string;
  /** Number of pairs that it rests on. */
  readonly pairs: number;
}

/** How a detector's three networks are used. */
export interface CardDetector {
  readonly channelOrder: 'rgb' | 'bgr';
  readonly normalisation: Normalisation;
  /** Face probability from which P-Net, R-Net and O-Net keep a box, 0 to 1. */
  readonly thresholds: readonly [number, number, number];
  /** Smallest face that is looked for, in pixels of its longer side. */
  readonly minimumFace: number;
  /** Size of each level of the image pyramid relative to the one before, below 1. */
  readonly scaleFactor: number;
}

/** Accuracy on a public protocol, as measured with these weights. */
export interface CardAccuracy {
  readonly benchmark: string;
  /** 0 to 1. */
  readonly accuracy: number;
  /** Standard deviation over the folds, 0 to 1. */
  readonly std: number;
}

/** The card of a model file. Absent fields are unknown, never guessed. */
export interface ModelCard {
  readonly name: string;
  readonly input?: CardInput;
  /** Elements of an embedding. */
  readonly embeddingLength?: number;
  readonly thresholds: readonly CardThreshold[];
  readonly accuracy: readonly CardAccuracy[];
  readonly probability?: CardProbability;
  /** For the graphs `pnet`, `rnet` and `onet`. */
  readonly detector?: CardDetector;
  /** For the graph `detect`, whose pixels are made as `input` says. */
  readonly singleShot?: CardSingleShot;
  /** Licence of the weights. */
  readonly licence?: string;
  /** What the weights may be used for, in one sentence. */
  readonly use?: string;
  /** Where the weights come from. */
  readonly provenance?: string;
  /** SHA-256 of the file's tensor section in hexadecimal; names the weights that an embedding was made with. */
  readonly sha256?: string;
}
