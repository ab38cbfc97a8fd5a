/** Random small graphs that hold every operator, branches, values read twice, and outputs in the middle. */
import fc from 'fast-check';
import { GraphBuilder } from '../../src/build/builder.js';
import type { Attributes, Graph, Node } from '../../src/graph/types.js';
import { checkedNode, operatorOf } from '../../src/ops/index.js';
import { elementCount, type Shape, sameShape } from '../../src/tensor/shape.js';
import { float32Tensor, type Tensor } from '../../src/tensor/tensor.js';

/** One step of a recipe: which operator, and numbers that choose its operands and attributes. */
interface Step {
  readonly operator: string;
  readonly choices: readonly number[];
}

const LAYERS = ['convolution', 'depthwise', 'grouped', 'fullyConnected'];
const AFTER_LAYERS = ['batchNorm', 'affine', 'scalarAffine', 'relu', 'clip', 'prelu', 'add', 'flatten', 'reshape'];
const OTHERS = [
  'twice',
  'globalAveragePool',
  'maxPool',
  'averagePool',
  'concat',
  'slice',
  'channelShuffle',
  'softmax',
  'sigmoid',
  'binary',
  'unary',
  'pad',
  'resize',
  'permute',
  'reduce',
  'expand',
  'constant',
  'convolutionTranspose',
  'matMul',
  'gather',
  'padAxis',
  'resample',
];
/** Elements beyond which a graph's values do not grow. */
const MOST_ELEMENTS = 2000;

/** Numbers from a choice: an integer hash in [−1, 1), so that shrinking a recipe keeps its weights small and dull. */
function noise(seed: number, index: number): number {
  let hash = Math.imul(seed + Math.imul(index + 1, 0x9e3779b9), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 8) / 0x800000 - 1;
}

/** A tensor of noise around `centre`. */
export function noiseTensor(shape: Shape, seed: number, centre = 0, spread = 1): Tensor {
  const data = Float32Array.from({ length: elementCount(shape) }, (_, index) => centre + spread * noise(seed, index));
  return float32Tensor(shape, data);
}

/** Grows one graph; values whose operator does not fit the chosen operand are skipped. */
class RandomGraph {
  readonly #builder = new GraphBuilder();
  readonly #values: { name: string; shape: Shape }[] = [];
  #last: Pick<Node, 'operator' | 'inputs' | 'attributes'> | undefined;
  #count = 0;

  constructor(shape: Shape) {
    this.#values.push({ name: this.#builder.input('input', shape), shape });
  }

