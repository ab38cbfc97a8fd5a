/** The table of ONNX operators that can be imported; a further one is a row here. */
import type { NodeImporter } from '../nodeImporter.js';
import { add, div, max, mean, min, mul, pow, sub, sum } from './arithmetic.js';
import { batchNormalization, clip, dropout, identity, leakyRelu, prelu } from './channelwise.js';
import { conv, gemm, matMul } from './convolution.js';
import { elementwiseImporters } from './elementwise.js';
import { concat, flatten, pad, reshape, slice, split, squeeze, transpose, unsqueeze } from './move.js';
import { averagePool, maxPool } from './pooling.js';
import { reductionImporters } from './reduction.js';
import { resize, upsample } from './resize.js';

const importers: readonly NodeImporter[] = [
  conv,
  gemm,
  matMul,
  batchNormalization,
  prelu,
  leakyRelu,
  clip,
  ...elementwiseImporters,
  add,
  sub,
  mul,
  div,
  pow,
  min,
  max,
  sum,
  mean,
  maxPool,
  averagePool,
  ...reductionImporters,
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
];

/** Every importer by its operator's name in ONNX. */
export const nodeImporters: ReadonlyMap<string, NodeImporter> = new Map(
  importers.map((importer) => [importer.operator, importer]),
);
