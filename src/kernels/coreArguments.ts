/** Argument structs of the kernels of the set `core`. Generated from assembly/ by `npm run generate`; do not edit. */
import { structLayout } from './struct.js';

/** Conv3x3Arguments of assembly/conv3x3.ts. */
export const conv3x3Arguments = structLayout(
  'usize input weights bias slopes residual output scratch i32 inputHeight inputWidth outputHeight outputWidth paddingTop paddingLeft rowPixels outputBlocks activation',
);

/** DepthwiseArguments of assembly/depthwise.ts. */
export const depthwiseArguments = structLayout(
  'usize input weights bias slopes residual output i32 inputHeight inputWidth outputHeight outputWidth kernelHeight kernelWidth strideHeight strideWidth dilationHeight dilationWidth paddingTop paddingLeft blocks activation',
);

/** Depthwise3x3Arguments of assembly/depthwise3x3.ts. */
export const depthwise3x3Arguments = structLayout(
  'usize input weights bias slopes residual output zeros i32 inputHeight inputWidth outputHeight outputWidth paddingTop paddingLeft blocks activation',
);

/** PreluArguments of assembly/elementwise.ts. */
export const preluArguments = structLayout('usize input slopes output i32 blocks');

/** ClipArguments of assembly/elementwise.ts. */
export const clipArguments = structLayout('usize input output f32 least most i32 blocks tail');

/** SigmoidArguments of assembly/elementwise.ts. */
export const sigmoidArguments = structLayout('usize input output i32 blocks tail');

/** AffineArguments of assembly/elementwise.ts. */
export const affineArguments = structLayout('usize input scales offsets output i32 blocks');

/** AddArguments of assembly/elementwise.ts. */
export const addArguments = structLayout('usize a b output');

/** FullyConnectedArguments of assembly/fullyConnected.ts. */
export const fullyConnectedArguments = structLayout(
  'usize input weights bias slopes residual output i32 batch depth outputBlocks activation',
);

/** GlobalAveragePoolArguments of assembly/globalAveragePool.ts. */
export const globalAveragePoolArguments = structLayout('usize input output i32 pixels blocks');

/** GlobalDepthwiseArguments of assembly/globalDepthwise.ts. */
export const globalDepthwiseArguments = structLayout(
  'usize input weights bias slopes residual output i32 pixels blocks activation',
);

/** InnerProductsArguments of assembly/innerProducts.ts. */
export const innerProductsArguments = structLayout('usize matrix queries output i32 rows vectors queryCount');

/** LayoutArguments of assembly/layout.ts. */
export const layoutArguments = structLayout('usize input output i32 pixels channels blocks');

/** PointwiseArguments of assembly/pointwise.ts. */
export const pointwiseArguments = structLayout(
  'usize input weights bias slopes residual output i32 pixels depth inputStride outputStride outputBlocks activation',
);