  /** Mostly the newest value, so that chains form; sometimes an older one, so that branches do. */
  #pick(choice: number): { name: string; shape: Shape } {
    const back = choice % 3 === 0 ? choice % this.#values.length : 0;
    return this.#values[this.#values.length - 1 - back]!;
  }

  #tensor(shape: Shape, seed: number, centre = 0, spread = 1): string {
    return this.#builder.tensor(`t${this.#count++}`, noiseTensor(shape, seed, centre, spread));
  }

  #node(operator: string, inputs: string[], shape: Shape, attributes: Attributes = {}): void {
    const name = `n${this.#count++}`;
    this.#builder.append({ name, operator, inputs, outputs: [name], attributes });
    this.#last = { operator, inputs, attributes };
    this.#values.push({ name, shape });
  }

  /** Appends one step, or nothing where it does not fit. */
  grow({ operator, choices }: Step): void {
    const [pick = 0, seed = 0, a = 0, b = 0] = choices;
    const { name, shape } = this.#pick(pick);
    if (operator === 'fullyConnected') this.#fullyConnected(name, shape, choices);
    else if (LAYERS.includes(operator)) this.#convolution(operator, name, shape, choices);
    else if (operator === 'relu') this.#node('relu', [name], shape);
    else if (operator === 'clip') this.#clip(name, shape, a);
    else if (operator === 'twice') this.#twice();
    else if (operator === 'prelu') this.#node('prelu', [name, this.#tensor([shape[1]!], seed, 0.25)], shape);
    else if (operator === 'batchNorm') this.#batchNorm(name, shape, seed);
    else if (operator === 'affine') this.#affine(name, shape, seed, shape[1]!);
    else if (operator === 'scalarAffine') this.#affine(name, shape, seed, 1);
    else if (operator === 'flatten') this.#node('flatten', [name], [shape[0]!, elementCount(shape.slice(1))]);
    else if (operator === 'reshape') this.#reshape(name, shape, a);
    else if (operator === 'add') this.#add(name, shape, b);
    else if (operator === 'binary') this.#binary(name, shape, choices);
    else if (operator === 'convolutionTranspose') this.#transposed(name, shape, choices);
    else if (operator === 'matMul') this.#product(name, shape, choices);
    else if (operator === 'constant') this.#node('constant', [this.#tensor(shape, seed)], shape);
    else if (operator === 'concat') this.#concat(name, shape, choices);
    else this.#other(operator, name, shape, choices);
  }

  #clip(name: string, shape: Shape, choice: number): void {
    const most = choice % 4 === 0 ? 3.4028234663852886e38 : 6;
    this.#node('clip', [name], shape, { least: choice % 3 === 0 ? -1 : 0, most });
  }

  /** The newest node again, under another name; a ReLU where there is none. */
  #twice(): void {
    const { name, shape } = this.#values.at(-1)!;
    const { operator, inputs, attributes } = this.#last ?? { operator: 'relu', inputs: [name], attributes: {} };
    this.#node(operator, [...inputs], shape, attributes);
  }

  #epilogue(name: string, shape: Shape, seed: number, choice: number): { inputs: string[]; activation: string } {
    const activation = (['none', 'none', 'none', 'relu', 'relu6', 'prelu'] as const)[choice % 6]!;
    const bias = choice % 2 === 0 ? this.#tensor([shape[1]!], seed + 1) : '';
    const slopes = activation === 'prelu' ? this.#tensor([shape[1]!], seed + 2, 0.25) : '';
    const like = this.#values.find((value) => choice % 5 === 0 && value.name !== name && sameShape(value.shape, shape));
    const optional = like ? [bias, slopes, like.name] : slopes ? [bias, slopes] : bias ? [bias] : [];
    return { inputs: optional, activation };
  }

  #convolution(form: string, name: string, shape: Shape, [, seed = 0, a = 0, b = 0, c = 0]: readonly number[]): void {
    const [batch = 1, channels = 1, height = 0, width = 0] = shape;
    if (shape.length !== 4 || Math.min(height, width) < 1) return;
    const groups = form === 'convolution' ? 1 : form === 'depthwise' ? channels : channels % 2 === 0 ? 2 : 1;
    const outputs = groups * (form === 'depthwise' ? 1 : 1 + (a % 3));
    const padding = b % 2;
    const [kernelHeight, kernelWidth] = [Math.min(1 + (b % 3), height), Math.min(1 + (c % 3), width)];
    const stride = 1 + (c % 2);
    const length = (size: number, kernel: number) => Math.floor((size + 2 * padding - kernel) / stride) + 1;
    const output = [batch, outputs, length(height, kernelHeight), length(width, kernelWidth)];
    const weights = this.#tensor([outputs, channels / groups, kernelHeight, kernelWidth], seed, 0, 0.5);
    const { inputs, activation } = this.#epilogue(name, output, seed, a);
    this.#node('convolution', [name, weights, ...inputs], output, {
      stride: [stride, stride],
      padding: [padding, padding, padding, padding],
      dilation: [1, 1],
      groups,
      activation,
    });
  }

  #transposed(name: string, shape: Shape, [, seed = 0, a = 0, b = 0]: readonly number[]): void {
    const [batch = 1, channels = 1, height = 0, width = 0] = shape;
    if (shape.length !== 4 || height * width > 64) return;
    const stride = 1 + (a % 2);
    const outputs = 1 + (b % 3);
    const lengths = [height, width].map((length) => (length - 1) * stride + 2);
    const weights = this.#tensor([channels, outputs, 2, 2], seed, 0, 0.5);
    this.#node('convolutionTranspose', [name, weights], [batch, outputs, ...lengths], {
      stride: [stride, stride],
      padding: [0, 0, 0, 0],
      outputPadding: [0, 0],
      dilation: [1, 1],
      groups: 1,
    });
  }

  #product(name: string, shape: Shape, [, seed = 0, , b = 0]: readonly number[]): void {
    const output = shape.with(-1, 1 + (b % 4));
    const weights = [...shape.slice(0, -2).map(() => 1), shape.at(-1)!, output.at(-1)!];
    if (elementCount(output) <= MOST_ELEMENTS)
      this.#node('matMul', [name, this.#tensor(weights, seed, 0, 0.5)], output);
  }

  #fullyConnected(name: string, shape: Shape, [, seed = 0, a = 0, b = 0]: readonly number[]): void {
    const output = [shape[0]!, 1 + (b % 4)];
    const weights = this.#tensor([output[1]!, elementCount(shape.slice(1))], seed, 0, 0.5);
    const { inputs, activation } = this.#epilogue(name, output, seed, a);
    this.#node('fullyConnected', [name, weights, ...inputs], output, { activation });
  }

  #batchNorm(name: string, shape: Shape, seed: number): void {
    const channels = [shape[1]!];
    const parameters = [0, 1, 2].map((index) => this.#tensor(channels, seed + index));
    this.#node('batchNorm', [name, ...parameters, this.#tensor(channels, seed + 3, 1.5)], shape, { epsilon: 1e-3 });
  }

  #affine(name: string, shape: Shape, seed: number, length: number): void {
    this.#node('affine', [name, this.#tensor([length], seed), this.#tensor([length], seed + 1)], shape);
  }

  /** Attributes of an operator with one input, or nothing where it does not take this shape. */
  #attributes(
    operator: string,
    shape: Shape,
    [, , a = 0, b = 0, c = 0]: readonly number[],
  ): Record<string, Attributes[string]> | undefined {
    const axis = a % shape.length;
    if (operator === 'sigmoid') return {};
    if (operator === 'unary') return { operation: (['tanh', 'hardSwish'] as const)[a % 2]! };
    if (operator === 'softmax') return { axis };
    if (operator === 'channelShuffle') return { groups: shape[1]! % 2 === 0 ? 2 : 1 };
    if (operator === 'permute') {
      const order = shape.map((_, place) => (place + a) % shape.length);
      return { order: b % 2 === 0 ? order : order.reverse() };
    }
    if (operator === 'slice') {
      const begin = b % shape[axis]!;
      if (c % 3 === 0) return { axis, begin, end: -1, step: -1 - (a % 2) };
      return { axis, begin, end: begin + 1 + (c % (shape[axis]! - begin)) };
    }
    if (operator === 'reduce') {
      const operation = (['sum', 'largest', 'l2', 'mean'] as const)[c % 4]!;
      return { operation, axes: [axis], keepAxes: b % 2 === 0 || shape.length < 3 };
    }
    if (operator === 'gather') return { axis, indices: [b, c, b + c].map((place) => place % shape[axis]!) };
    if (operator === 'padAxis') {
      const mode = (['edge', 'wrap', 'constant'] as const)[a % 3]!;
      return { mode, axis, before: b % 2, after: c % 2, ...(mode === 'constant' ? { value: 0.5 } : {}) };
    }
    if (operator === 'resample') {
      const size = 1 + (b % 5);
      const weights = { antialias: false, excludeOutside: false };
      return { mode: 'linear', coordinates: 'halfPixel', axis, size, scale: [size / shape[axis]!], ...weights };
    }
    if (operator === 'expand') return { shape: shape.map((length) => (length === 1 ? 1 + (b % 3) : length)) };
    const [, , height, width] = shape;
    if (!height || !width) return undefined;
    if (operator === 'globalAveragePool') return {};
    if (operator === 'pad') {
      const mode = (['constant', 'edge', 'reflect'] as const)[a % 3]!;
      const most = mode === 'reflect' ? Math.min(height, width) : 3;
      const padding = [a, b, c, a + b].map((choice) => choice % most);
      return mode === 'constant' ? { mode, padding, value: c % 4 === 0 ? 0.5 : 0 } : { mode, padding };
    }
    if (operator === 'resize') {
      const coordinates = (['halfPixel', 'asymmetric', 'alignCorners'] as const)[a % 3]!;
      const size = [1 + (b % 6), 1 + (c % 6)];
      return b % 2 === 0
        ? { mode: 'bilinear', coordinates, size }
        : { mode: 'nearest', coordinates, rounding: 'floor', size };
    }
    const kernel = [1 + (a % Math.min(3, height)), 1 + (b % Math.min(3, width))];
    const padding = [kernel[0]! - 1, 0, 0, kernel[1]! - 1];
    const window = { kernel, stride: [1 + (b % 2), 1 + (c % 3)], padding, rounding: c % 2 === 0 ? 'up' : 'down' };
    return operator === 'maxPool' ? window : { ...window, countPadding: a % 2 === 0 };
  }

  #other(operator: string, name: string, shape: Shape, choices: readonly number[]): void {
    const attributes = this.#attributes(operator, shape, choices);
    if (!attributes) return;
    const node = checkedNode({ name: 'try', operator, inputs: [name], outputs: ['try'], attributes });
    const [output] = operatorOf(node).inferShapes(node, [shape]);
    if (elementCount(output!) <= MOST_ELEMENTS) this.#node(operator, [name], output!, attributes);
  }

  #concat(name: string, shape: Shape, [, seed = 0, a = 0, b = 0]: readonly number[]): void {
    const axis = a % shape.length;
    const fits = this.#values.filter((value) => {
      return value.shape.length === shape.length && value.shape.every((n, at) => at === axis || n === shape[at]);
    });
    const others = Array.from({ length: 1 + (b % 3) }, (_, index) => fits[(seed + index) % fits.length]!);
    const length = others.reduce((sum, value) => sum + value.shape[axis]!, shape[axis]!);
    const output = shape.map((n, at) => (at === axis ? length : n));
    if (elementCount(output) > MOST_ELEMENTS) return;
    this.#node('concat', [name, ...others.map((value) => value.name)], output, { axis });
  }

  #reshape(name: string, shape: Shape, choice: number): void {
    const rest = elementCount(shape.slice(1));
    const half = rest % 2 === 0 ? rest / 2 : rest;
    const shapes = [[-1], [rest], shape.slice(1), [rest, 1, 1], [1, -1], [1, 1, -1], [-1, half], [rest / half, -1, 1]];
    if (choice % 11 === 0) {
      this.#node('reshape', [name], [elementCount(shape), 1], { shape: [-1, 1], whole: true });
      return;
    }
    const wanted = shapes[choice % shapes.length]!;
    const known = elementCount(wanted.filter((length) => length !== -1));
    const output = wanted.map((length) => (length === -1 ? rest / known : length));
    this.#node('reshape', [name], [shape[0]!, ...output], { shape: wanted });
  }

  #add(name: string, shape: Shape, choice: number): void {
    const like = this.#values.filter((value) => sameShape(value.shape, shape));
    const other = like[choice % like.length]!.name;
    this.#node('add', choice % 2 === 0 ? [name, other] : [other, name], shape);
  }

  /** With itself, a value of its shape, or a constant by channel. */
  #binary(name: string, shape: Shape, [, seed = 0, a = 0, b = 0]: readonly number[]): void {
    const like = this.#values.filter((value) => sameShape(value.shape, shape));
    const byChannel = shape.map((length, axis) => (axis === 1 ? length : 1));
    const other = b % 2 === 0 ? like[a % like.length]!.name : this.#tensor(byChannel, seed, 0.25);
    this.#node('binary', [name, other], shape, { operation: (['add', 'multiply'] as const)[a % 2]! });
  }

  /** The graph with its newest value and a few others as outputs. */
  build(outputs: readonly number[]): Graph {
    const made = this.#values.length > 1 ? this.#values.slice(1) : this.#values;
    const chosen = outputs.map((choice) => made[choice % made.length]!.name);
    return this.#builder.build([...new Set([made.at(-1)!.name, ...chosen])]);
  }
}

const choices = fc.array(fc.nat(1 << 20), { minLength: 5, maxLength: 5 });
const step: fc.Arbitrary<Step> = fc.record({
  operator: fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...LAYERS) },
    { weight: 4, arbitrary: fc.constantFrom(...AFTER_LAYERS) },
    { weight: 2, arbitrary: fc.constantFrom(...OTHERS) },
  ),
  choices,
});

/** Random graphs of up to 14 nodes over an input of at most 2×4×5×5. */
export const randomGraph: fc.Arbitrary<Graph> = fc
  .record({
    shape: fc.tuple(fc.integer({ min: 1, max: 2 }), fc.integer({ min: 1, max: 4 }), fc.constant(4), fc.constant(5)),
    steps: fc.array(step, { minLength: 1, maxLength: 14 }),
    outputs: fc.array(fc.nat(20), { maxLength: 2 }),
  })
  .map(({ shape, steps, outputs }) => {
    const graph = new RandomGraph(shape);
    for (const item of steps) graph.grow(item);
    return graph.build(outputs);
  });
