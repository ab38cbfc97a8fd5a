/** A model: named graphs and the card that says how to use them. */
import type { Graph } from '../graph/types.js';
import type { ModelCard, Normalisation } from './card.js';

/** What an import saw of a file and the model no longer says; it is not stored. */
export interface Origin {
  /** By graph, how often each of the format's own operators stands in the file. */
  readonly operators: ReadonlyMap<string, Readonly<Record<string, number>>>;
  /** Arithmetic on pixels that stood in the graph and now stands in the card. */
  readonly normalisation?: Normalisation | undefined;
}

/** What a model file holds, whatever its format. */
export interface Model {
  /** The format that the model was read from. */
  readonly format: 'native' | 'ncnn' | 'onnx' | 'tflite' | 'pytorch';
  /** `embed` for an embedder; `pnet`, `rnet`, `onet` for a detector. Batch normalisation may still be unfolded. */
  readonly graphs: ReadonlyMap<string, Graph>;
  readonly card: ModelCard;
  /** Absent for native files. */
  readonly origin?: Origin;
}
