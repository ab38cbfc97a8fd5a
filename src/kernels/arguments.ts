/** Argument structs of the kernels. Generated from assembly/ by `npm run generate`; do not edit. */
import type { Address, StructLayout } from './struct.js';

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
export const conv3x3Arguments: StructLayout<Conv3x3Arguments> = {
  name: 'Conv3x3Arguments',
  fields: [
    { name: 'input', kind: 'address' },
    { name: 'weights', kind: 'address' },
    { name: 'bias', kind: 'address' },
    { name: 'slopes', kind: 'address' },
    { name: 'residual', kind: 'address' },
    { name: 'output', kind: 'address' },
    { name: 'scratch', kind: 'address' },
    { name: 'inputHeight', kind: 'int32' },
    { name: 'inputWidth', kind: 'int32' },
    { name: 'outputHeight', kind: 'int32' },
    { name: 'outputWidth', kind: 'int32' },
    { name: 'paddingTop', kind: 'int32' },
    { name: 'paddingLeft', kind: 'int32' },
    { name: 'rowPixels', kind: 'int32' },
    { name: 'outputBlocks', kind: 'int32' },
    { name: 'activation', kind: 'int32' },
  ],
};

/** Values for ConvolutionArguments of assembly/convolution.ts. */
export interface ConvolutionArguments {
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
  readonly kernelHeight: number;
  readonly kernelWidth: number;
  readonly strideHeight: number;
  readonly strideWidth: number;
  readonly dilationHeight: number;
  readonly dilationWidth: number;
  readonly paddingTop: number;
  readonly paddingLeft: number;
  readonly depth: number;
  readonly inputStride: number;
  readonly outputBlocks: number;
  readonly activation: number;
}

/** Field order of ConvolutionArguments; each field takes 4 bytes. */
export const convolutionArguments: StructLayout<ConvolutionArguments> = {
  name: 'ConvolutionArguments',
  fields: [
    { name: 'input', kind: 'address' },
    { name: 'weights', kind: 'address' },
    { name: 'bias', kind: 'address' },
    { name: 'slopes', kind: 'address' },
    { name: 'residual', kind: 'address' },
    { name: 'output', kind: 'address' },
    { name: 'zeros', kind: 'address' },
    { name: 'inputHeight', kind: 'int32' },
    { name: 'inputWidth', kind: 'int32' },
    { name: 'outputHeight', kind: 'int32' },
    { name: 'outputWidth', kind: 'int32' },
    { name: 'kernelHeight', kind: 'int32' },
    { name: 'kernelWidth', kind: 'int32' },
    { name: 'strideHeight', kind: 'int32' },
    { name: 'strideWidth', kind: 'int32' },
    { name: 'dilationHeight', kind: 'int32' },
    { name: 'dilationWidth', kind: 'int32' },
    { name: 'paddingTop', kind: 'int32' },
    { name: 'paddingLeft', kind: 'int32' },
    { name: 'depth', kind: 'int32' },
    { name: 'inputStride', kind: 'int32' },
    { name: 'outputBlocks', kind: 'int32' },
    { name: 'activation', kind: 'int32' },
  ],
};

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
export const depthwise3x3Arguments: StructLayout<Depthwise3x3Arguments> = {
  name: 'Depthwise3x3Arguments',
  fields: [
    { name: 'input', kind: 'address' },
    { name: 'weights', kind: 'address' },
    { name: 'bias', kind: 'address' },
    { name: 'slopes', kind: 'address' },
    { name: 'residual', kind: 'address' },
    { name: 'output', kind: 'address' },
    { name: 'zeros', kind: 'address' },
    { name: 'inputHeight', kind: 'int32' },
    { name: 'inputWidth', kind: 'int32' },
    { name: 'outputHeight', kind: 'int32' },
    { name: 'outputWidth', kind: 'int32' },
    { name: 'paddingTop', kind: 'int32' },
    { name: 'paddingLeft', kind: 'int32' },
    { name: 'blocks', kind: 'int32' },
    { name: 'activation', kind: 'int32' },
  ],
};

/** Values for PreluArguments of assembly/elementwise.ts. */
export interface PreluArguments {
  readonly input: Address;
  readonly slopes: Address;
  readonly output: Address;
  readonly blocks: number;
}

