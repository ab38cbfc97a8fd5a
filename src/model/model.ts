/** A model: named graphs and the card that says how to use them. */
import type { Graph } from '../graph/types.js';
import type { ModelCard } from './card.js';

/** What a model file holds, whatever its format. */
export interface Model {
  /** The format that the model was read from. */
  readonly format: 'native' | 'ncnn' | 'onnx';
  /** `embed` for an embedder; `pnet`, `rnet`, `onet` for a detector. Batch normalisation may still be unfolded. */
  readonly graphs: ReadonlyMap<string, Graph>;
  readonly card: ModelCard;
}
