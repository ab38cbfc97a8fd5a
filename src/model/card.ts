/** The model card: everything that must travel with weights so that they are used rightly. */

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
  /** Number of pairs that it rests on. */
  readonly pairs: number;
  /** Share of different people accepted on that data, 0 to 1, where it was measured. */
  readonly falseAcceptRate?: number;
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
  /** Licence of the weights. */
  readonly licence?: string;
  /** What the weights may be used for, in one sentence. */
  readonly use?: string;
  /** Where the weights come from. */
  readonly provenance?: string;
  /** SHA-256 of the file's tensor section in hexadecimal; names the weights that an embedding was made with. */
  readonly sha256?: string;
}
