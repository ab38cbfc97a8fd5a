/** The layers that papers' tables are written in, as calls: each takes and gives a value with its channels. */
import { GraphBuilder } from '../build/builder.js';
import type { Graph } from '../graph/types.js';
import { elementCount, type Shape } from '../tensor/shape.js';
import type { WeightSource } from './weightSource.js';

/** A value under construction. */
export interface Value {
  readonly name: string;
  readonly channels: number;
}

/** What follows a convolution. */
export type Nonlinearity = 'linear' | 'relu' | 'relu6' | 'prelu';

/** How a convolution differs from a dense 1×1 one with stride 1. */
export interface ConvolutionOptions {
  /** Kernel height and width, or one number for both. */
  readonly kernel?: number | readonly [number, number];
  readonly stride?: number;
  readonly groups?: number;
  readonly padding?: number;
}

/** Appends layers with folded batch normalisation, so each has a bias; weights come from one source. */
export class Layers {
  readonly #builder = new GraphBuilder();
  readonly #weights: WeightSource;

  constructor(weights: WeightSource) {
    this.#weights = weights;
  }

  #tensor(name: string, shape: Shape): string {
    return this.#builder.tensor(name, this.#weights(name, shape));
  }

  /** An image input `[1, channels, height, width]`. */
  input(name: string, channels: number, height: number, width: number): Value {
    return { name: this.#builder.input(name, [1, channels, height, width]), channels };
  }

  /** A convolution named `output` and its non-linearity; tensors `NAME.weight`, `NAME.bias` and `NAME.prelu`. */
  convolution(
    name: string,
    input: Value,
    channels: number,
    nonlinearity: Nonlinearity,
    options: ConvolutionOptions = {},
    output = name,
  ): Value {
    const { kernel = 1, stride = 1, groups = 1, padding = 0 } = options;
    const [height, width] = typeof kernel === 'number' ? [kernel, kernel] : kernel;
    const weights = this.#tensor(`${name}.weight`, [channels, input.channels / groups, height, width]);
    const bias = this.#tensor(`${name}.bias`, [channels]);
    this.#builder.node(output, 'convolution', [input.name, weights, bias], {
      stride: [stride, stride],
      padding: [padding, padding, padding, padding],
      dilation: [1, 1],
      groups,
      activation: 'none',
    });
    return this.activation(name, { name: output, channels }, nonlinearity);
  }

  /** The non-linearity of layer `name`. */
  activation(name: string, input: Value, nonlinearity: Nonlinearity): Value {
    if (nonlinearity === 'linear') return input;
    const output = `${name}.activation`;
    if (nonlinearity === 'relu') this.#builder.node(output, 'relu', [input.name]);
    else if (nonlinearity === 'relu6') this.#builder.node(output, 'clip', [input.name], { least: 0, most: 6 });
    else this.#builder.node(output, 'prelu', [input.name, this.#tensor(`${name}.prelu`, [input.channels])]);
    return { name: output, channels: input.channels };
  }

  /** A depthwise 3×3 convolution with zero padding 1. */
  depthwise(name: string, input: Value, nonlinearity: Nonlinearity, stride = 1): Value {
    const options = { kernel: 3, stride, groups: input.channels, padding: 1 };
    return this.convolution(name, input, input.channels, nonlinearity, options);
  }

  /** A linear global depthwise convolution (section 3.2): the kernel has the input's size, one output a channel. */
  globalDepthwise(name: string, input: Value, height: number, width: number): Value {
    return this.convolution(name, input, input.channels, 'linear', { kernel: [height, width], groups: input.channels });
  }

  /**
   * The residual bottleneck of MobileNetV2 (Sandler et al. 2018): expand 1×1, depthwise 3×3, project 1×1 without
   * activation, plus the input where stride is 1 and the channels match. No expansion layer where the factor is 1.
   */
  bottleneck(
    name: string,
    input: Value,
    channels: number,
    expansion: number,
    stride: number,
    nonlinearity: Nonlinearity,
  ): Value {
    const wide =
      expansion === 1 ? input : this.convolution(`${name}.sep`, input, input.channels * expansion, nonlinearity);
    const spatial = this.depthwise(`${name}.dw`, wide, nonlinearity, stride);
    const projected = this.convolution(`${name}.proj`, spatial, channels, 'linear');
    return stride === 1 && input.channels === channels ? this.add(`${name}.add`, projected, input) : projected;
  }

  /** a + b. */
  add(name: string, a: Value, b: Value): Value {
    return { name: this.#builder.node(name, 'add', [a.name, b.name]), channels: a.channels };
  }

  /**
   * A fully connected layer on the flattened input; tensor `NAME.weight` has the shape given, `[channels, inputs]` or
   * that of the convolution which it is: one whose kernel has the input's size.
   */
  fullyConnected(
    name: string,
    input: Value,
    shape: readonly [number, ...number[]],
    nonlinearity: Nonlinearity,
    output = name,
  ): Value {
    const channels = shape[0];
    const weights = this.#weights(`${name}.weight`, shape);
    const matrix = { ...weights, shape: [channels, elementCount(shape) / channels] };
    const tensors = [this.#builder.tensor(`${name}.weight`, matrix), this.#tensor(`${name}.bias`, [channels])];
    this.#builder.node(output, 'fullyConnected', [input.name, ...tensors], { activation: 'none' });
    return this.activation(name, { name: output, channels }, nonlinearity);
  }

  /** Max pooling without padding, the output size rounded up. */
  maxPool(name: string, input: Value, kernel: number, stride: number): Value {
    const node = this.#builder.node(name, 'maxPool', [input.name], {
      kernel: [kernel, kernel],
      stride: [stride, stride],
      padding: [0, 0, 0, 0],
      rounding: 'up',
    });
    return { name: node, channels: input.channels };
  }

  /** A 3×3 max or average pooling with padding 1, which the average counts. */
  pool3x3(name: string, input: Value, operator: 'maxPool' | 'averagePool', stride: number): Value {
    const window = { kernel: [3, 3], stride: [stride, stride], padding: [1, 1, 1, 1], rounding: 'down' } as const;
    const node =
      operator === 'maxPool'
        ? this.#builder.node(name, operator, [input.name], window)
        : this.#builder.node(name, operator, [input.name], { ...window, countPadding: true });
    return { name: node, channels: input.channels };
  }

  /** a's channels, then b's. */
  concat(name: string, a: Value, b: Value): Value {
    return {
      name: this.#builder.node(name, 'concat', [a.name, b.name], { axis: 1 }),
      channels: a.channels + b.channels,
    };
  }

  /** ShuffleNet's channel shuffle. */
  channelShuffle(name: string, input: Value, groups: number): Value {
    const node = this.#builder.node(name, 'channelShuffle', [input.name], { groups });
    return { name: node, channels: input.channels };
  }

  /** Softmax over the channels. */
  softmax(name: string, input: Value): Value {
    return { name: this.#builder.node(name, 'softmax', [input.name], { axis: 1 }), channels: input.channels };
  }

  /** The mean of each channel. */
  globalAveragePool(name: string, input: Value): Value {
    return { name: this.#builder.node(name, 'globalAveragePool', [input.name]), channels: input.channels };
  }

  /** `[N, C, 1, 1]` as `[N, C]`. */
  flatten(name: string, input: Value): Value {
    return { name: this.#builder.node(name, 'flatten', [input.name]), channels: input.channels };
  }

  /** The verified graph. */
  build(...outputs: readonly Value[]): Graph {
    return this.#builder.build(outputs.map(({ name }) => name));
  }
}
