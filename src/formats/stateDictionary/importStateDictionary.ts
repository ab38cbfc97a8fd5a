/** State dictionaries of PyTorch implementations of MobileFaceNet, exported as safetensors, as models. */
import { GraphBuilder } from '../../build/builder.js';
import { ModelError, ShapeError } from '../../errors.js';
import type { Graph } from '../../graph/types.js';
import type { Normalisation } from '../../model/card.js';
import type { Model } from '../../model/model.js';
import { elementCount, formatShape } from '../../tensor/shape.js';
import { float32Tensor, type Tensor } from '../../tensor/tensor.js';
import { EMBEDDER } from '../checkModel.js';
import { countNames } from '../countNames.js';
import { cardOf, checkInputSize, type ImportOptions, type InputSize } from '../importOptions.js';
import { evenly, expectedTensors, type LayerNames, NAME_MAPS, type NameMap } from './nameMaps.js';
import { buildOwnNetwork, checkOwnSize } from './ownNetworks.js';

/** PyTorch's epsilon of batch normalisation, which all of these implementations keep. */
const EPSILON = 1e-5;
/** What DataParallel writes before every name. */
const PARALLEL = 'module.';
/** What the global depthwise layer's kernel is smaller than the input by (the paper, Table 1). */
const REDUCTION = 16;
/** Of the first block of each row of Table 1; all others have stride 1 and a shortcut where the channels are the same. */
const STRIDED_BLOCKS: readonly number[] = [0, 5, 12];
/** How pixels become the input of our own networks (the paper, section 3.1). */
const OWN_NORMALISATION = evenly(127.5, 128);

type Tensors = ReadonlyMap<string, Tensor>;

function withoutPrefix(tensors: Tensors): Tensors {
  const names = [...tensors.keys()];
  if (names.length === 0 || !names.every((name) => name.startsWith(PARALLEL))) return tensors;
  return new Map([...tensors].map(([name, tensor]) => [name.slice(PARALLEL.length), tensor]));
}

/** Which implementation a state dictionary is of: the one whose names it has most of; `undefined` below half of them. */
function mapOf(tensors: Tensors): NameMap | undefined {
  const shares = NAME_MAPS.map((map) => {
    const expected = expectedTensors(map);
    return { map, share: expected.filter((name) => tensors.has(name)).length / expected.length };
  });
  const best = shares.reduce((a, b) => (b.share > a.share ? b : a));
  return best.share >= 0.5 ? best.map : undefined;
}

/** Refuses missing and unexpected tensors, all of them at once. */
function checkNames(map: NameMap, tensors: Tensors, where: string): void {
  const expected = new Set(expectedTensors(map));
  const missing = [...expected].filter((name) => !tensors.has(name));
  const unexpected = [...tensors.keys()].filter((name) => !expected.has(name));
  if (missing.length === 0 && unexpected.length === 0) return;
  const parts = [
    ...(missing.length > 0 ? [`lacks ${missing.join(', ')}`] : []),
    ...(unexpected.length > 0 ? [`also has ${unexpected.join(', ')}`] : []),
  ];
  const accepted = `exactly the ${expected.size} tensors of that implementation are accepted`;
  throw new ModelError(
    'STATE_DICTIONARY',
    `${where}: has the layer names of ${map.implementation}, but ${parts.join('; ')}; ${accepted}.`,
  );
}

/** Appends the layers of an implementation, batch normalisation unfolded. */
class Importer {
  readonly builder = new GraphBuilder();
  readonly #tensors: Tensors;
  readonly #where: string;

  constructor(tensors: Tensors, where: string) {
    this.#tensors = tensors;
    this.#where = where;
  }

  tensor(name: string): Tensor {
    return this.#tensors.get(name)!;
  }

