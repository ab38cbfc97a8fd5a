/** Writes a network with channels last as a TFLite file. */
import type { Activation } from '../src/ops/activation.js';
import type { Shape } from '../src/tensor/shape.js';
import type { ChannelsLastLayer, ChannelsLastNetwork, ConvolutionLayer, Place, ShuffleLayer } from './channelsLast.js';
import { OPERATORS, OPTIONS, type OperatorOptions, TfliteWriter } from './tfliteWriter.js';

const SAME = 0;
const VALID = 1;
/** ActivationFunctionType; a prelu is an operator of its own. */
const ACTIVATIONS: Readonly<Record<Activation, number>> = { none: 0, relu: 1, relu6: 3, prelu: 0 };

/** `[height, width, in, out]` to TFLite's `[out, height, width, in]`. */
function outputsFirst({ offset, shape }: Place, values: Float32Array): Float32Array {
  const outputs = shape[3]!;
  const depth = shape[0]! * shape[1]! * shape[2]!;
  const data = new Float32Array(outputs * depth);
  for (let k = 0; k < depth; k++) {
    for (let o = 0; o < outputs; o++) data[o * depth + k] = values[offset + k * outputs + o]!;
  }
  return data;
}

/** Adds the layers of one network. */
class LayerWriter {
  readonly #writer: TfliteWriter;
  readonly #network: ChannelsLastNetwork;
  readonly #images = new Map<string, readonly [number, number, number]>();

  constructor(writer: TfliteWriter, network: ChannelsLastNetwork) {
    this.#writer = writer;
    this.#network = network;
    this.#images.set('input', network.input);
  }

  add(layer: ChannelsLastLayer): void {
    this.#images.set(layer.name, layer.output);
    if (layer.op === 'conv') this.#addConvolution(layer);
    else if (layer.op === 'shuffle') this.#addShuffle(layer);
    else this.#addOther(layer);
  }

  /** Adds a layer that is one operator without constants. */
  #addOther(layer: Exclude<ChannelsLastLayer, { readonly op: 'conv' | 'shuffle' }>): void {
    const writer = this.#writer;
    const { op, name, source } = layer;
    const pads = 'pad' in layer ? layer.pad : 0;
    const inputs = [this.#padded(name, source, pads)];
    let options: OperatorOptions | undefined;
    if (op === 'maxPool' || op === 'averagePool') {
      const [stride, kernel] = [{ int32: layer.stride }, { int32: layer.kernel }];
      options = { type: OPTIONS.pool, fields: { 0: { int8: VALID }, 1: stride, 2: stride, 3: kernel, 4: kernel } };
    } else if (op === 'add') {
      inputs.push(writer.find(layer.shortcut));
      options = { type: OPTIONS.add, fields: { 0: { int8: ACTIVATIONS[layer.activation] } } };
    } else if (op === 'concat') {
      inputs.push(writer.find(layer.other));
      options = { type: OPTIONS.concat, fields: { 0: { int32: 3 } } };
    } else if (op === 'mean') {
      inputs.push(writer.integers(`${name}.axes`, [2], [1, 2]));
      options = { type: OPTIONS.reducer, fields: { 0: { int8: 1 } } };
    }
    writer.operator(OPERATORS[op], inputs, writer.value(name, [1, ...layer.output]), options);
  }

  #addShuffle({ name, source, groups, output }: ShuffleLayer): void {
    const writer = this.#writer;
    const [height, width, channels] = output;
    const split = [1, height, width, groups, channels / groups];
    const input = this.#reshaped(`${name}.split`, writer.find(source), split);
    const order = writer.integers(`${name}.order`, [5], [0, 1, 2, 4, 3]);
    const turned = writer.value(`${name}.turned`, [1, height, width, channels / groups, groups]);
    writer.operator(OPERATORS.transpose, [input, order], turned);
    this.#reshaped(name, turned, [1, ...output]);
  }

  /** The network's output as `[1, channels]`. */
  output(): number {
    const { name, output } = this.#network.layers.at(-1)!;
    return this.#reshaped('embedding of channels', this.#writer.find(name), [1, output[2]]);
  }

  #addConvolution(layer: ConvolutionLayer): void {
    const writer = this.#writer;
    const { values } = this.#network;
    const { name, depthwise, stride, pad, weight, bias, slope, activation, output } = layer;
    const shape = [1, ...output];
    const [height = 1, width = 1, inputs = 1, outputs = 1] = weight.shape;
    // SAME pads an even size after it only where the stride is 2; the network pads both sides.
    const same = pad > 0 && stride === 1;
    const input = same ? writer.find(layer.source) : this.#padded(name, layer.source, pad);
    const data = depthwise
      ? values.slice(weight.offset, weight.offset + height * width * inputs)
      : outputsFirst(weight, values);
    const filterShape = depthwise ? [1, height, width, inputs] : [outputs, height, width, inputs];
    const filter = writer.floats(`${name}.weight`, filterShape, data);
    const biasData = values.slice(bias.offset, bias.offset + output[2]);
    const biases = writer.floats(`${name}.bias`, [output[2]], biasData);
    const common = { 0: { int8: same ? SAME : VALID }, 1: { int32: stride }, 2: { int32: stride } };
    const activated = { int8: ACTIVATIONS[activation] };
    const one = { int32: 1 };
    const options = depthwise
      ? { type: OPTIONS.depthwise, fields: { ...common, 3: one, 4: activated, 5: one, 6: one } }
      : { type: OPTIONS.convolution, fields: { ...common, 3: activated, 4: one, 5: one } };
    const result = writer.value(slope ? `${name}.sum` : name, shape);
    const code = depthwise ? OPERATORS.depthwise : OPERATORS.convolution;
    writer.operator(code, [input, filter, biases], result, options);
    if (!slope) return;
    const slopes = writer.floats(`${name}.slope`, slope.shape, values.slice(slope.offset, slope.offset + output[2]));
    writer.operator(OPERATORS.prelu, [result, slopes], writer.value(name, shape));
  }

  #padded(name: string, source: string, pad: number): number {
    const input = this.#writer.find(source);
    if (pad === 0) return input;
    const [height, width, channels] = this.#images.get(source)!;
    const pads = this.#writer.integers(`${name}.pads`, [4, 2], [0, 0, pad, pad, pad, pad, 0, 0]);
    const padded = this.#writer.value(`${name}.padded`, [1, height + 2 * pad, width + 2 * pad, channels]);
    this.#writer.operator(OPERATORS.pad, [input, pads], padded);
    return padded;
  }

  #reshaped(name: string, input: number, shape: Shape): number {
    const writer = this.#writer;
    const target = writer.integers(`${name}.shape`, [shape.length], shape);
    const reshaped = writer.value(name, shape);
    const fields = { 0: { offset: writer.integerVector(shape) } };
    writer.operator(OPERATORS.reshape, [input, target], reshaped, { type: OPTIONS.reshape, fields });
    return reshaped;
  }
}

/** Writes a TFLite file: input `[1, height, width, channels]`, output `[1, channels]`. */
export function writeTflite(network: ChannelsLastNetwork): Uint8Array<ArrayBuffer> {
  const writer = new TfliteWriter(network.values.byteLength);
  const input = writer.value('input', [1, ...network.input]);
  const layers = new LayerWriter(writer, network);
  for (const layer of network.layers) layers.add(layer);
  return writer.finish(input, layers.output());
}
