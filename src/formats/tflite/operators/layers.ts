/** TFLite operators that compute over windows, channels or whole images. */
import { formatShape } from '../../../tensor/shape.js';
import type { Blocks } from '../lowering.js';
import {
  activated,
  anyOrder,
  autoPad,
  type Builtin,
  choice,
  define,
  hasInput,
  input,
  type Lowering,
  option,
  outputName,
  type TfliteStep,
} from './operator.js';

/** `[out, h, w, in]` as ONNX's `[out, in, h, w]`; of depthwise weights `[1, h, w, out]` as `[out, 1, h, w]`. */
const KERNEL_ORDER = [0, 3, 1, 2];
const DEPTHWISE_ORDER = [3, 0, 1, 2];

/** The shape of weights of four axes. */
function kernelShape(step: TfliteStep, graph: Lowering): readonly [number, number, number, number] {
  const { shape } = graph.constant(input(step, graph, 1), 'weights');
  if (shape.length !== 4) graph.unsupported(`weights are ${formatShape(shape)}`, 'are those of four axes');
  return shape as unknown as readonly [number, number, number, number];
}

function bias(step: TfliteStep, graph: Lowering, position: number): readonly string[] {
  return hasInput(step, position) ? [graph.weights(input(step, graph, position))] : [];
}

/** Strides, dilation and padding of a convolution; on values in blocks it is dilated by their size. */
function windowOf(step: TfliteStep, graph: Lowering, blocks: Blocks | undefined, dilationAt: number) {
  const [, height, width] = kernelShape(step, graph);
  const [rows, columns] = blocks ?? [1, 1];
  const strides = [option(step, 2), option(step, 1)];
  const isWhole = autoPad(step) === 'VALID' || (height % 2 === 1 && width % 2 === 1);
  if (blocks && !(isWhole && strides.every((stride) => stride === 1))) {
    graph.unsupported('has strides or even kernels between blocks', 'are strides of 1 and odd kernels, or no padding');
  }
  return {
    kernel_shape: [height, width],
    strides,
    dilations: [rows * option(step, dilationAt + 1, 1), columns * option(step, dilationAt, 1)],
    auto_pad: autoPad(step),
  };
}

const convolution: Builtin = {
  code: 3,
  name: 'CONV_2D',
  lower(step, graph) {
    const [, , , perGroup] = kernelShape(step, graph);
    const index = input(step, graph, 0);
    const channels = graph.tensor(index).shape[3] ?? 0;
    const group = Math.max(channels / perGroup, 1);
    if (!Number.isInteger(group))
      graph.unsupported(`${channels} channels meet weights for ${perGroup}`, 'are a multiple');
    const { name, blocks } = graph.images(index, true);
    const operands = [name, graph.weights(input(step, graph, 1), KERNEL_ORDER), ...bias(step, graph, 2)];
    const attributes = { ...windowOf(step, graph, blocks, 4), group };
    const sums = graph.node('Conv', operands, attributes, outputName(step, graph));
    define(step, graph, activated(step, graph, 3, sums), true, blocks);
  },
};

const depthwise: Builtin = {
  code: 4,
  name: 'DEPTHWISE_CONV_2D',
  lower(step, graph) {
    kernelShape(step, graph);
    const index = input(step, graph, 0);
    const { name, blocks } = graph.images(index, true);
    const operands = [name, graph.weights(input(step, graph, 1), DEPTHWISE_ORDER), ...bias(step, graph, 2)];
    const attributes = { ...windowOf(step, graph, blocks, 5), group: graph.tensor(index).shape[3] ?? 0 };
    const sums = graph.node('Conv', operands, attributes, outputName(step, graph));
    define(step, graph, activated(step, graph, 4, sums), true, blocks);
  },
};

/** Its first operand is the output's shape, its weights are `[out, h, w, in]`. */
const transposed: Builtin = {
  code: 67,
  name: 'TRANSPOSE_CONV',
  lower(step, graph) {
    const [, height, width] = kernelShape(step, graph);
    const [, rows = 0, columns = 0] = graph.constantIntegers(input(step, graph, 0), 'output lengths');
    const images = graph.images(input(step, graph, 2));
    const weights = graph.weights(input(step, graph, 1), DEPTHWISE_ORDER);
    const attributes = {
      kernel_shape: [height, width],
      strides: [option(step, 2), option(step, 1)],
      output_shape: [rows, columns],
      auto_pad: autoPad(step),
    };
    const operands = [images.name, weights, ...bias(step, graph, 3)];
    const sums = graph.node('ConvTranspose', operands, attributes, outputName(step, graph));
    define(step, graph, activated(step, graph, 3, sums), true);
  },
};