/** Field order of PreluArguments; each field takes 4 bytes. */
export const preluArguments: StructLayout<PreluArguments> = {
  name: 'PreluArguments',
  fields: [
    { name: 'input', kind: 'address' },
    { name: 'slopes', kind: 'address' },
    { name: 'output', kind: 'address' },
    { name: 'blocks', kind: 'int32' },
  ],
};

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
export const clipArguments: StructLayout<ClipArguments> = {
  name: 'ClipArguments',
  fields: [
    { name: 'input', kind: 'address' },
    { name: 'output', kind: 'address' },
    { name: 'least', kind: 'float32' },
    { name: 'most', kind: 'float32' },
    { name: 'blocks', kind: 'int32' },
    { name: 'tail', kind: 'int32' },
  ],
};

/** Values for AffineArguments of assembly/elementwise.ts. */
export interface AffineArguments {
  readonly input: Address;
  readonly scales: Address;
  readonly offsets: Address;
  readonly output: Address;
  readonly blocks: number;
}

/** Field order of AffineArguments; each field takes 4 bytes. */
export const affineArguments: StructLayout<AffineArguments> = {
  name: 'AffineArguments',
  fields: [
    { name: 'input', kind: 'address' },
    { name: 'scales', kind: 'address' },
    { name: 'offsets', kind: 'address' },
    { name: 'output', kind: 'address' },
    { name: 'blocks', kind: 'int32' },
  ],
};

/** Values for AddArguments of assembly/elementwise.ts. */
export interface AddArguments {
  readonly a: Address;
  readonly b: Address;
  readonly output: Address;
}

/** Field order of AddArguments; each field takes 4 bytes. */
export const addArguments: StructLayout<AddArguments> = {
  name: 'AddArguments',
  fields: [
    { name: 'a', kind: 'address' },
    { name: 'b', kind: 'address' },
    { name: 'output', kind: 'address' },
  ],
};

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
export const fullyConnectedArguments: StructLayout<FullyConnectedArguments> = {
  name: 'FullyConnectedArguments',
  fields: [
    { name: 'input', kind: 'address' },
    { name: 'weights', kind: 'address' },
    { name: 'bias', kind: 'address' },
    { name: 'slopes', kind: 'address' },
    { name: 'residual', kind: 'address' },
    { name: 'output', kind: 'address' },
    { name: 'batch', kind: 'int32' },
    { name: 'depth', kind: 'int32' },
    { name: 'outputBlocks', kind: 'int32' },
    { name: 'activation', kind: 'int32' },
  ],
};

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
export const globalDepthwiseArguments: StructLayout<GlobalDepthwiseArguments> = {
  name: 'GlobalDepthwiseArguments',
  fields: [
    { name: 'input', kind: 'address' },
    { name: 'weights', kind: 'address' },
    { name: 'bias', kind: 'address' },
    { name: 'slopes', kind: 'address' },
    { name: 'residual', kind: 'address' },
    { name: 'output', kind: 'address' },
    { name: 'pixels', kind: 'int32' },
    { name: 'blocks', kind: 'int32' },
    { name: 'activation', kind: 'int32' },
  ],
};

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
export const pointwiseArguments: StructLayout<PointwiseArguments> = {
  name: 'PointwiseArguments',
  fields: [
    { name: 'input', kind: 'address' },
    { name: 'weights', kind: 'address' },
    { name: 'bias', kind: 'address' },
    { name: 'slopes', kind: 'address' },
    { name: 'residual', kind: 'address' },
    { name: 'output', kind: 'address' },
    { name: 'pixels', kind: 'int32' },
    { name: 'depth', kind: 'int32' },
    { name: 'inputStride', kind: 'int32' },
    { name: 'outputStride', kind: 'int32' },
    { name: 'outputBlocks', kind: 'int32' },
    { name: 'activation', kind: 'int32' },
  ],
};

/** Every struct, for the test of their offsets. */
export const structLayouts = [
  conv3x3Arguments,
  convolutionArguments,
  depthwise3x3Arguments,
  preluArguments,
  clipArguments,
  affineArguments,
  addArguments,
  fullyConnectedArguments,
  globalDepthwiseArguments,
  pointwiseArguments,
] as const;
