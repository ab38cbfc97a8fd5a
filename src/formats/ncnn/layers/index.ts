/** The table of ncnn layer types that can be imported; a further one is a row here. */
import type { LayerImporter } from '../layerImporter.js';
import { bias, binaryOp, eltwise, power } from './arithmetic.js';
import { batchNorm, clip, prelu, relu, scale } from './channelwise.js';
import { convolution, convolutionDepthWise } from './convolution.js';
import { crop } from './crop.js';
import { innerProduct } from './innerProduct.js';
import { interp } from './interp.js';
import { maps } from './maps.js';
import { concat, padding, permute, shuffleChannel, slice } from './move.js';
import { pooling } from './pooling.js';
import { lrn, normalize, reduction } from './reduction.js';
import { sigmoid, softmax } from './softmax.js';
import { dropout, flatten, input, memoryData, noop, reshape, split } from './structure.js';

/** Every importer by the type that a layer line begins with. */
export const layerImporters: ReadonlyMap<string, LayerImporter> = new Map(
  [
    input,
    memoryData,
    convolution,
    convolutionDepthWise,
    innerProduct,
    batchNorm,
    scale,
    prelu,
    relu,
    clip,
    sigmoid,
    softmax,
    pooling,
    binaryOp,
    eltwise,
    bias,
    power,
    ...maps,
    reduction,
    normalize,
    lrn,
    split,
    noop,
    dropout,
    flatten,
    reshape,
    concat,
    slice,
    permute,
    shuffleChannel,
    crop,
    padding,
    interp,
  ].map((importer) => [importer.type, importer]),
);
