/** `run MODEL`: any network on inputs from files, its outputs described and stored. */
import { selectOutputs } from '../build/selectOutputs.js';
import { Engine } from '../engine.js';
import { InputError } from '../errors.js';
import { readModelFiles } from '../files/models.js';
import { checkOutputs } from '../files/outputs.js';
import { writeOutputFile } from '../files/writing.js';
import { importModel } from '../formats/index.js';
import { writeSafetensors } from '../formats/safetensors.js';
import type { Graph } from '../graph/types.js';
import type { Model } from '../model/model.js';
import { formatShape, type Shape } from '../tensor/shape.js';
import type { Tensor } from '../tensor/tensor.js';
import { defineCommand, type Outcome } from './command.js';
import { addPixelOptions, type CardOptions, importOptionsOf } from './importOptions.js';
import { addForceOption } from './options.js';
import { type RunInput, readInputs } from './runInputs.js';
import { formatDuration, roundTo } from './text.js';

interface RunOptions extends CardOptions {
  readonly input: readonly string[];
  readonly output?: readonly string[];
  readonly graph?: string;
  readonly out?: string;
  readonly force?: boolean;
}

/** An output in figures, over its finite elements; null where it has none. */
export interface OutputDocument {
  readonly name: string;
  readonly shape: Shape;
  readonly min: number | null;
  readonly max: number | null;
  readonly mean: number | null;
  /** Elements that are not finite. */
  readonly nonFinite: number;
  /** The first elements, at most 8; null stands for those that are not finite. */
  readonly first: readonly (number | null)[];
}

/** What `run --json` prints. */
export interface RunDocument {
  readonly model: string;
  readonly graph: string;
  /** The second run of two, without reading files and compiling. */
  readonly elapsedMs: number;
  readonly inputs: readonly (Omit<RunInput, 'tensor'> & { readonly shape: Shape })[];
  readonly outputs: readonly OutputDocument[];
  /** The file with all outputs; null without `--out`. */
  readonly out: string | null;
}

const FIRST_ELEMENTS = 8;
const OUT_ENDING = /\.safetensors$/i;

/** The figures of an output. */
export function describeOutput(name: string, { shape, data }: Tensor): OutputDocument {
  let [least, most, sum, count] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 0];
  for (const value of data) {
    if (!Number.isFinite(value)) continue;
    least = Math.min(least, value);
    most = Math.max(most, value);
    sum += value;
    count++;
  }
  const some = count > 0;
  const first = Array.from(data.subarray(0, FIRST_ELEMENTS), (value) => (Number.isFinite(value) ? value : null));
  return {
    name,
    shape,
    min: some ? least : null,
    max: some ? most : null,
    mean: some ? sum / count : null,
    nonFinite: data.length - count,
    first,
  };
}

/** The graph that is meant: the named one, or the only one. Throws InputError UNKNOWN_GRAPH. */
function chooseGraph({ graphs, card }: Model, wanted: string | undefined): [string, Graph] {
  const [first, ...others] = graphs;
  const graph = wanted === undefined ? undefined : graphs.get(wanted);
  if (wanted !== undefined && graph) return [wanted, graph];
  if (wanted === undefined && first && others.length === 0) return first;
  const found = wanted === undefined ? 'has several graphs' : `has no graph ${JSON.stringify(wanted)}`;
  const accepted = `--graph with one of ${[...graphs.keys()].join(', ')}`;
  throw new InputError('UNKNOWN_GRAPH', `${card.name}: ${found}; accepted is ${accepted}.`);
}

function short(value: number | null): string {
  return value === null ? 'not finite' : String(Number(value.toPrecision(5)));
}

function explain({ model, graph, elapsedMs, inputs, outputs, out }: RunDocument): string {
  const read = inputs.map(({ name, file, shape, resizedFrom: from }) => {
    const resized = from ? `, resized from ${from.width}×${from.height} pixels` : '';
    return `input ${name} ${formatShape(shape)} from ${file}${resized}`;
  });
  const given = outputs.map(({ name, shape, min, max, mean, nonFinite, first }) => {
    const wrong = nonFinite > 0 ? `, ${nonFinite} not finite` : '';
    const figures = `min ${short(min)}, max ${short(max)}, mean ${short(mean)}${wrong}`;
    return `output ${name} ${formatShape(shape)}: ${figures}\n  ${first.map(short).join(' ')} …`;
  });
  const stored = out === null ? [] : [`wrote ${out}`];
  return [`${model}, graph ${graph}: ${formatDuration(elapsedMs)}`, ...read, ...given, ...stored].join('\n');
}

async function runModel([file]: readonly string[], options: RunOptions): Promise<Outcome> {
  const { out } = options;
  if (out !== undefined && !OUT_ENDING.test(out)) {
    throw new InputError('BAD_OPTION', `option --out is "${out}"; accepted is a name that ends in .safetensors.`);
  }
  const given = importOptionsOf(options);
  const files = await readModelFiles([file!], given);
  const model = await importModel(files, given);
  const [name, whole] = chooseGraph(model, options.graph);
  const graph = options.output ? selectOutputs(whole, options.output) : whole;
  const inputs = await readInputs(options.input, graph, model.card);
  if (out !== undefined) {
    const read = [...files.map((one) => one.name), ...inputs.map((input) => input.file)];
    await checkOutputs([{ path: out, kind: 'file of tensors' }], read, options.force);
  }
  using engine = await Engine.create();
  using network = await engine.compile(graph);
  const tensors = Object.fromEntries(inputs.map((input) => [input.name, input.tensor]));
  network.run(tensors);
  const begin = performance.now();
  const outputs = network.run(tensors);
  const elapsedMs = performance.now() - begin;
  if (out !== undefined) {
    const stored = Object.entries(outputs).map(([key, tensor]) => [key, { tensor, storage: 'float32' }] as const);
    await writeOutputFile(out, writeSafetensors(new Map(stored), new Map()));
  }
  const document: RunDocument = {
    model: model.card.name,
    graph: name,
    elapsedMs: roundTo(elapsedMs, 3),
    inputs: inputs.map(({ tensor, ...input }) => ({ ...input, shape: tensor.shape })),
    outputs: network.outputs.map((output) => describeOutput(output, outputs[output]!)),
    out: out ?? null,
  };
  return { document, text: explain(document) };
}

/** Gathers an option that may be given several times. */
function append(value: string, list: readonly string[] = []): readonly string[] {
  return [...list, value];
}

export const runCommand = defineCommand<RunOptions>({
  name: 'run',
  summary: 'run any network on inputs from files and describe its outputs',
  declare(command) {
    command
      .argument('<model>', 'a native .safetensors file, an .onnx file, or an ncnn .param with its .bin beside it')
      .requiredOption(
        '--input <name=file>',
        'an input: an image, or a tensor in a .safetensors, .npy or .pb file; a file alone serves the only input; repeatable',
        append,
      )
      .option(
        '--output <name>',
        'give this value, also one inside the network; repeatable (default: all outputs)',
        append,
      )
      .option('--graph <name>', 'which graph, where the model has several')
      .option('--out <file>', 'store the outputs by name, in a file named *.safetensors');
    addForceOption(command);
    addPixelOptions(command);
  },
  run: runModel,
});
