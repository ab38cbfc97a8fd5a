/** Argument structs of the kernels of the set `core`. Generated from assembly/ by `npm run generate`; do not edit. */
import { type Address, structLayout } from './struct.js';

/** Values for Conv3x3Arguments of assembly/conv3x3.ts. */
export interface Conv3x3Arguments {
  readonly input: Address;
  readonly weights: Address;
  readonly bias: Address;
  readonly slopes: Address;
  readonly residual: Address;
  readonly output: Address;
  readonly scratch: Address;
  readonly inputHeight: number;
  readonly inputWidth: number;
  readonly outputHeight: number;
  readonly outputWidth: number;
  readonly paddingTop: number;
  readonly paddingLeft: number;
  readonly rowPixels: number;
  readonly outputBlocks: number;
  readonly activation: number;
}

/** Field order of Conv3x3Arguments; each field takes 4 bytes. */
export const conv3x3Arguments = structLayout<Conv3x3Arguments>(
  'usize input weights bias slopes residual output scratch i32 inputHeight inputWidth outputHeight outputWidth paddingTop paddingLeft rowPixels outputBlocks activation',
);

/** Values for DepthwiseArguments of assembly/depthwise.ts. */
export interface DepthwiseArguments {
  readonly input: Address;
  readonly weights: Address;
  readonly bias: Address;
  readonly slopes: Address;
  readonly residual: Address;
  readonly output: Address;
  readonly inputHeight: number;
  readonly inputWidth: number;
  readonly outputHeight: number;
  readonly outputWidth: number;
  readonly kernelHeight: number;
  readonly kernelWidth: number;
  readonly strideHeight: number;
  readonly strideWidth: number;
  readonly dilationHeight: number;
  readonly dilationWidth: number;
  readonly paddingTop: number;
  readonly paddingLeft: number;
  readonly blocks: number;
  readonly activation: number;
}

/** Field order of DepthwiseArguments; each field takes 4 bytes. */
export const depthwiseArguments = structLayout<DepthwiseArguments>(
  'usize input weights bias slopes residual output i32 inputHeight inputWidth outputHeight outputWidth kernelHeight kernelWidth strideHeight strideWidth dilationHeight dilationWidth paddingTop paddingLeft blocks activation',
);

/** Values for Depthwise3x3Arguments of assembly/depthwise3x3.ts. */
export interface Depthwise3x3Arguments {
  readonly input: Address;
  readonly weights: Address;
  readonly bias: Address;
  readonly slopes: Address;
  readonly residual: Address;
  readonly output: Address;
  readonly zeros: Address;
  readonly inputHeight: number;
  readonly inputWidth: number;
  readonly outputHeight: number;
  readonly outputWidth: number;
  readonly paddingTop: number;
  readonly paddingLeft: number;
  readonly blocks: number;
  readonly activation: number;
}

/** Field order of Depthwise3x3Arguments; each field takes 4 bytes. */
export const depthwise3x3Arguments = structLayout<Depthwise3x3Arguments>(
  'usize input weights bias slopes residual output zeros i32 inputHeight inputWidth outputHeight outputWidth paddingTop paddingLeft blocks activation',
);

/** Values for PreluArguments of assembly/elementwise.ts. */
export interface PreluArguments {
  readonly input: Address;
  readonly slopes: Address;
  readonly output: Address;
  readonly blocks: number;
}

/** Field order of PreluArguments; each field takes 4 bytes. */
export const preluArguments = structLayout<PreluArguments>('usize input slopes output i32 blocks');

/** Values for ClipArguments of assembly/elementwise.ts. */
export interface ClipArguments {
  readonly input: Address;
  readonly output: Address;
  readonly least: number;
  readonly most: number;
  readonly blocks: number;
  readonly tail: number;
}

/** Field order of ClipArguments; each field takes 4 bytes. */
export const clipArguments = structLayout<ClipArguments>('usize input output f32 least most i32 blocks tail');

/** Values for SigmoidArguments of assembly/elementwise.ts. */
export interface SigmoidArguments {
  readonly input: Address;
  readonly output: Address;
  readonly blocks: number;
  readonly tail: number;
}

