/** Whether an imported model gives what another engine gave: each output's largest differences. */
import { Engine, type Tensors } from '../engine.js';
import { InputError } from '../errors.js';
import type { Graph } from '../graph/types.js';
import type { Normalisation } from '../model/card.js';
import type { Model } from '../model/model.js';
import { formatShape, type Shape, sameShape } from '../tensor/shape.js';
import { float32Tensor, type Tensor } from '../tensor/tensor.js';
import { readReference } from './reference.js';

/** How far one output is from the stored one. */
export interface OutputDifference {
  /** The data set's folder, or the file. */
  readonly set: string;
  readonly name: string;
  readonly shape: Shape;
  readonly expectedShape: Shape;
  /** Largest difference of an element; null where shapes differ or an element is not finite in one alone. */
  readonly largestAbsolute: number | null;
  /** The same, divided by the largest magnitude of the stored output. */
  readonly largestRelative: number | null;
  readonly passed: boolean;
}

/** What `--verify` found. */
export interface VerificationDocument {
  readonly reference: string;
  /** The largest `largestRelative` that passes. */
  readonly tolerance: number;
  readonly passed: boolean;
  readonly outputs: readonly OutputDifference[];
}

/** The largest difference and the largest magnitude; the difference is NaN where one is not finite and the other is. */
function differences(found: Float32Array, expected: Float32Array): { absolute: number; magnitude: number } {
  let absolute = 0;
  let magnitude = 0;
  for (let index = 0; index < expected.length; index++) {
    const [own, other] = [found[index]!, expected[index]!];
    if (!Object.is(own, other)) absolute = Math.max(absolute, Math.abs(own - other));
    if (Number.isFinite(other)) magnitude = Math.max(magnitude, Math.abs(other));
  }
  return { absolute, magnitude };
}

/** Compares an output with the stored one: it passes where `largestRelative` is at most `tolerance`. */
export function compareOutput(
  set: string,
  name: string,
  found: Tensor,
  expected: Tensor,
  tolerance: number,
): OutputDifference {
  const described = { set, name, shape: found.shape, expectedShape: expected.shape };
  const unlike = { ...described, largestAbsolute: null, largestRelative: null, passed: false };
  if (!sameShape(found.shape, expected.shape)) return unlike;
  const { absolute, magnitude } = differences(found.data, expected.data);
  if (!Number.isFinite(absolute)) return unlike;
  const relative = absolute === 0 ? 0 : absolute / magnitude;
  if (!Number.isFinite(relative)) return { ...unlike, largestAbsolute: absolute };
  return { ...described, largestAbsolute: absolute, largestRelative: relative, passed: relative <= tolerance };
}

/** (x − mean) · scale by channel: the arithmetic that the file's graph began with and the model's no longer does. */
function normalised({ shape, data }: Tensor, { mean, scale }: Normalisation): Tensor {
  const [, channels = 1, ...inner] = shape;
  const pixels = inner.reduce((product, length) => product * length, 1);
  const channelOf = (index: number) => Math.floor(index / pixels) % channels;
  return float32Tensor(
    shape,
    data.map((value, index) => (value - mean[channelOf(index)]!) * scale[channelOf(index)]!),
  );
}

/** The one graph of a model. Throws InputError BAD_REFERENCE where it has several. */
function onlyGraph(model: Model): Graph {
  const [graph, ...others] = model.graphs.values();
  if (graph && others.length === 0) return graph;
  const names = [...model.graphs.keys()].join(', ');
  throw new InputError('BAD_REFERENCE', `model has the graphs ${names}; --verify is accepted for models of one graph.`);
}

/**
 * Runs a model on the stored inputs and compares. `taken` is the arithmetic on pixels that the import took out of the
 * graph: stored inputs are those of the file, so it is applied to them. Throws as `readReference` and the engine do.
 */
export async function verifyImport(
  model: Model,
  taken: Normalisation | undefined,
  reference: string,
  tolerance: number,
): Promise<VerificationDocument> {
  const graph = onlyGraph(model);
  const sets = await readReference(reference, graph);
  using engine = await Engine.create();
  using network = await engine.compile(graph);
  const outputs = sets.flatMap((set) => {
    const inputs: Tensors = Object.fromEntries(
      Object.entries(set.inputs).map(([name, tensor]) => [name, taken ? normalised(tensor, taken) : tensor]),
    );
    const found = network.run(inputs);
    return Object.entries(set.outputs).map(([name, expected]) =>
      compareOutput(set.name, name, found[name]!, expected, tolerance),
    );
  });
  return { reference, tolerance, passed: outputs.every(({ passed }) => passed), outputs };
}

/** A number with three digits. */
function short(value: number): string {
  return value === 0 ? '0' : Number(value.toPrecision(3)).toString();
}

/** The verification in words, a line for each output. */
export function explainVerification({ reference, tolerance, passed, outputs }: VerificationDocument): string {
  const lines = outputs.map((output) => {
    const { set, name, largestAbsolute: absolute, largestRelative: relative } = output;
    const at = `  ${output.passed ? 'same' : 'differs'}: ${name} of ${set}`;
    if (!sameShape(output.shape, output.expectedShape)) {
      return `${at}, of shape ${formatShape(output.shape)} instead of ${formatShape(output.expectedShape)}`;
    }
    if (absolute === null) return `${at}, an element is not finite in one of both alone`;
    const share = relative === null ? '' : `, ${short(relative)} of its largest value`;
    return `${at}, by at most ${short(absolute)}${share}`;
  });
  const verdict = passed ? 'as stored' : 'not as stored';
  return [
    `outputs are ${verdict} in ${reference} (accepted is ${tolerance} of an output's largest value)`,
    ...lines,
  ].join('\n');
}