  #vector(name: string, length: number): string {
    const { shape, data } = this.tensor(name);
    if (shape.length !== 1 || (shape[0] !== length && shape[0] !== 1)) {
      const found = `tensor "${name}" is ${formatShape(shape)}; accepted is [${length}]`;
      throw new ShapeError('TENSOR_SHAPE', `${this.#where}: ${found}.`);
    }
    const filled = shape[0] === length ? data : new Float32Array(length).fill(data[0]!);
    return this.builder.tensor(name, float32Tensor([length], filled));
  }

  /** A kernel of four axes; a linear layer's weights of two axes are one of 1×1. */
  kernel(name: string): Tensor {
    const { shape, data } = this.tensor(name);
    const axes = shape.length === 2 ? [...shape, 1, 1] : shape;
    if (axes.length === 4 && elementCount(axes) > 0) return float32Tensor(axes, data);
    const found = `tensor "${name}" is ${formatShape(shape)}; accepted is [outputs, inputs, height, width]`;
    throw new ShapeError('TENSOR_SHAPE', `${this.#where}: ${found}.`);
  }

  layer(names: LayerNames, input: string, depthwise: boolean, stride = 1, padding = 0): string {
    const { layer, norm, prelu, activation } = names;
    const kernel = this.kernel(`${layer}.weight`);
    const outputs = kernel.shape[0]!;
    const weights = this.builder.tensor(`${layer}.weight`, kernel);
    const bias = names.bias ? [this.#vector(`${layer}.bias`, outputs)] : [];
    const sum = this.builder.node(layer, 'convolution', [input, weights, ...bias], {
      stride: [stride, stride],
      padding: [padding, padding, padding, padding],
      dilation: [1, 1],
      groups: depthwise ? outputs : 1,
      activation: 'none',
    });
    const statistics = ['weight', 'bias', 'running_mean', 'running_var'].map((part) =>
      this.#vector(`${norm}.${part}`, outputs),
    );
    const value = this.builder.node(norm, 'batchNorm', [sum, ...statistics], { epsilon: EPSILON });
    if (prelu !== undefined)
      return this.builder.node(prelu, 'prelu', [value, this.#vector(`${prelu}.weight`, outputs)]);
    if (activation === 'relu') return this.builder.node(`${norm}.relu`, 'relu', [value]);
    return activation === 'relu6' ? this.builder.node(`${norm}.relu6`, 'clip', [value], { least: 0, most: 6 }) : value;
  }
}

function buildGraph(map: NameMap, importer: Importer, size: InputSize): Graph {
  const { builder } = importer;
  let value = builder.input('input', [1, 3, size.height, size.width]);
  value = importer.layer(map.stem, value, false, 2, 1);
  value = importer.layer(map.depthwise, value, true, 1, 1);
  if (map.pointwise) value = importer.layer(map.pointwise, value, false);
  for (const [index, { expand, depthwise, project }] of map.blocks.entries()) {
    const stride = STRIDED_BLOCKS.includes(index) ? 2 : 1;
    const wide = importer.layer(expand, value, false);
    const projected = importer.layer(project, importer.layer(depthwise, wide, true, stride, 1), false);
    value = stride === 1 ? builder.node(`${project.layer}.add`, 'add', [projected, value]) : projected;
  }
  value = importer.layer(map.wide, value, false);
  value = importer.layer(map.global, value, true);
  value = importer.layer(map.embedding, value, false);
  return builder.build([builder.node('embedding', 'flatten', [value])]);
}

/** The input size that the global depthwise layer's kernel is for; a given one must give the same kernel. */
function inputSize(map: NameMap, importer: Importer, given: InputSize | undefined, where: string): InputSize {
  const [, , rows = 1, columns = 1] = importer.kernel(`${map.global.layer}.weight`).shape;
  if (!given) return { height: rows * REDUCTION, width: columns * REDUCTION };
  const fits = Math.ceil(given.height / REDUCTION) === rows && Math.ceil(given.width / REDUCTION) === columns;
  if (fits) return given;
  const accepted = `its global depthwise kernel is ${rows}×${columns}, for ${rows * REDUCTION}×${columns * REDUCTION}`;
  throw new ShapeError(
    'INPUT_SHAPE',
    `${where}: is given an input size of ${given.height}×${given.width}; ${accepted}.`,
  );
}

function modelOf(graph: Graph, normalisation: Normalisation, where: string, options: ImportOptions): Model {
  const card = cardOf(where, graph, options.normalisation ?? normalisation, options);
  const name = options.graph ?? EMBEDDER;
  const operators = new Map([[name, countNames(graph.nodes.map(({ operator }) => operator))]]);
  return { format: 'pytorch', graphs: new Map([[name, graph]]), card, origin: { operators } };
}

/**
 * Imports a state dictionary of a known implementation of MobileFaceNet, whatever its names begin with under
 * DataParallel, or of a network of Table 2 under our own names; `undefined` for tensors of anything else. The normalisation is that of the implementation's own code
 * unless one is given. Throws ModelError STATE_DICTIONARY naming every missing and unexpected tensor, ShapeError
 * TENSOR_SHAPE or INPUT_SHAPE, and what `verifyGraph` throws.
 */
export function importStateDictionary(tensors: Tensors, where: string, options: ImportOptions = {}): Model | undefined {
  checkInputSize(options.inputSize);
  const own = withoutPrefix(tensors);
  const map = mapOf(own);
  if (map) {
    checkNames(map, own, where);
    const importer = new Importer(own, where);
    const graph = buildGraph(map, importer, inputSize(map, importer, options.inputSize, where));
    return modelOf(graph, map.normalisation, where, options);
  }
  const graph = buildOwnNetwork(own, where);
  if (!graph) return undefined;
  checkOwnSize(graph, options.inputSize, where);
  return modelOf(graph, OWN_NORMALISATION, where, options);
}
