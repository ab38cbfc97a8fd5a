/** The table of ONNX operators that can be imported; a further one is a row here. */
import type { NodeImporter } from '../nodeImporter.js';
import { add, div, mul, sub } from './arithmetic.js';
import {
  batchNormalization,
  cast,
  clip,
  dropout,
  elu,
  hardSigmoid,
  hardSwish,
  identity,
  leakyRelu,
  prelu,
  reciprocal,
  relu,
  sigmoid,
  softmax,
  tanh,
} from './channelwise.js';
import { conv, gemm, matMul } from './convolution.js';
import { concat, flatten, pad, reshape, slice, split, squeeze, transpose, unsqueeze } from './move.js';
import { averagePool, globalAveragePool, maxPool, reduceMean } from './pooling.js';
import { resize, upsample } from './resize.js';

/** Every importer by its operator's name in ONNX. */
export const nodeImporters: ReadonlyMap<string, NodeImporter> = new Map(
  [
    conv,
    gemm,
    matMul,
    batchNormalization,
    prelu,
    relu,
    leakyRelu,
    clip,
    sigmoid,
    tanh,
    elu,
    hardSigmoid,
    hardSwish,
    reciprocal,
    softmax,
    add,
    sub,
    mul,
    div,
    maxPool,
    averagePool,
    globalAveragePool,
    reduceMean,
    concat,
    split,
    slice,
    transpose,
    reshape,
    flatten,
    squeeze,
    unsqueeze,
    pad,
    resize,
    upsample,
    identity,
    dropout,
    cast,
  ].map((importer) => [importer.operator, importer]),
);
