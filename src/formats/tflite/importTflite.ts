/** TFLite files as models: lowered to ONNX's operators, then imported as ONNX files are. */
import { ModelError } from '../../errors.js';
import type { Normalisation } from '../../model/card.js';
import { describeValue } from '../../model/json.js';
import type { Model } from '../../model/model.js';
import { checkInputSize, type ImportOptions } from '../importOptions.js';
import { importOnnxGraph } from '../onnx/importOnnx.js';
import { DATA_TYPES, type ValueInfoMessage } from '../onnx/messages.js';
import { dataTypeOf, Lowering } from './lowering.js';
import { builtins } from './operators/index.js';
import { readTflite, type TfliteFile, type TfliteStep } from './schema.js';

/** The operator set whose operators the lowering writes. */
const OPERATOR_SET = 17;

const PICTURE_CHANNELS = 3;

function nameOf({ code, custom }: TfliteStep): string {
  return builtins.get(code)?.name ?? (custom === '' ? `number ${code}` : describeValue(custom));
}

/** Refuses operators without a row in the table, all of them at once. Throws ModelError UNSUPPORTED_OPERATOR. */
function checkOperators({ steps }: TfliteFile, where: string): void {
  const unknown = [...new Set(steps.filter(({ code }) => !builtins.has(code)).map(nameOf))];
  if (unknown.length === 0) return;
  const accepted = [...builtins.values()].map(({ name }) => name).join(', ');
  throw new ModelError(
    'UNSUPPORTED_OPERATOR',
    `${where}: not supported are the operators ${unknown.slice(0, 50).join(', ')}; supported are ${accepted}.`,
  );
}

/** Declares the inputs; one of pictures stands with its channels first, as everywhere here. */
function inputsOf(file: TfliteFile, graph: Lowering, where: string): readonly ValueInfoMessage[] {
  return file.inputs.map((index) => {
    const { name: base, shape, type, quantisation } = file.tensors[index]!;
    const name = graph.fresh(base);
    const isPicture = shape.length === 4 && shape[3] === PICTURE_CHANNELS;
    const lengths = isPicture ? [0, 3, 1, 2].map((axis) => shape[axis]!) : shape;
    const dim = lengths.map((length) => ({ dimValue: length }));
    const elemType = quantisation ? DATA_TYPES.float : dataTypeOf(type, where);
    graph.input(index, name, isPicture);
    return { name, type: { tensorType: { elemType, shape: { dim } } } };
  });
}

/** Gives the outputs in the file's own order of axes and by its own names. */
function outputsOf(file: TfliteFile, graph: Lowering): readonly ValueInfoMessage[] {
  return file.outputs.map((index) => {
    const name = graph.outputName(file.tensors[index]!.name);
    graph.nodes.push({ opType: 'Identity', input: [graph.plain(index).name], output: [name], name });
    return { name };
  });
}

/** A quantised input of whole numbers from 0 to 255 is pixels: its own scale and zero point say what they become. */
function pixelsOf(file: TfliteFile): Normalisation | undefined {
  const { type, quantisation } = file.tensors[file.inputs[0] ?? -1] ?? {};
  if (type !== 'uint8' || !quantisation) return undefined;
  const [scale = 1, zero = 0] = [quantisation.scales[0], quantisation.zeroPoints[0]];
  return { mean: [zero, zero, zero], scale: [scale, scale, scale] };
}

/**
 * Imports a TFLite file of one subgraph. An input `[N, H, W, 3]` becomes `[N, 3, H, W]`, so that pictures go in; all other
 * inputs and all outputs keep the file's order of axes. Quantised inputs and outputs are float32,
 * (q − zero point) · scale. Weights of fewer digits than their layer's values are widened.
 *
 * Throws ModelError or ShapeError: what `readTflite` and the ONNX importer throw, and UNSUPPORTED_OPERATOR,
 * UNSUPPORTED_ATTRIBUTE, UNDEFINED_VALUE, DUPLICATE_NAME.
 */
export function importTflite(bytes: Uint8Array, where: string, options: ImportOptions = {}): Model {
  checkInputSize(options.inputSize);
  const file = readTflite(bytes, where);
  checkOperators(file, where);
  const graph = new Lowering(file.tensors, where);
  for (const { name } of file.outputs.map((index) => file.tensors[index]!)) graph.reserve(name);
  const input = inputsOf(file, graph, where);
  for (const [index, step] of file.steps.entries()) {
    graph.enter(`${where}, operator ${index} (${nameOf(step)})`);
    builtins.get(step.code)!.lower(step, graph);
  }
  const output = outputsOf(file, graph);
  const network = { node: graph.nodes, initializer: graph.initialisers, input, output };
  const operators = file.steps.map(nameOf);
  const stated = file.normalisation ?? pixelsOf(file);
  return importOnnxGraph({ operatorSet: OPERATOR_SET, graph: network }, where, options, {
    format: 'tflite',
    operators,
    stated,
  });
}