/** Field order of SigmoidArguments; each field takes 4 bytes. */
export const sigmoidArguments = structLayout<SigmoidArguments>('usize input output i32 blocks tail');

/** Values for AffineArguments of assembly/elementwise.ts. */
export interface AffineArguments {
  readonly input: Address;
  readonly scales: Address;
  readonly offsets: Address;
  readonly output: Address;
  readonly blocks: number;
}

/** Field order of AffineArguments; each field takes 4 bytes. */
export const affineArguments = structLayout<AffineArguments>('usize input scales offsets output i32 blocks');

/** Values for AddArguments of assembly/elementwise.ts. */
export interface AddArguments {
  readonly a: Address;
  readonly b: Address;
  readonly output: Address;
}

/** Field order of AddArguments; each field takes 4 bytes. */
export const addArguments = structLayout<AddArguments>('usize a b output');

/** Values for FullyConnectedArguments of assembly/fullyConnected.ts. */
export interface FullyConnectedArguments {
  readonly input: Address;
  readonly weights: Address;
  readonly bias: Address;
  readonly slopes: Address;
  readonly residual: Address;
  readonly output: Address;
  readonly batch: number;
  readonly depth: number;
  readonly outputBlocks: number;
  readonly activation: number;
}

/** Field order of FullyConnectedArguments; each field takes 4 bytes. */
export const fullyConnectedArguments = structLayout<FullyConnectedArguments>(
  'usize input weights bias slopes residual output i32 batch depth outputBlocks activation',
);

/** Values for GlobalAveragePoolArguments of assembly/globalAveragePool.ts. */
export interface GlobalAveragePoolArguments {
  readonly input: Address;
  readonly output: Address;
  readonly pixels: number;
  readonly blocks: number;
}

/** Field order of GlobalAveragePoolArguments; each field takes 4 bytes. */
export const globalAveragePoolArguments = structLayout<GlobalAveragePoolArguments>(
  'usize input output i32 pixels blocks',
);

/** Values for GlobalDepthwiseArguments of assembly/globalDepthwise.ts. */
export interface GlobalDepthwiseArguments {
  readonly input: Address;
  readonly weights: Address;
  readonly bias: Address;
  readonly slopes: Address;
  readonly residual: Address;
  readonly output: Address;
  readonly pixels: number;
  readonly blocks: number;
  readonly activation: number;
}

/** Field order of GlobalDepthwiseArguments; each field takes 4 bytes. */
export const globalDepthwiseArguments = structLayout<GlobalDepthwiseArguments>(
  'usize input weights bias slopes residual output i32 pixels blocks activation',
);

/** Values for InnerProductsArguments of assembly/innerProducts.ts. */
export interface InnerProductsArguments {
  readonly matrix: Address;
  readonly queries: Address;
  readonly output: Address;
  readonly rows: number;
  readonly vectors: number;
  readonly queryCount: number;
}

/** Field order of InnerProductsArguments; each field takes 4 bytes. */
export const innerProductsArguments = structLayout<InnerProductsArguments>(
  'usize matrix queries output i32 rows vectors queryCount',
);

/** Values for LayoutArguments of assembly/layout.ts. */
export interface LayoutArguments {
  readonly input: Address;
  readonly output: Address;
  readonly pixels: number;
  readonly channels: number;
  readonly blocks: number;
}

/** Field order of LayoutArguments; each field takes 4 bytes. */
export const layoutArguments = structLayout<LayoutArguments>('usize input output i32 pixels channels blocks');

/** Values for PointwiseArguments of assembly/pointwise.ts. */
export interface PointwiseArguments {
  readonly input: Address;
  readonly weights: Address;
  readonly bias: Address;
  readonly slopes: Address;
  readonly residual: Address;
  readonly output: Address;
  readonly pixels: number;
  readonly depth: number;
  readonly inputStride: number;
  readonly outputStride: number;
  readonly outputBlocks: number;
  readonly activation: number;
}

/** Field order of PointwiseArguments; each field takes 4 bytes. */
export const pointwiseArguments = structLayout<PointwiseArguments>(
  'usize input weights bias slopes residual output i32 pixels depth inputStride outputStride outputBlocks activation',
);
