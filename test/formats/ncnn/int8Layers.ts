/**
 * Int8 layers of ncnn, written as files by their documented layout and computed by their documented arithmetic. Nothing
 * here is shared with the importer or the kernels: this is what both are held to, for no build of ncnn can be had here.
 */
import { bin, halves, param, plain, tagged, whole } from './files.js';

/** Channels, rows and columns. */
export type Image = { readonly shape: readonly [number, number, number]; readonly data: readonly number[] };

/** One layer. Weights are int8, or numbers that ncnn rounds when it loads them. */
export interface Int8LayerCase {
  readonly type: 'Convolution' | 'ConvolutionDepthWise' | 'InnerProduct';
  readonly term: 1 | 2 | 101 | 102;
  readonly outputs: number;
  readonly kernel?: number;
  readonly stride?: number;
  readonly pad?: number;
  readonly groups?: number;
  readonly bias?: boolean;
  /** ncnn's number of it, with its parameters. */
  readonly activation?: readonly [type: number, ...parameters: number[]];
  readonly inputScale: number;
  readonly outputScale?: number;
  readonly stored?: 'int8' | 'float32' | 'float16';
  /** An output whose weight scale is 0. */
  readonly dead?: number;
}

/** Whole numbers from −127 to 127, the same for the same seed. */
function numbers(count: number, seed: number): number[] {
  let state = (seed * 2654435761 + 12345) >>> 0;
  return Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor(((state >>> 8) / 2 ** 24) * 255) - 127;
  });
}

interface Parameters {
  readonly weights: readonly number[];
  readonly bias: readonly number[] | undefined;
  readonly weightScales: readonly number[];
}

function parametersOf(layer: Int8LayerCase, inputs: number, seed: number): Parameters {
  const { outputs, kernel = 1, groups = 1, type, term } = layer;
  const depth = type === 'InnerProduct' ? inputs : (inputs / groups) * kernel * kernel;
  const count = type === 'ConvolutionDepthWise' ? (term % 100 === 2 ? 1 : groups) : outputs;
  const weightScales = Array.from({ length: count }, (_, index) => {
    return index === layer.dead ? 0 : Math.fround(90 * Math.sqrt(depth) * (1 + (index % 4) / 8));
  });
  const stored = numbers(outputs * depth, seed);
  const isWhole = (layer.stored ?? 'int8') === 'int8';
  const weights = isWhole ? stored : stored.map((weight) => Math.fround(Math.round((weight / 300) * 1024) / 1024));
  const bias = layer.bias === false ? undefined : numbers(outputs, seed + 1).map((value) => Math.fround(value / 200));
  return { weights, bias, weightScales };
}

const STORED = { int8: whole, float32: tagged, float16: halves };

/** The `.param` and `.bin` of layers one after another. */
export function filesOf(layers: readonly Int8LayerCase[], input: Image): { param: string; bin: Uint8Array } {
  const [channels, rows, columns] = input.shape;
  const lines = [`Input data 0 1 data 0=${columns} 1=${rows} 2=${channels}`];
  const parts: Uint8Array[] = [];
  let shape = input.shape;
  for (const [index, layer] of layers.entries()) {
    const { type, outputs, kernel = 1, stride = 1, pad = 0, groups = 1, activation, term } = layer;
    const isProduct = type === 'InnerProduct';
    const inputs = isProduct ? shape[0] * shape[1] * shape[2] : shape[0];
    const { weights, bias, weightScales } = parametersOf(layer, inputs, index + 1);
    const geometry = isProduct
      ? `1=${bias ? 1 : 0} 2=${weights.length}`
      : `1=${kernel} 3=${stride} 4=${pad} 5=${bias ? 1 : 0} 6=${weights.length}${groups > 1 ? ` 7=${groups}` : ''}`;
    const [kind, ...more] = activation ?? [0];
    const fused = kind === 0 ? '' : ` 9=${kind}${more.length > 0 ? ` -23310=${more.length},${more.join(',')}` : ''}`;
    const source = index === 0 ? 'data' : `blob${index - 1}`;
    lines.push(`${type} layer${index} 1 1 ${source} blob${index} 0=${outputs} ${geometry} 8=${term}${fused}`);
    parts.push(STORED[layer.stored ?? 'int8'](...weights));
    if (bias) parts.push(plain(...bias));
    parts.push(plain(...weightScales), plain(layer.inputScale));
    if (term > 100) parts.push(plain(layer.outputScale!));
    shape = isProduct ? [outputs, 1, 1] : [outputs, sideOf(shape[1], layer), sideOf(shape[2], layer)];
  }
  return { param: param(...lines), bin: bin(...parts) };
}

