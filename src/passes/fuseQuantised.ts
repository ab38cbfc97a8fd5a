/** Int8 layers that files describe in parts: float32 between two int8 values becomes integers from end to end. */
import { inferShapes } from '../build/infer.js';
import { type Graph, isNode, type Node } from '../graph/types.js';
import { FLOAT_BIAS, FLOAT_SLOPES, sumUnits } from '../ops/dequantisedConvolution.js';
import { LARGEST_BIAS } from '../ops/int8Tensors.js';
import { type Quantisation, quantisationIn, quantisedBy } from '../ops/quantise.js';
import { QUANTISED_WEIGHTS, WEIGHT_SCALES } from '../ops/quantisedConvolution.js';
import { holdsChannel, largestSums } from '../ops/requantisation.js';
import { isReshape } from '../ops/reshape.js';
import { type Shape, sameShape } from '../tensor/shape.js';
import { float32Tensor, type Tensor } from '../tensor/tensor.js';
import { int8Operator } from './int8Operators.js';
import { Copies, FreshNames, isRelu6, type Uses, usesOf } from './uses.js';

/** By how much of a level the rounding of a bias may move an output. */
const BIAS_ROUNDING = 1 / 32;
/** The most levels of an output that a level of an input may be: beyond, integers hold too few digits of their ratio. */
const LARGEST_RATIO = 127;
/** Levels that an output can be from its zero point, and one more. */
const LEVELS = 256;

/** The value that a node makes by reshapes alone, where nothing else reads what is between. */
function beforeReshapes(value: string, uses: Uses): string {
  let current = value;
  for (;;) {
    const maker = uses.maker(current);
    if (!maker || !isReshape(maker)) return current;
    current = maker.inputs[0]!;
  }
}

function sameQuantisation(a: Quantisation, b: Quantisation): boolean {
  return a.scale === b.scale && a.zeroPoint === b.zeroPoint;
}

/** A layer's float32 biases in units of its sums; `undefined` where rounding them would show. */
function wholeBiases(biases: Float32Array, units: Float32Array, outputScale: number): Float32Array | undefined {
  const whole = biases.map((bias, channel) => (bias === 0 ? 0 : Math.round(bias / units[channel]!) + 0));
  const fits = whole.every((bias, channel) => {
    const unit = units[channel]!;
    const error = Math.abs(bias * unit - biases[channel]!);
    return Math.abs(bias) <= LARGEST_BIAS && error <= BIAS_ROUNDING * outputScale;
  });
  return fits ? whole : undefined;
}

/** True where 32-bit sums and 16-bit multipliers hold every channel of a layer, whatever its input. */
function holdsLayer(
  weights: Tensor,
  biases: Float32Array,
  ratios: readonly number[],
  slopes: Float32Array | undefined,
  { zeroPoint }: Quantisation,
): boolean {
  const sums = largestSums(weights.data, biases, zeroPoint);
  return ratios.every((ratio, channel) => {
    const largestSum = sums[channel]!;
    const slope = slopes?.[channel] ?? 1;
    const seen = ratio === 0 ? 0 : LEVELS / (ratio * Math.min(1, Math.abs(slope)));
    return holdsChannel({ ratio, slope, largestSum, expectedSum: Math.min(largestSum, seen) });
  });
}

/** Rewrites a graph's pairs of float32 values and conversions. */
class QuantisedFusion {
  readonly #graph: Graph;
  readonly #uses: Uses;
  readonly #shapes: ReadonlyMap<string, Shape>;
  readonly #names: FreshNames;
  readonly #copies = new Copies();
  readonly tensors: Map<string, Tensor>;

  constructor(graph: Graph) {
    this.#graph = graph;
    this.#uses = usesOf(graph);
    this.#shapes = inferShapes(graph);
    this.#names = new FreshNames(graph);
    this.tensors = new Map(graph.tensors);
  }

