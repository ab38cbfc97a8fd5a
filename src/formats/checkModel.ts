/** What must hold between a model's graphs and its card, whatever format they came from. */
import { inferShapes } from '../build/infer.js';
import { ModelError } from '../errors.js';
import type { Graph } from '../graph/types.js';
import type { ModelCard } from '../model/card.js';
import type { Model } from '../model/model.js';
import { formatShape } from '../tensor/shape.js';

/** The name of an embedder's graph; the card's input and embedding length describe it. */
export const EMBEDDER = 'embed';

/** Elements of an embedding, where the graph has one output of shape `[N, K]`. */
export function embeddingLengthOf(graph: Graph): number | undefined {
  const [output, ...others] = graph.outputs;
  if (output === undefined || others.length > 0) return undefined;
  const shape = inferShapes(graph).get(output);
  return shape?.length === 2 ? shape[1] : undefined;
}

function refuse(where: string, found: string, accepted: string): never {
  throw new ModelError('CARD_MISMATCH', `${where}: the card says ${found}, the graph "${EMBEDDER}" has ${accepted}.`);
}

function checkEmbedder(graph: Graph, card: ModelCard, where: string): void {
  if (card.input) {
    const { height, width } = card.input;
    const [input, ...others] = graph.inputs;
    const [, channels, rows, columns] = input?.shape ?? [];
    if (others.length > 0 || channels !== 3 || rows !== height || columns !== width) {
      const shapes = graph.inputs.map(({ shape }) => formatShape(shape)).join(', ') || 'no';
      refuse(where, `one input of ${height}×${width} pixels in 3 channels`, `${shapes} input`);
    }
  }
  if (card.embeddingLength !== undefined && embeddingLengthOf(graph) !== card.embeddingLength) {
    const shapes = inferShapes(graph);
    const found = graph.outputs.map((name) => formatShape(shapes.get(name)!)).join(', ');
    refuse(where, `embeddings of ${card.embeddingLength} elements`, `outputs of shape ${found}`);
  }
}

/** Checks that the card describes the embedder that it comes with. Throws ModelError CARD_MISMATCH. */
export function checkModel(model: Model, where: string): Model {
  const embedder = model.graphs.get(EMBEDDER);
  if (embedder) checkEmbedder(embedder, model.card, where);
  return model;
}
