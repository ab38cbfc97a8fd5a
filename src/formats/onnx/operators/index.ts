/** The table of ONNX operators that can be imported; a further one is a row here. */
import type { NodeImporter } from '../nodeImporter.js';
import { add, div, max, mean, min, mul, pow, sub, sum } from './arithmetic.js';
import { batchNormalization, clip, dropout, identity, leakyRelu, prelu } from './channelwise.js';
import { conv } from './convolution.js';
import { convTranspose } from './convolutionTranspose.js';
import { elementwiseImporters } from './elementwise.js';
import { integerImporters } from './integer.js';
import { concat, flatten, reshape, slice, split, squeeze, transpose, unsqueeze } from './move.js';
import { instanceNormalization, lrn } from './normalisation.js';
import { pad } from './pad.js';
import { averagePool, maxPool } from './pooling.js';
import { gemm, matMul } from './product.js';
import { microsoftImporters, quantisedImporters } from './quantised.js';
import { depthToSpace, expand, gather, spaceToDepth, tile } from './rearrange.js';
import { reductionImporters } from './reduction.js';
import { resize, upsample } from './resize.js';

const importers: readonly NodeImporter[] = [
  conv,
  convTranspose,
  gemm,
  matMul,
  batchNormalization,
  instanceNormalization,
  lrn,
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
  gather,
  expand,
  tile,
  depthToSpace,
  spaceToDepth,
  pad,
  resize,
  upsample,
  identity,
  dropout,
  ...quantisedImporters,
  ...integerImporters,
];

function byOperator(rows: readonly NodeImporter[]): ReadonlyMap<string, NodeImporter> {
  return new Map(rows.map((importer) => [importer.operator, importer]));
}

/** Every importer by its operator's name in ONNX. */
export const nodeImporters = byOperator(importers);

/** The importers of operators that onnxruntime adds to ONNX's, by their names in the domain com.microsoft. */
export const addedImporters = byOperator(microsoftImporters);
