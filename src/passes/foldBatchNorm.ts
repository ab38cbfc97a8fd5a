/** Folds batch normalisation and per-channel affines into the convolution before them (the paper, section 3.3). */
import { ModelError } from '../errors.js';
import { type Graph, isNode, type Node } from '../graph/types.js';
import { BIAS, RESIDUAL } from '../ops/convolution.js';
import { describeNode } from '../ops/operator.js';
import { float32Tensor, type Tensor } from '../tensor/tensor.js';
import { Copies, FreshNames, isLinear, type Uses, usesOf, withInput } from './uses.js';

/** x · scales + offsets in float64, one pair a channel or one for all. */
interface ChannelAffine {
  readonly scales: Float64Array;
  readonly offsets: Float64Array;
}

/** Reads a batchNorm or affine node whose parameters are tensors; `undefined` for every other node. */
function readAffine(graph: Graph, node: Node): ChannelAffine | undefined {
  if (!isNode(node, 'batchNorm', 'affine')) return undefined;
  const parameters = node.inputs.slice(1).map((name) => graph.tensors.get(name)?.data);
  if (!parameters.every((data) => data !== undefined)) return undefined;
  const [scales, offsets, means, variances] = parameters as [Float32Array, Float32Array, Float32Array, Float32Array];
  if (isNode(node, 'affine')) return { scales: Float64Array.from(scales), offsets: Float64Array.from(offsets) };
  const { epsilon } = node.attributes;
  const result = { scales: new Float64Array(scales.length), offsets: new Float64Array(scales.length) };
  for (let channel = 0; channel < scales.length; channel++) {
    const scale = scales[channel]! / Math.sqrt(variances[channel]! + epsilon);
    if (!Number.isFinite(scale)) {
      const found = `variance ${variances[channel]} and epsilon ${epsilon}`;
      throw new ModelError(
        'BAD_VARIANCE',
        `${describeNode(node)}: channel ${channel} has ${found}; their sum must be greater than 0.`,
      );
    }
    result.scales[channel] = scale;
    result.offsets[channel] = offsets[channel]! - means[channel]! * scale;
  }
  return result;
}

/** second(first(x)). */
function compose(first: ChannelAffine, second: ChannelAffine): ChannelAffine {
  const length = Math.max(first.scales.length, second.scales.length);
  const at = (values: Float64Array, channel: number) => values[values.length === 1 ? 0 : channel]!;
  const scales = new Float64Array(length);
  const offsets = new Float64Array(length);
  for (let channel = 0; channel < length; channel++) {
    const scale = at(second.scales, channel);
    scales[channel] = at(first.scales, channel) * scale;
    offsets[channel] = at(first.offsets, channel) * scale + at(second.offsets, channel);
  }
  return { scales, offsets };
}

/** Rounds to float32, once. Throws ModelError NOT_FINITE where a folded value is beyond it. */
function rounded(node: Node, shape: readonly number[], values: Float64Array): Tensor {
  const tensor = float32Tensor(shape, Float32Array.from(values));
  const index = tensor.data.findIndex((value) => !Number.isFinite(value));
  if (index >= 0) {
    throw new ModelError(
      'NOT_FINITE',
      `${describeNode(node)}: element ${index} becomes ${values[index]} when folded; float32 values are accepted.`,
    );
  }
  return tensor;
}

/** scale · (weights · x + bias) + offset = (scale · weights) · x + (scale · bias + offset), by output channel. */
function foldInto(graph: Graph, layer: Node, affine: ChannelAffine): { weights: Tensor; bias: Tensor } {
  const weights = graph.tensors.get(layer.inputs[1]!)!;
  const bias = graph.tensors.get(layer.inputs[BIAS] ?? '');
  const channels = weights.shape[0]!;
  const taps = weights.data.length / channels;
  const { scales, offsets } = compose(
    { scales: new Float64Array(channels).fill(1), offsets: new Float64Array(channels) },
    affine,
  );
  return {
    weights: rounded(
      layer,
      weights.shape,
      Float64Array.from(weights.data, (value, index) => value * scales[Math.floor(index / taps)]!),
    ),
    bias: rounded(
      layer,
      [channels],
      offsets.map((offset, channel) => (bias?.data[channel] ?? 0) * scales[channel]! + offset),
    ),
  };
}