  /** The int8 value that a `quantise` node makes again from itself, in the same levels. */
  same(node: Node<'quantise'>): string | undefined {
    const source = this.#uses.maker(beforeReshapes(node.inputs[0]!, this.#uses));
    if (!isNode(source, 'dequantise')) return undefined;
    const [value = ''] = source.inputs;
    // Where the least element is another, the value may hold one that the node would not make.
    const maker = this.#uses.maker(value);
    const least = isNode(maker, 'quantise') ? maker.attributes.least : -128;
    const fits = sameQuantisation(node.attributes, source.attributes) && least >= node.attributes.least;
    return fits && sameShape(this.#shapes.get(value)!, this.#shapes.get(node.outputs[0]!)!) ? value : undefined;
  }

  /** The one int8 layer that a layer of float32 outputs and the `quantise` node that alone reads it are. */
  layer(node: Node<'quantise'>): Node | undefined {
    const value = beforeReshapes(node.inputs[0]!, this.#uses);
    const source = this.#uses.maker(value);
    if (!isNode(source, 'dequantisedConvolution') || !this.#readsAlone(node, value)) return undefined;
    if (!sameShape(this.#shapes.get(value)!, this.#shapes.get(node.outputs[0]!)!)) return undefined;
    const [weights, scales] = [QUANTISED_WEIGHTS, WEIGHT_SCALES].map((index) => this.#tensor(source, index));
    const [bias, slopes] = [FLOAT_BIAS, FLOAT_SLOPES].map((index) => this.#tensor(source, index)?.data);
    if (!weights || !scales || (source.inputs[FLOAT_BIAS] && !bias) || (source.inputs[FLOAT_SLOPES] && !slopes)) {
      return undefined;
    }
    const { attributes } = source;
    const { scale } = node.attributes;
    const units = sumUnits(attributes, scales.data);
    const biases = wholeBiases(bias ?? new Float32Array(units.length), units, scale);
    const ratios = Array.from(scales.data, (weightScale) => (attributes.inputScale / scale) * weightScale);
    if (!biases || !holdsLayer(weights, biases, ratios, slopes, quantisationIn(attributes, 'input'))) return undefined;
    const inputs = source.inputs.slice(0, FLOAT_BIAS);
    const biasName = bias ? this.#wholeBias(source.inputs[FLOAT_BIAS]!, biases) : '';
    if (biasName === undefined) return undefined;
    if (bias || slopes) inputs.push(biasName);
    if (slopes) inputs.push(source.inputs[FLOAT_SLOPES]!);
    return {
      ...source,
      operator: 'quantisedConvolution',
      inputs,
      outputs: node.outputs,
      attributes: {
        ...attributes,
        ...quantisedBy('output', node.attributes),
        ...quantisedBy('residual', { scale: 1, zeroPoint: 0 }),
      },
    };
  }

  /** The one int8 operator that an operator on dequantised values and the `quantise` node that alone reads it are. */
  operator(node: Node<'quantise'>): readonly Node[] | undefined {
    const value = beforeReshapes(node.inputs[0]!, this.#uses);
    if (!this.#readsAlone(node, value)) return undefined;
    const last = this.#uses.maker(value);
    const added = last && this.#activatedAddition(last);
    const source = added?.addition ?? last;
    if (!source || !sameShape(this.#shapes.get(value)!, this.#shapes.get(node.outputs[0]!)!)) return undefined;
    const row = int8Operator(source, this.#graph, this.#shapes);
    const count = row?.values ?? source.inputs.length;
    const makers = source.inputs.slice(0, count).map((name) => this.#uses.maker(name));
    if (!row || !makers.every((maker) => isNode(maker, 'dequantise'))) return undefined;
    const output: Quantisation = node.attributes;
    if (makers.some(({ attributes }) => attributes.scale > LARGEST_RATIO * output.scale)) return undefined;
    const quantisations = new Map([[source.outputs[0]!, output]]);
    for (const maker of makers) quantisations.set(maker.outputs[0]!, maker.attributes);
    const before: Node[] = [];
    const inputs = source.inputs.map((name, index) => {
      const maker = makers[index];
      if (!maker) return name;
      const own = quantisations.get(name)!;
      return row.tied && !sameQuantisation(own, output)
        ? this.#requantised(before, maker, own, output)
        : maker.inputs[0]!;
    });
    const attributes = { ...row.attributes(source, (name) => quantisations.get(name)!), ...added?.activation };
    return [...before, { ...source, operator: row.quantised, inputs, outputs: node.outputs, attributes }];
  }

  /** An addition whose result one activation alone reads. */
  #activatedAddition(node: Node) {
    const [input = ''] = node.inputs;
    const addition = this.#uses.maker(input);
    if ((node.operator !== 'relu' && !isRelu6(node)) || addition?.operator !== 'add' || !this.#uses.readOnce(input)) {
      return undefined;
    }
    return { addition, activation: { activation: isRelu6(node) ? 'relu6' : 'relu' } };
  }

  /** An int8 value in other levels. */
  #requantised(before: Node[], maker: Node, from: Quantisation, to: Quantisation): string {
    const name = this.#names.take(`${maker.outputs[0]}.requantised`);
    const attributes = { ...quantisedBy('input', from), ...quantisedBy('output', to), activation: 'none' };
    before.push({ name, operator: 'requantise', inputs: [maker.inputs[0]!], outputs: [name], attributes });
    return name;
  }

  #wholeBias(name: string, biases: Float32Array): string | undefined {
    if (!this.#copies.take(name)) return undefined;
    const whole = this.#names.take(`${name}.whole`);
    this.tensors.set(whole, float32Tensor([biases.length], biases));
    return whole;
  }

  #tensor(node: Node, index: number): Tensor | undefined {
    return this.#graph.tensors.get(node.inputs[index] ?? '');
  }

  /** True where a node reads a value through reshapes that nobody else reads, and nobody else reads the value. */
  #readsAlone(node: Node, value: string): boolean {
    for (let current = node.inputs[0]!; ; current = this.#uses.maker(current)!.inputs[0]!) {
      if (!this.#uses.readOnce(current)) return false;
      if (current === value) return true;
    }
  }
}

/**
 * Lets int8 values pass where a graph makes float32 of them and int8 again: a layer of float32 outputs, or an operator
 * on dequantised values, that one `quantise` alone reads rounds once in integers instead, which moves an output by a
 * level at most. Layers whose sums or biases integers would not hold stay as they are.
 */
export function fuseQuantised(graph: Graph): Graph {
  if (!graph.nodes.some(({ operator }) => operator === 'quantise')) return graph;
  const fusion = new QuantisedFusion(graph);
  const identical = new Map<string, string>();
  const nodes: Node[] = [];
  for (const node of graph.nodes) {
    const inputs = node.inputs.map((name) => identical.get(name) ?? name);
    if (isNode(node, 'quantise')) {
      const same = fusion.same(node);
      if (same !== undefined) {
        identical.set(node.outputs[0]!, identical.get(same) ?? same);
        continue;
      }
      const layer = fusion.layer(node);
      const fused = layer ? [layer] : fusion.operator(node);
      if (fused) {
        for (const one of fused) nodes.push({ ...one, inputs: one.inputs.map((name) => identical.get(name) ?? name) });
        continue;
      }
    }
    nodes.push({ ...node, inputs });
  }
  return { ...graph, nodes, tensors: fusion.tensors };
}
