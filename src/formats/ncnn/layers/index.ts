/** The table of ncnn layer types that can be imported; a further one is a row here. */
import type { LayerImporter } from '../layerImporter.js';
import { binaryOp, eltwise } from './arithmetic.js';
import { batchNorm, clip, prelu, relu, scale } from './channelwise.js';
import { convolution, convolutionDepthWise } from './convolution.js';
import { innerProduct } from './innerProduct.js';
import { dropout, flatten, input, reshape, split } from './structure.js';

/** Every importer by the type that a layer line begins with. */
export const layerImporters: ReadonlyMap<string, LayerImporter> = new Map(
  [
    input,
    convolution,
    convolutionDepthWise,
    innerProduct,
    batchNorm,
    scale,
    prelu,
    relu,
    clip,
    binaryOp,
    eltwise,
    split,
    dropout,
    flatten,
    reshape,
  ].map((importer) => [importer.type, importer]),
);