/** A layer that an affine after it can fold into: a bare sum of constant weights and bias. */
function foldable(graph: Graph, layer: Node | undefined): layer is Node {
  if (!layer || !isLinear(layer) || layer.inputs[RESIDUAL]) return false;
  return graph.tensors.has(layer.inputs[1]!) && (!layer.inputs[BIAS] || graph.tensors.has(layer.inputs[BIAS]));
}

interface Run {
  /** What the run of affines reads. */
  readonly source: string;
  readonly affine: ChannelAffine;
  /** Nodes that the run has absorbed besides its last. */
  readonly absorbed: readonly Node[];
}

/** The longest run of affines that ends in a node and whose inner values nobody else reads. */
function runEndingAt(graph: Graph, uses: Uses, last: Node): Run | undefined {
  let affine = readAffine(graph, last);
  if (!affine) return undefined;
  const absorbed: Node[] = [];
  let source = last.inputs[0]!;
  for (let node = uses.maker(source); node && uses.readOnce(source); node = uses.maker(source)) {
    const earlier = readAffine(graph, node);
    if (!earlier) break;
    affine = compose(earlier, affine);
    absorbed.push(node);
    source = node.inputs[0]!;
  }
  return { source, affine, absorbed };
}

/** The next node of a run that continues past this one, where there is one. */
function continues(graph: Graph, uses: Uses, readers: ReadonlyMap<string, Node>, node: Node): boolean {
  const value = node.outputs[0]!;
  const next = readers.get(value);
  return (
    next !== undefined && next.inputs[0] === value && uses.readOnce(value) && readAffine(graph, next) !== undefined
  );
}

/**
 * Folds each run of batchNorm and affine nodes into the convolution or fully connected layer that it follows, where
 * nobody else reads the values between; any other run becomes one affine. Parameters are composed in float64 and
 * rounded to float32 once. Nothing is folded into a layer that follows: its zero padding would not be the same.
 * Throws ModelError BAD_VARIANCE or NOT_FINITE.
 */
export function foldBatchNorm(graph: Graph): Graph {
  const uses = usesOf(graph);
  const names = new FreshNames(graph);
  const tensors = new Map(graph.tensors);
  const readers = new Map<string, Node>();
  for (const node of graph.nodes) for (const name of node.inputs) readers.set(name, node);
  const replaced = new Map<Node, Node>();
  const removed = new Set<Node>();
  const copies = new Copies();
  const define = (base: string, tensor: Tensor) => {
    const name = names.take(base);
    tensors.set(name, tensor);
    return name;
  };

  for (const last of graph.nodes) {
    if (continues(graph, uses, readers, last)) continue;
    const run = runEndingAt(graph, uses, last);
    if (!run) continue;
    const layer = uses.maker(run.source);
    if (uses.readOnce(run.source) && foldable(graph, layer) && copies.take(layer.inputs[1]!)) {
      const { weights, bias } = foldInto(graph, layer, run.affine);
      const withWeights = withInput(layer.inputs, 1, define(`${layer.inputs[1]}.folded`, weights));
      const inputs = withInput(withWeights, BIAS, define(`${last.outputs[0]}.bias`, bias));
      replaced.set(last, { ...layer, inputs, outputs: last.outputs });
      removed.add(layer);
    } else if (last.operator === 'batchNorm' || run.absorbed.length > 0) {
      const shape = [run.affine.scales.length];
      const scales = define(`${last.outputs[0]}.scales`, rounded(last, shape, run.affine.scales));
      const offsets = define(`${last.outputs[0]}.offsets`, rounded(last, shape, run.affine.offsets));
      replaced.set(last, { ...last, operator: 'affine', inputs: [run.source, scales, offsets], attributes: {} });
    }
    for (const node of run.absorbed) removed.add(node);
  }
  const nodes = graph.nodes.filter((node) => !removed.has(node)).map((node) => replaced.get(node) ?? node);
  return { ...graph, nodes, tensors };
}
