/** ncnn `.param` and `.bin` pairs as models. */
import { verifyGraph } from '../../build/verify.js';
import { ModelError, ShapeError } from '../../errors.js';
import type { Graph } from '../../graph/types.js';
import type { Model } from '../../model/model.js';
import { EMBEDDER } from '../checkModel.js';
import { countNames } from '../countNames.js';
import { cardOf, checkInputSize, DEFAULT_INPUT_SIZE, type ImportOptions } from '../importOptions.js';
import { type ResolvedInput, readersOf, resolveInput } from './inputShape.js';
import { LayerBuilder } from './layerImporter.js';
import { input as inputImporter } from './layers/structure.js';
import { pixelChain } from './normalisation.js';
import { type ParamLayer, parseParam } from './parseParam.js';
import { RandomWeights } from './randomWeights.js';
import { type LayerWeights, WeightReader } from './readWeights.js';
import { checkSupport, importerOf } from './support.js';

/** The files' names, for messages; the model is named after the `.param`. */
export interface NcnnFiles {
  readonly param: string;
  readonly bin: string;
}

const IMAGE_CHANNELS = 3;
/** What the card of a structure without weights of its own says. */
const RANDOM_USE = 'Random weights: for what the structure computes and how fast; its outputs mean nothing.';
/** Input layers that a file may have. */
export const MOST_INPUTS = 64;

/** Says so where the failure may stem from a size that nothing in the file supports. */
function withSizeHint(error: unknown): unknown {
  if (!(error instanceof ShapeError)) return error;
  const { height, width } = DEFAULT_INPUT_SIZE;
  const hint = `the file gives no input size and ${height}×${width} was assumed: give the input size`;
  return new ShapeError(error.code, `${error.message.replace(/\.$/, '')}; ${hint}.`, { cause: error });
}

function buildGraph(
  layers: readonly ParamLayer[],
  inputs: ReadonlyMap<ParamLayer, ResolvedInput>,
  skipped: ReadonlySet<ParamLayer>,
  weights: LayerWeights,
): Graph {
  const shapes = new Map([...inputs].map(([layer, { shape }]) => [layer, shape]));
  const builder = new LayerBuilder(weights, shapes);
  for (const layer of layers) {
    if (skipped.has(layer)) builder.alias(layer.outputs[0]!, builder.value(layer));
    else importerOf(layer).import(layer, builder);
  }
  weights.end();
  const read = new Set(layers.flatMap((layer) => layer.inputs));
  const outputs = layers.flatMap((layer) => layer.outputs).filter((blob) => !read.has(blob));
  return verifyGraph(builder.graph(outputs));
}

/**
 * Imports an ncnn pair. Every layer that cannot be imported is named in one error; every size that the `.param` claims
 * is checked against the shapes and the `.bin` before anything is allocated. Batch normalisation is not folded here.
 *
 * Arithmetic with constants on the input becomes the card's normalisation and leaves the graph; where there is none,
 * the card says mean 0, scale 1. What cannot be said so stays in the graph, exact, and is never folded across a zero
 * padding. The card assumes RGB where no order is given; name, size and embedding length follow from the files, all else is left unknown.
 * A SAME padding is resolved for the model's own input size. Without a `.bin`, options give the seed of random weights.
 *
 * Throws ModelError or ShapeError, naming file, line and layer: what `parseParam` and `verifyGraph` throw, and
 * NO_WEIGHTS, UNSUPPORTED_LAYER, UNSUPPORTED_ATTRIBUTE, UNSUPPORTED_WEIGHTS, BAD_LAYER, BAD_PARAMETER, BAD_VARIANCE, INPUT_SHAPE,
 * WEIGHT_COUNT, BAD_SCALE, WEIGHTS_TRUNCATED, WEIGHTS_LEFT_OVER, NODE_SHAPE, INPUT_COUNT, TOO_LARGE.
 */
export function importNcnn(
  param: string,
  bin: Uint8Array | undefined,
  where: NcnnFiles,
  options: ImportOptions = {},
): Model {
  const { randomWeights: seed } = options;
  if (!bin && seed === undefined) {
    throw new ModelError('NO_WEIGHTS', `${where.param}: comes alone; an ncnn .param file is accepted with its .bin.`);
  }
  const weights = bin ? new WeightReader(bin, where.bin) : new RandomWeights(seed!);
  checkInputSize(options.inputSize);
  const layers = parseParam(param, where.param);
  checkSupport(layers);
  const readers = readersOf(layers);
  const inputLayers = layers.filter(({ type }) => type === inputImporter.type);
  if (inputLayers.length === 0 || inputLayers.length > MOST_INPUTS) {
    const found = `has ${inputLayers.length} Input layers`;
    throw new ModelError('INPUT_COUNT', `${where.param}: ${found}; 1 to ${MOST_INPUTS} are accepted.`);
  }
  const inputs = new Map(inputLayers.map((layer) => [layer, resolveInput(layer, readers, options.inputSize)]));
  const [onlyInput, ...moreInputs] = inputs;
  const [layer, { shape }] = onlyInput!;
  const isImage = moreInputs.length === 0 && shape.length === 4 && shape[1] === IMAGE_CHANNELS;
  const chain = isImage && !options.normalisation ? pixelChain(layer, readers) : undefined;
  let graph: Graph;
  try {
    graph = buildGraph(layers, inputs, chain?.layers ?? new Set(), weights);
  } catch (error) {
    throw [...inputs.values()].some(({ assumed }) => assumed) ? withSizeHint(error) : error;
  }
  const normalisation = isImage ? (chain?.normalisation ?? options.normalisation) : undefined;
  const described = cardOf(where.param, graph, normalisation, options);
  const card = bin ? described : { ...described, use: RANDOM_USE };
  const name = options.graph ?? EMBEDDER;
  const operators = new Map([[name, countNames(layers.map(({ type }) => type))]]);
  const origin = { operators, normalisation: chain?.normalisation };
  return { format: 'ncnn', graphs: new Map([[name, graph]]), card, origin };
}