function sideOf(length: number, { kernel = 1, stride = 1, pad = 0 }: Int8LayerCase): number {
  return Math.floor((length + 2 * pad - kernel) / stride) + 1;
}

/** C's round(): halves away from 0; then −127 to 127. */
function toInt8(value: number): number {
  const rounded = Math.sign(value) * Math.floor(Math.abs(value) + 0.5);
  return Math.min(Math.max(rounded, -127), 127);
}

function activated(value: number, [type, first = 0, second = 0]: readonly number[]): number {
  if (type === 1) return Math.max(value, 0);
  if (type === 2) return value < 0 ? Math.fround(value * Math.fround(first)) : value;
  if (type === 3) return Math.min(Math.max(value, first), second);
  return value;
}

/** What a chain of layers gives. */
export interface Interpreted {
  readonly shape: readonly [number, number, number];
  /** The last layer's outputs as float32 numbers. */
  readonly data: readonly number[];
  /**
   * How far each may be from that where every layer that rounds its output may be a level off: the level of the last
   * one, and what levels of earlier ones weigh in its sum.
   */
  readonly bounds: readonly number[];
}

/** Computes layers one after another. */
export function interpret(layers: readonly Int8LayerCase[], input: Image): Interpreted {
  let shape = input.shape;
  let data = input.data.map(Math.fround);
  let bounds = data.map(() => 0);
  let isInt8 = false;
  for (const [index, layer] of layers.entries()) {
    const { type, outputs, kernel = 1, stride = 1, pad = 0, groups = 1, activation = [0], term, inputScale } = layer;
    const isProduct = type === 'InnerProduct';
    const [channels, rows, columns]: readonly [number, number, number] = isProduct ? [data.length, 1, 1] : shape;
    const { weights: stored, bias, weightScales } = parametersOf(layer, channels, index + 1);
    const bottom = Math.fround(inputScale);
    const elements = isInt8 ? data : data.map((value) => toInt8(Math.fround(value * bottom)));
    // A value that this layer alone reads may be rounded with the layer before it: a level off, as any rounded output.
    const more = index > 0 ? 1 : 0;
    const off = isInt8 ? bounds : bounds.map((bound) => Math.ceil(bound * bottom) + more);
    const [side, height, width] = isProduct ? [1, 1, 1] : [kernel, sideOf(rows, layer), sideOf(columns, layer)];
    const groupInputs = channels / groups;
    const depth = groupInputs * side * side;
    const made: number[] = [];
    const madeBounds: number[] = [];
    for (let output = 0; output < outputs; output++) {
      const scale = weightScales[Math.floor((output * weightScales.length) / outputs)]!;
      const weights = stored
        .slice(output * depth, (output + 1) * depth)
        .map((weight) => ((layer.stored ?? 'int8') === 'int8' ? weight : toInt8(Math.fround(weight * scale))));
      const unit = scale === 0 ? 0 : Math.fround(1 / Math.fround(bottom * scale));
      const firstChannel = Math.floor(output / (outputs / groups)) * groupInputs;
      for (let place = 0; place < height * width; place++) {
        let sum = 0;
        let sumBound = 0;
        for (let k = 0; k < depth; k++) {
          const row = Math.floor(place / width) * stride - pad + (Math.floor(k / side) % side);
          const column = (place % width) * stride - pad + (k % side);
          if (row < 0 || row >= rows || column < 0 || column >= columns) continue;
          const at = ((firstChannel + Math.floor(k / (side * side))) * rows + row) * columns + column;
          sum += elements[at]! * weights[k]!;
          sumBound += off[at]! * Math.abs(weights[k]!);
        }
        const value = Math.fround(Math.fround(sum * unit) + (bias?.[output] ?? 0));
        const top = term > 100 ? Math.fround(layer.outputScale!) : undefined;
        const result = activated(value, activation);
        made.push(top === undefined ? result : toInt8(Math.fround(result * top)));
        madeBounds.push(top === undefined ? sumBound * unit : Math.ceil(sumBound * unit * top) + 1);
      }
    }
    data = made;
    bounds = madeBounds;
    isInt8 = term > 100;
    shape = [outputs, height, width];
  }
  const last = layers.at(-1)!;
  const level = isInt8 ? 1 / Math.fround(last.outputScale!) : 1;
  return { shape, data: data.map((value) => value * level), bounds: bounds.map((bound) => bound * level) };
}
