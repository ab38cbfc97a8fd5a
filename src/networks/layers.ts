/** The layers that papers' tables are written in, as calls: each takes and gives a value with its channels. */
import { GraphBuilder } from '../build/builder.js';
import type { Graph } from '../graph/types.js';
import type { Shape } from '../tensor/shape.js';
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

  /** A convolution and its non-linearity; tensors `NAME.weight`, `NAME.bias` and `NAME.prelu`. */
  convolution(
    name: string,
    input: Value,
    channels: number,
    nonlinearity: Nonlinearity,
    options: ConvolutionOptions = {},
  ): Value {
    const { kernel = 1, stride = 1, groups = 1, padding = 0 } = options;
    const [height, width] = typeof kernel === 'number' ? [kernel, kernel] : kernel;
    const weights = this.#tensor(`${name}.weight`, [channels, input.channels / groups, height, width]);
    const bias = this.#tensor(`${name}.bias`, [channels]);
    this.#builder.node(name, 'convolution', [input.name, weights, bias], {
      stride: [stride, stride],
      padding: [padding, padding, padding, padding],
      dilation: [1, 1],
      groups,
      activation: 'none',
    });
    return this.activation(name, { name, channels }, nonlinearity);
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

  /** A linear fully connected layer under the name `output`; a 1×1 convolution of a 1×1 image is the same thing. */
  fullyConnected(name: string, input: Value, channels: number, output: string): Value {
    const weights = this.#weights(`${name}.weight`, [channels, input.channels, 1, 1]);
    const matrix = { ...weights, shape: [channels, input.channels] };
    const tensors = [this.#builder.tensor(`${name}.weight`, matrix), this.#tensor(`${name}.bias`, [channels])];
    const node = this.#builder.node(output, 'fullyConnected', [input.name, ...tensors], { activation: 'none' });
    return { name: node, channels };
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
  build(output: Value): Graph {
    return this.#builder.build([output.name]);
  }
}