const fullyConnected: Builtin = {
  code: 9,
  name: 'FULLY_CONNECTED',
  lower(step, graph) {
    if (choice(step, 1) !== 0) graph.unsupported('weights are shuffled', 'are those in the default order');
    const index = input(step, graph, 0);
    const matrix = input(step, graph, 1);
    const { shape } = graph.constant(matrix, 'weights');
    const [, length = 0] = shape;
    const value = graph.plain(index);
    const base = outputName(step, graph);
    let sums: string;
    if (choice(step, 2) !== 0 && value.rank !== 2) {
      const product = graph.node('MatMul', [value.name, graph.weights(matrix, [1, 0])], {}, base);
      sums = hasInput(step, 2) ? graph.node('Add', [product, ...bias(step, graph, 2)], {}, base) : product;
    } else {
      const flat = value.rank === 2 ? value.name : graph.node('Reshape', [value.name, graph.integers([-1, length])]);
      sums = graph.node('Gemm', [flat, graph.weights(matrix), ...bias(step, graph, 2)], { transB: 1 }, base);
    }
    define(step, graph, activated(step, graph, 0, sums), false);
  },
};

function pool(code: number, name: string, operator: string): Builtin {
  return {
    code,
    name,
    lower(step, graph) {
      const attributes = {
        kernel_shape: [option(step, 4), option(step, 3)],
        strides: [option(step, 2), option(step, 1)],
        auto_pad: autoPad(step),
      };
      const images = graph.images(input(step, graph, 0));
      const made = graph.node(operator, [images.name], attributes, outputName(step, graph));
      define(step, graph, activated(step, graph, 5, made), true);
    },
  };
}

/** Axes come as a constant; those that are taken away leave the file's order. */
function reduction(code: number, name: string, operator: string): Builtin {
  return {
    code,
    name,
    lower(step, graph) {
      const value = anyOrder(graph, input(step, graph, 0));
      const given = graph.constantIntegers(input(step, graph, 1), 'axes');
      const axes = [...new Set(given.map((axis) => graph.axis(value, axis)))];
      const base = outputName(step, graph);
      const keeps = choice(step, 0) !== 0;
      const overImage = value.channelsFirst && axes.includes(2) && axes.includes(3);
      const reduce = (operand: string, over: readonly number[], keepdims: number) =>
        operator === 'ReduceSum'
          ? graph.node(operator, [operand, graph.integers(over)], { keepdims }, base)
          : graph.node(operator, [operand], { axes: over, keepdims }, base);
      if (keeps) define(step, graph, reduce(value.name, axes, 1), value.channelsFirst);
      else if (!value.channelsFirst || overImage) define(step, graph, reduce(value.name, axes, 0), false);
      else {
        const turned = graph.plain(input(step, graph, 0));
        const own = [...new Set(given.map((axis) => graph.axis(turned, axis)))];
        define(step, graph, reduce(turned.name, own, 0), false);
      }
    },
  };
}

const softmax: Builtin = {
  code: 25,
  name: 'SOFTMAX',
  lower(step, graph) {
    const value = anyOrder(graph, input(step, graph, 0));
    const beta = step.options?.float32(0) ?? 1;
    const scaled = beta === 1 ? value.name : graph.node('Mul', [value.name, graph.floats([beta])]);
    const axis = graph.axis(value, -1);
    define(step, graph, graph.node('Softmax', [scaled], { axis }, outputName(step, graph)), value.channelsFirst);
  },
};

/** The least length that a vector is divided by. */
const LEAST_NORM = 1e-6;

const l2Normalisation: Builtin = {
  code: 11,
  name: 'L2_NORMALIZATION',
  lower(step, graph) {
    const value = anyOrder(graph, input(step, graph, 0));
    const length = graph.node('ReduceL2', [value.name], { axes: [graph.axis(value, -1)], keepdims: 1 });
    const divisor = graph.node('Max', [length, graph.floats([LEAST_NORM])]);
    const made = graph.node('Div', [value.name, divisor], {}, outputName(step, graph));
    define(step, graph, activated(step, graph, 0, made), value.channelsFirst);
  },
};

/** TFLite gives the radius and the factor of each square; ONNX the whole window, and divides by its size. */
const localResponse: Builtin = {
  code: 13,
  name: 'LOCAL_RESPONSE_NORMALIZATION',
  lower(step, graph) {
    const size = 2 * option(step, 0) + 1;
    const float = (field: number) => step.options?.float32(field) ?? 0;
    const attributes = { size, bias: float(1), alpha: float(2) * size, beta: float(3) };
    const images = graph.images(input(step, graph, 0));
    define(step, graph, graph.node('LRN', [images.name], attributes, outputName(step, graph)), true);
  },
};

