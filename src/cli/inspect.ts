/** `inspect FILE`: what a model file holds, counted. */
import { countMultiplyAdds, countParameters, inferShapes } from '../build/infer.js';
import { MobileFaceNetError } from '../errors.js';
import { loadModel } from '../files/models.js';
import type { Graph } from '../graph/types.js';
import { kernels } from '../kernels/index.js';
import type { ModelCard } from '../model/card.js';
import type { Model } from '../model/model.js';
import { optimise } from '../passes/index.js';
import { lower } from '../plan/lower.js';
import { packGraph } from '../plan/pack.js';
import { formatShape, type Shape } from '../tensor/shape.js';
import { defineCommand, type Outcome } from './command.js';
import { addRandomWeightsOption, type CardOptions, importOptionsOf } from './importOptions.js';
import { alignRows, formatBytes, formatCosine, formatCount } from './text.js';

/** A value that enters or leaves a graph, with the shape that the model was written for. */
export interface ValueDocument {
  readonly name: string;
  readonly shape: Shape;
}

/** A graph as it runs, after all passes. */
export interface GraphDocument {
  readonly name: string;
  /** The first input. */
  readonly input: ValueDocument;
  /** The first output. */
  readonly output: ValueDocument;
  /** Batch normalisation folded. */
  readonly parameters: number;
  /** Multiply-adds of one run. */
  readonly madds: number;
  /** Bytes of all values of one run; null where the engine has no kernel for a node. */
  readonly arenaBytes: number | null;
  readonly nodes: number;
}

/** What `inspect --json` prints. */
export interface InspectDocument {
  readonly name: string;
  readonly format: Model['format'];
  readonly graphs: readonly GraphDocument[];
  readonly card: ModelCard;
}

/** The arena of a graph, or null where the engine cannot run it. */
function arenaBytesOf(graph: Graph): number | null {
  try {
    return lower(packGraph(graph, 'plain', kernels)).arenaBytes;
  } catch (error) {
    if (error instanceof MobileFaceNetError && error.code === 'NO_KERNEL') return null;
    throw error;
  }
}

/** Describes a graph as it runs. Throws ModelError where the passes refuse it. */
export function describeGraph(name: string, graph: Graph): GraphDocument {
  const optimised = optimise(graph);
  const shapes = inferShapes(optimised);
  const value = (of: string): ValueDocument => ({ name: of, shape: shapes.get(of)! });
  return {
    name,
    input: value(optimised.inputs[0]!.name),
    output: value(optimised.outputs[0]!),
    parameters: countParameters(optimised),
    madds: countMultiplyAdds(optimised, shapes),
    arenaBytes: arenaBytesOf(optimised),
    nodes: optimised.nodes.length,
  };
}

/** A graph's counts in rows. */
export function explainGraph({ name, input, output, parameters, madds, arenaBytes, nodes }: GraphDocument): string {
  const rows = alignRows([
    ['  input', `${input.name} ${formatShape(input.shape)}`],
    ['  output', `${output.name} ${formatShape(output.shape)}`],
    ['  parameters', formatCount(parameters)],
    ['  multiply-adds', formatCount(madds)],
    ['  arena', arenaBytes === null ? 'none: the engine lacks a kernel for it' : formatBytes(arenaBytes)],
    ['  nodes', `${nodes} when run`],
  ]);
  return `graph ${name}\n${rows}`;
}

function explainCard(card: ModelCard): string {
  const { input } = card;
  const numbers = (values: readonly number[]) => values.join(' ');
  return alignRows([
    ['  input', input && `${input.width}×${input.height} pixels, ${input.channelOrder.toUpperCase()}`],
    ['  mean', input && numbers(input.normalisation.mean)],
    ['  scale', input && numbers(input.normalisation.scale)],
    ['  embedding', card.embeddingLength === undefined ? undefined : `${card.embeddingLength} numbers`],
    ...(card.thresholds.length === 0 ? [['  threshold', 'none'] as const] : []),
    ...card.thresholds.map(
      ({ value, calibratedOn }) => ['  threshold', `${formatCosine(value)}: ${calibratedOn}`] as const,
    ),
    ...card.accuracy.map(
      ({ benchmark, accuracy, std }) => ['  accuracy', `${accuracy} ± ${std}: ${benchmark}`] as const,
    ),
    ['  licence', card.licence ?? 'not stated'],
    ['  use', card.use],
    ['  provenance', card.provenance],
    ['  sha256', card.sha256],
  ]);
}

async function inspect([file]: readonly string[], options: CardOptions): Promise<Outcome> {
  const { format, graphs, card } = await loadModel([file!], importOptionsOf(options));
  const document: InspectDocument = {
    name: card.name,
    format,
    graphs: [...graphs].map(([name, graph]) => describeGraph(name, graph)),
    card,
  };
  const head = `${card.name} (${format})`;
  return { document, text: [head, ...document.graphs.map(explainGraph), 'card', explainCard(card)].join('\n') };
}

export const inspectCommand = defineCommand<CardOptions>({
  name: 'inspect',
  summary: 'print what a model file holds: graphs, counts and card',
  declare(command) {
    command.argument('<file>', 'a native .safetensors file, an .onnx file, or an ncnn .param with its .bin beside it');
    addRandomWeightsOption(command);
  },
  run: inspect,
});