function resize(code: number, name: string, field: number): Builtin {
  return {
    code,
    name,
    lower(step, graph) {
      const nearest = code === 97;
      const [corners, halves] = [choice(step, field) !== 0, choice(step, field + 1) !== 0];
      const images = graph.images(input(step, graph, 0));
      const [batch = 1, , , channels = 0] = graph.tensor(input(step, graph, 0)).shape;
      const sides = graph.node('Cast', [graph.plain(input(step, graph, 1)).name], { to: 7 });
      const sizes = graph.node('Concat', [graph.integers([batch, channels]), sides], { axis: 0 });
      const mode = corners ? 'align_corners' : halves ? 'half_pixel' : 'asymmetric';
      const rounding = corners || halves ? 'round_prefer_ceil' : 'floor';
      const attributes = {
        mode: nearest ? 'nearest' : 'linear',
        coordinate_transformation_mode: mode,
        ...(nearest ? { nearest_mode: rounding } : {}),
      };
      define(
        step,
        graph,
        graph.node('Resize', [images.name, '', '', sizes], attributes, outputName(step, graph)),
        true,
      );
    },
  };
}

/** ONNX's blocks in its default order are TFLite's. */
function blocks(code: number, name: string, operator: string): Builtin {
  return {
    code,
    name,
    lower(step, graph) {
      const images = graph.images(input(step, graph, 0));
      const attributes = { blocksize: option(step, 0) };
      define(step, graph, graph.node(operator, [images.name], attributes, outputName(step, graph)), true);
    },
  };
}

/** Rows and columns of blocks, and what is added around an image or cut off from it. */
function blocksOf(step: TfliteStep, graph: Lowering) {
  const [rows = 0, columns = 0, ...more] = graph.constantIntegers(input(step, graph, 1), 'blocks');
  const [top = 0, bottom = 0, left = 0, right = 0] = graph.constantIntegers(input(step, graph, 2), 'paddings');
  if (more.length > 0 || rows < 1 || columns < 1)
    graph.unsupported('its blocks have other axes', 'are rows and columns');
  return { blocks: [rows, columns] as const, top, bottom, left, right };
}

/** Dilated convolutions stand in files as ones without dilation on every so manieth row and column, dealt to batches. */
const spaceToBatch: Builtin = {
  code: 38,
  name: 'SPACE_TO_BATCH_ND',
  lower(step, graph) {
    const { blocks, top, bottom, left, right } = blocksOf(step, graph);
    const images = graph.images(input(step, graph, 0));
    const pads = graph.integers([0, 0, top, left, 0, 0, bottom, right]);
    define(step, graph, graph.node('Pad', [images.name, pads], {}, outputName(step, graph)), true, blocks);
  },
};

const batchToSpace: Builtin = {
  code: 37,
  name: 'BATCH_TO_SPACE_ND',
  lower(step, graph) {
    const { blocks, top, bottom, left, right } = blocksOf(step, graph);
    const { name, blocks: made } = graph.images(input(step, graph, 0), true);
    if (made?.[0] !== blocks[0] || made[1] !== blocks[1]) {
      graph.unsupported('joins blocks that no SPACE_TO_BATCH_ND made', 'are its own');
    }
    const crops = graph.integers([0, 0, -top, -left, 0, 0, -bottom, -right]);
    define(step, graph, graph.node('Pad', [name, crops], {}, outputName(step, graph)), true);
  },
};

const batchMatMul: Builtin = {
  code: 126,
  name: 'BATCH_MATMUL',
  lower(step, graph) {
    const operands = [0, 1].map((position) => {
      const { name, rank } = graph.plain(input(step, graph, position));
      const axes = Array.from({ length: rank }, (_, axis) => axis);
      const perm = [...axes.slice(0, -2), rank - 1, rank - 2];
      return choice(step, position) === 0 ? name : graph.node('Transpose', [name], { perm });
    });
    define(step, graph, graph.node('MatMul', operands, {}, outputName(step, graph)), false);
  },
};

/** Every one of them. */
export const layers: readonly Builtin[] = [
  convolution,
  depthwise,
  transposed,
  fullyConnected,
  pool(1, 'AVERAGE_POOL_2D', 'AveragePool'),
  pool(17, 'MAX_POOL_2D', 'MaxPool'),
  reduction(40, 'MEAN', 'ReduceMean'),
  reduction(74, 'SUM', 'ReduceSum'),
  reduction(82, 'REDUCE_MAX', 'ReduceMax'),
  reduction(89, 'REDUCE_MIN', 'ReduceMin'),
  reduction(81, 'REDUCE_PROD', 'ReduceProd'),
  softmax,
  l2Normalisation,
  localResponse,
  resize(23, 'RESIZE_BILINEAR', 2),
  resize(97, 'RESIZE_NEAREST_NEIGHBOR', 0),
  blocks(26, 'SPACE_TO_DEPTH', 'SpaceToDepth'),
  blocks(5, 'DEPTH_TO_SPACE', 'DepthToSpace'),
  spaceToBatch,
  batchToSpace,
  batchMatMul,
];
