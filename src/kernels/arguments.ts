/** Argument structs of the kernels. Generated from assembly/ by `npm run generate`; do not edit. */
import type { Address, StructLayout } from './struct.js';

/** Values for BinaryArguments of assembly/binary.ts. */
export interface BinaryArguments {
  readonly a: Address;
  readonly b: Address;
  readonly output: Address;
  readonly height: number;
  readonly width: number;
  readonly blocks: number;
  readonly tail: number;
  readonly aImage: number;
  readonly aRow: number;
  readonly aPixel: number;
  readonly aSplat: number;
  readonly bImage: number;
  readonly bRow: number;
  readonly bPixel: number;
  readonly bSplat: number;
  readonly operation: number;
}

/** Field order of BinaryArguments; each field takes 4 bytes. */
export const binaryArguments: StructLayout<BinaryArguments> = {
  name: 'BinaryArguments',
  fields: [
    { name: 'a', kind: 'address' },
    { name: 'b', kind: 'address' },
    { name: 'output', kind: 'address' },
    { name: 'height', kind: 'int32' },
    { name: 'width', kind: 'int32' },
    { name: 'blocks', kind: 'int32' },
    { name: 'tail', kind: 'int32' },
    { name: 'aImage', kind: 'int32' },
    { name: 'aRow', kind: 'int32' },
    { name: 'aPixel', kind: 'int32' },
    { name: 'aSplat', kind: 'int32' },
    { name: 'bImage', kind: 'int32' },
    { name: 'bRow', kind: 'int32' },
    { name: 'bPixel', kind: 'int32' },
    { name: 'bSplat', kind: 'int32' },
    { name: 'operation', kind: 'int32' },
  ],
};

/** Values for ChannelShuffleArguments of assembly/channelShuffle.ts. */
export interface ChannelShuffleArguments {
  readonly input: Address;
  readonly output: Address;
  readonly groups: number;
  readonly groupChannels: number;
  readonly stride: number;
}

/** Field order of ChannelShuffleArguments; each field takes 4 bytes. */
export const channelShuffleArguments: StructLayout<ChannelShuffleArguments> = {
  name: 'ChannelShuffleArguments',
  fields: [
    { name: 'input', kind: 'address' },
    { name: 'output', kind: 'address' },
    { name: 'groups', kind: 'int32' },
    { name: 'groupChannels', kind: 'int32' },
    { name: 'stride', kind: 'int32' },
  ],
};

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
  readonly scratch: Address;
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
  readonly groups: number;
  readonly depth: number;
  readonly groupOutputs: number;
  readonly inputStride: number;
  readonly outputStride: number;
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
    { name: 'scratch', kind: 'address' },
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
    { name: 'groups', kind: 'int32' },
    { name: 'depth', kind: 'int32' },
    { name: 'groupOutputs', kind: 'int32' },
    { name: 'inputStride', kind: 'int32' },
    { name: 'outputStride', kind: 'int32' },
    { name: 'activation', kind: 'int32' },
  ],
};

/** Values for ConvolutionInt8Arguments of assembly/convolutionInt8.ts. */
export interface ConvolutionInt8Arguments {
  readonly input: Address;
  readonly weights: Address;
  readonly parameters: Address;
  readonly constants: Address;
  readonly residual: Address;
  readonly output: Address;
  readonly scratch: Address;
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
  readonly inputStride: number;
  readonly outputStride: number;
  readonly pixels: number;
  readonly groups: number;
  readonly tapChannels: number;
  readonly panels: number;
}

/** Field order of ConvolutionInt8Arguments; each field takes 4 bytes. */
export const convolutionInt8Arguments: StructLayout<ConvolutionInt8Arguments> = {
  name: 'ConvolutionInt8Arguments',
  fields: [
    { name: 'input', kind: 'address' },
    { name: 'weights', kind: 'address' },
    { name: 'parameters', kind: 'address' },
    { name: 'constants', kind: 'address' },
    { name: 'residual', kind: 'address' },
    { name: 'output', kind: 'address' },
    { name: 'scratch', kind: 'address' },
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
    { name: 'inputStride', kind: 'int32' },
    { name: 'outputStride', kind: 'int32' },
    { name: 'pixels', kind: 'int32' },
    { name: 'groups', kind: 'int32' },
    { name: 'tapChannels', kind: 'int32' },
    { name: 'panels', kind: 'int32' },
  ],
};

/** Values for ConvolutionTransposeArguments of assembly/convolutionTranspose.ts. */
export interface ConvolutionTransposeArguments {
  readonly input: Address;
  readonly weights: Address;
  readonly bias: Address;
  readonly output: Address;
  readonly zeros: Address;
  readonly scratch: Address;
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
  readonly groups: number;
  readonly depth: number;
  readonly groupOutputs: number;
  readonly inputStride: number;
  readonly outputStride: number;
}

/** Field order of ConvolutionTransposeArguments; each field takes 4 bytes. */
export const convolutionTransposeArguments: StructLayout<ConvolutionTransposeArguments> = {
  name: 'ConvolutionTransposeArguments',
  fields: [
    { name: 'input', kind: 'address' },
    { name: 'weights', kind: 'address' },
    { name: 'bias', kind: 'address' },
    { name: 'output', kind: 'address' },
    { name: 'zeros', kind: 'address' },
    { name: 'scratch', kind: 'address' },
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
    { name: 'groups', kind: 'int32' },
    { name: 'depth', kind: 'int32' },
    { name: 'groupOutputs', kind: 'int32' },
    { name: 'inputStride', kind: 'int32' },
    { name: 'outputStride', kind: 'int32' },
  ],
};

/** Values for CopyRunsArguments of assembly/copyRuns.ts. */
export interface CopyRunsArguments {
  readonly output: Address;
  readonly count: number;
  readonly padding: number;
  readonly outputStride: number;
}

/** Field order of CopyRunsArguments; each field takes 4 bytes. */
export const copyRunsArguments: StructLayout<CopyRunsArguments> = {
  name: 'CopyRunsArguments',
  fields: [
    { name: 'output', kind: 'address' },
    { name: 'count', kind: 'int32' },
    { name: 'padding', kind: 'int32' },
    { name: 'outputStride', kind: 'int32' },
  ],
};

/** Values for CopyRunsSource of assembly/copyRuns.ts. */
export interface CopyRunsSource {
  readonly input: Address;
  readonly elements: number;
  readonly stride: number;
}

/** Field order of CopyRunsSource; each field takes 4 bytes. */
export const copyRunsSource: StructLayout<CopyRunsSource> = {
  name: 'CopyRunsSource',
  fields: [
    { name: 'input', kind: 'address' },
    { name: 'elements', kind: 'int32' },
    { name: 'stride', kind: 'int32' },
  ],
};

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
export const depthwiseArguments: StructLayout<DepthwiseArguments> = {
  name: 'DepthwiseArguments',
  fields: [
    { name: 'input', kind: 'address' },
    { name: 'weights', kind: 'address' },
    { name: 'bias', kind: 'address' },
    { name: 'slopes', kind: 'address' },
    { name: 'residual', kind: 'address' },
    { name: 'output', kind: 'address' },
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
    { name: 'blocks', kind: 'int32' },
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

/** Values for Depthwise3x3Int8Arguments of assembly/depthwise3x3Int8.ts. */
export interface Depthwise3x3Int8Arguments {
  readonly input: Address;
  readonly weights: Address;
  readonly parameters: Address;
  readonly constants: Address;
  readonly residual: Address;
  readonly output: Address;
  readonly inputHeight: number;
  readonly inputWidth: number;
  readonly outputHeight: number;
  readonly outputWidth: number;
  readonly paddingTop: number;
  readonly paddingLeft: number;
  readonly blocks: number;
}

/** Field order of Depthwise3x3Int8Arguments; each field takes 4 bytes. */
export const depthwise3x3Int8Arguments: StructLayout<Depthwise3x3Int8Arguments> = {
  name: 'Depthwise3x3Int8Arguments',
  fields: [
    { name: 'input', kind: 'address' },
    { name: 'weights', kind: 'address' },
    { name: 'parameters', kind: 'address' },
    { name: 'constants', kind: 'address' },
    { name: 'residual', kind: 'address' },
    { name: 'output', kind: 'address' },
    { name: 'inputHeight', kind: 'int32' },
    { name: 'inputWidth', kind: 'int32' },
    { name: 'outputHeight', kind: 'int32' },
    { name: 'outputWidth', kind: 'int32' },
    { name: 'paddingTop', kind: 'int32' },
    { name: 'paddingLeft', kind: 'int32' },
    { name: 'blocks', kind: 'int32' },
  ],
};

/** Values for DepthwiseInt8Arguments of assembly/depthwiseInt8.ts. */
export interface DepthwiseInt8Arguments {
  readonly input: Address;
  readonly weights: Address;
  readonly parameters: Address;
  readonly constants: Address;
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
}

/** Field order of DepthwiseInt8Arguments; each field takes 4 bytes. */
export const depthwiseInt8Arguments: StructLayout<DepthwiseInt8Arguments> = {
  name: 'DepthwiseInt8Arguments',
  fields: [
    { name: 'input', kind: 'address' },
    { name: 'weights', kind: 'address' },
    { name: 'parameters', kind: 'address' },
    { name: 'constants', kind: 'address' },
    { name: 'residual', kind: 'address' },
    { name: 'output', kind: 'address' },
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
    { name: 'blocks', kind: 'int32' },
  ],
};

/** Values for DilatedPoolArguments of assembly/dilatedPool.ts. */
export interface DilatedPoolArguments {
  readonly input: Address;
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
  readonly takesMean: number;
  readonly countsPadding: number;
  readonly countedHeight: number;
  readonly countedWidth: number;
  readonly blocks: number;
}

/** Field order of DilatedPoolArguments; each field takes 4 bytes. */
export const dilatedPoolArguments: StructLayout<DilatedPoolArguments> = {
  name: 'DilatedPoolArguments',
  fields: [
    { name: 'input', kind: 'address' },
    { name: 'output', kind: 'address' },
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
    { name: 'takesMean', kind: 'int32' },
    { name: 'countsPadding', kind: 'int32' },
    { name: 'countedHeight', kind: 'int32' },
    { name: 'countedWidth', kind: 'int32' },
    { name: 'blocks', kind: 'int32' },
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

/** Values for SigmoidArguments of assembly/elementwise.ts. */
export interface SigmoidArguments {
  readonly input: Address;
  readonly output: Address;
  readonly blocks: number;
  readonly tail: number;
}

/** Field order of SigmoidArguments; each field takes 4 bytes. */
export const sigmoidArguments: StructLayout<SigmoidArguments> = {
  name: 'SigmoidArguments',
  fields: [
    { name: 'input', kind: 'address' },
    { name: 'output', kind: 'address' },
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

/** Values for GatherArguments of assembly/gather.ts. */
export interface GatherArguments {
  readonly input: Address;
  readonly output: Address;
  readonly value: number;
  readonly length: number;
  readonly count: number;
  readonly inner: number;
}

/** Field order of GatherArguments; each field takes 4 bytes. */
export const gatherArguments: StructLayout<GatherArguments> = {
  name: 'GatherArguments',
  fields: [
    { name: 'input', kind: 'address' },
    { name: 'output', kind: 'address' },
    { name: 'value', kind: 'float32' },
    { name: 'length', kind: 'int32' },
    { name: 'count', kind: 'int32' },
    { name: 'inner', kind: 'int32' },
  ],
};

/** Values for GatherPlace of assembly/gather.ts. */
export interface GatherPlace {
  readonly index: number;
}

/** Field order of GatherPlace; each field takes 4 bytes. */
export const gatherPlace: StructLayout<GatherPlace> = {
  name: 'GatherPlace',
  fields: [{ name: 'index', kind: 'int32' }],
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

/** Values for GroupedPointwiseArguments of assembly/groupedPointwise.ts. */
export interface GroupedPointwiseArguments {
  readonly input: Address;
  readonly weights: Address;
  readonly bias: Address;
  readonly slopes: Address;
  readonly residual: Address;
  readonly output: Address;
  readonly pixels: number;
  readonly groups: number;
  readonly depth: number;
  readonly groupOutputs: number;
  readonly inputStride: number;
  readonly outputStride: number;
  readonly activation: number;
}

/** Field order of GroupedPointwiseArguments; each field takes 4 bytes. */
export const groupedPointwiseArguments: StructLayout<GroupedPointwiseArguments> = {
  name: 'GroupedPointwiseArguments',
  fields: [
    { name: 'input', kind: 'address' },
    { name: 'weights', kind: 'address' },
    { name: 'bias', kind: 'address' },
    { name: 'slopes', kind: 'address' },
    { name: 'residual', kind: 'address' },
    { name: 'output', kind: 'address' },
    { name: 'pixels', kind: 'int32' },
    { name: 'groups', kind: 'int32' },
    { name: 'depth', kind: 'int32' },
    { name: 'groupOutputs', kind: 'int32' },
    { name: 'inputStride', kind: 'int32' },
    { name: 'outputStride', kind: 'int32' },
    { name: 'activation', kind: 'int32' },
  ],
};

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
export const innerProductsArguments: StructLayout<InnerProductsArguments> = {
  name: 'InnerProductsArguments',
  fields: [
    { name: 'matrix', kind: 'address' },
    { name: 'queries', kind: 'address' },
    { name: 'output', kind: 'address' },
    { name: 'rows', kind: 'int32' },
    { name: 'vectors', kind: 'int32' },
    { name: 'queryCount', kind: 'int32' },
  ],
};

/** Values for LayoutArguments of assembly/layout.ts. */
export interface LayoutArguments {
  readonly input: Address;
  readonly output: Address;
  readonly pixels: number;
  readonly channels: number;
  readonly blocks: number;
}

/** Field order of LayoutArguments; each field takes 4 bytes. */
export const layoutArguments: StructLayout<LayoutArguments> = {
  name: 'LayoutArguments',
  fields: [
    { name: 'input', kind: 'address' },
    { name: 'output', kind: 'address' },
    { name: 'pixels', kind: 'int32' },
    { name: 'channels', kind: 'int32' },
    { name: 'blocks', kind: 'int32' },
  ],
};

/** Values for MatMulArguments of assembly/matMul.ts. */
export interface MatMulArguments {
  readonly a: Address;
  readonly b: Address;
  readonly output: Address;
  readonly rows: number;
  readonly depth: number;
  readonly columns: number;
  readonly length1: number;
  readonly length2: number;
  readonly length3: number;
  readonly aStride0: number;
  readonly aStride1: number;
  readonly aStride2: number;
  readonly aStride3: number;
  readonly bStride0: number;
  readonly bStride1: number;
  readonly bStride2: number;
  readonly bStride3: number;
}

/** Field order of MatMulArguments; each field takes 4 bytes. */
export const matMulArguments: StructLayout<MatMulArguments> = {
  name: 'MatMulArguments',
  fields: [
    { name: 'a', kind: 'address' },
    { name: 'b', kind: 'address' },
    { name: 'output', kind: 'address' },
    { name: 'rows', kind: 'int32' },
    { name: 'depth', kind: 'int32' },
    { name: 'columns', kind: 'int32' },
    { name: 'length1', kind: 'int32' },
    { name: 'length2', kind: 'int32' },
    { name: 'length3', kind: 'int32' },
    { name: 'aStride0', kind: 'int32' },
    { name: 'aStride1', kind: 'int32' },
    { name: 'aStride2', kind: 'int32' },
    { name: 'aStride3', kind: 'int32' },
    { name: 'bStride0', kind: 'int32' },
    { name: 'bStride1', kind: 'int32' },
    { name: 'bStride2', kind: 'int32' },
    { name: 'bStride3', kind: 'int32' },
  ],
};

/** Values for PadArguments of assembly/pad.ts. */
export interface PadArguments {
  readonly input: Address;
  readonly output: Address;
  readonly constant: Address;
  readonly inputHeight: number;
  readonly inputWidth: number;
  readonly outputHeight: number;
  readonly outputWidth: number;
  readonly paddingTop: number;
  readonly paddingLeft: number;
  readonly blocks: number;
  readonly mode: number;
}

/** Field order of PadArguments; each field takes 4 bytes. */
export const padArguments: StructLayout<PadArguments> = {
  name: 'PadArguments',
  fields: [
    { name: 'input', kind: 'address' },
    { name: 'output', kind: 'address' },
    { name: 'constant', kind: 'address' },
    { name: 'inputHeight', kind: 'int32' },
    { name: 'inputWidth', kind: 'int32' },
    { name: 'outputHeight', kind: 'int32' },
    { name: 'outputWidth', kind: 'int32' },
    { name: 'paddingTop', kind: 'int32' },
    { name: 'paddingLeft', kind: 'int32' },
    { name: 'blocks', kind: 'int32' },
    { name: 'mode', kind: 'int32' },
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

/** Values for PoolArguments of assembly/pool.ts. */
export interface PoolArguments {
  readonly input: Address;
  readonly output: Address;
  readonly inputHeight: number;
  readonly inputWidth: number;
  readonly outputHeight: number;
  readonly outputWidth: number;
  readonly kernelHeight: number;
  readonly kernelWidth: number;
  readonly strideHeight: number;
  readonly strideWidth: number;
  readonly paddingTop: number;
  readonly paddingLeft: number;
  readonly countedHeight: number;
  readonly countedWidth: number;
  readonly countsPadding: number;
  readonly blocks: number;
}

/** Field order of PoolArguments; each field takes 4 bytes. */
export const poolArguments: StructLayout<PoolArguments> = {
  name: 'PoolArguments',
  fields: [
    { name: 'input', kind: 'address' },
    { name: 'output', kind: 'address' },
    { name: 'inputHeight', kind: 'int32' },
    { name: 'inputWidth', kind: 'int32' },
    { name: 'outputHeight', kind: 'int32' },
    { name: 'outputWidth', kind: 'int32' },
    { name: 'kernelHeight', kind: 'int32' },
    { name: 'kernelWidth', kind: 'int32' },
    { name: 'strideHeight', kind: 'int32' },
    { name: 'strideWidth', kind: 'int32' },
    { name: 'paddingTop', kind: 'int32' },
    { name: 'paddingLeft', kind: 'int32' },
    { name: 'countedHeight', kind: 'int32' },
    { name: 'countedWidth', kind: 'int32' },
    { name: 'countsPadding', kind: 'int32' },
    { name: 'blocks', kind: 'int32' },
  ],
};

/** Values for GlobalAveragePoolArguments of assembly/pool.ts. */
export interface GlobalAveragePoolArguments {
  readonly input: Address;
  readonly output: Address;
  readonly pixels: number;
  readonly blocks: number;
}

/** Field order of GlobalAveragePoolArguments; each field takes 4 bytes. */
export const globalAveragePoolArguments: StructLayout<GlobalAveragePoolArguments> = {
  name: 'GlobalAveragePoolArguments',
  fields: [
    { name: 'input', kind: 'address' },
    { name: 'output', kind: 'address' },
    { name: 'pixels', kind: 'int32' },
    { name: 'blocks', kind: 'int32' },
  ],
};

/** Values for QuantiseArguments of assembly/quantise.ts. */
export interface QuantiseArguments {
  readonly input: Address;
  readonly output: Address;
  readonly pixels: number;
  readonly channels: number;
  readonly blocks: number;
  readonly factor: number;
  readonly zeroPoint: number;
}

/** Field order of QuantiseArguments; each field takes 4 bytes. */
export const quantiseArguments: StructLayout<QuantiseArguments> = {
  name: 'QuantiseArguments',
  fields: [
    { name: 'input', kind: 'address' },
    { name: 'output', kind: 'address' },
    { name: 'pixels', kind: 'int32' },
    { name: 'channels', kind: 'int32' },
    { name: 'blocks', kind: 'int32' },
    { name: 'factor', kind: 'float32' },
    { name: 'zeroPoint', kind: 'int32' },
  ],
};

/** Values for ReduceArguments of assembly/reduce.ts. */
export interface ReduceArguments {
  readonly input: Address;
  readonly output: Address;
  readonly length1: number;
  readonly length2: number;
  readonly stride0: number;
  readonly stride1: number;
  readonly stride2: number;
  readonly reduced0: number;
  readonly reduced1: number;
  readonly reduced2: number;
  readonly step0: number;
  readonly step1: number;
  readonly step2: number;
  readonly operation: number;
}

/** Field order of ReduceArguments; each field takes 4 bytes. */
export const reduceArguments: StructLayout<ReduceArguments> = {
  name: 'ReduceArguments',
  fields: [
    { name: 'input', kind: 'address' },
    { name: 'output', kind: 'address' },
    { name: 'length1', kind: 'int32' },
    { name: 'length2', kind: 'int32' },
    { name: 'stride0', kind: 'int32' },
    { name: 'stride1', kind: 'int32' },
    { name: 'stride2', kind: 'int32' },
    { name: 'reduced0', kind: 'int32' },
    { name: 'reduced1', kind: 'int32' },
    { name: 'reduced2', kind: 'int32' },
    { name: 'step0', kind: 'int32' },
    { name: 'step1', kind: 'int32' },
    { name: 'step2', kind: 'int32' },
    { name: 'operation', kind: 'int32' },
  ],
};

/** Values for ResampleArguments of assembly/resample.ts. */
export interface ResampleArguments {
  readonly input: Address;
  readonly output: Address;
  readonly length: number;
  readonly outputs: number;
  readonly taps: number;
  readonly inner: number;
}

/** Field order of ResampleArguments; each field takes 4 bytes. */
export const resampleArguments: StructLayout<ResampleArguments> = {
  name: 'ResampleArguments',
  fields: [
    { name: 'input', kind: 'address' },
    { name: 'output', kind: 'address' },
    { name: 'length', kind: 'int32' },
    { name: 'outputs', kind: 'int32' },
    { name: 'taps', kind: 'int32' },
    { name: 'inner', kind: 'int32' },
  ],
};

/** Values for ResampleRow of assembly/resample.ts. */
export interface ResampleRow {
  readonly offset: number;
}

/** Field order of ResampleRow; each field takes 4 bytes. */
export const resampleRow: StructLayout<ResampleRow> = {
  name: 'ResampleRow',
  fields: [{ name: 'offset', kind: 'float32' }],
};

/** Values for ResampleTap of assembly/resample.ts. */
export interface ResampleTap {
  readonly index: number;
  readonly weight: number;
}

/** Field order of ResampleTap; each field takes 4 bytes. */
export const resampleTap: StructLayout<ResampleTap> = {
  name: 'ResampleTap',
  fields: [
    { name: 'index', kind: 'int32' },
    { name: 'weight', kind: 'float32' },
  ],
};

/** Values for ResizeArguments of assembly/resize.ts. */
export interface ResizeArguments {
  readonly input: Address;
  readonly output: Address;
  readonly inputHeight: number;
  readonly inputWidth: number;
  readonly outputHeight: number;
  readonly outputWidth: number;
  readonly blocks: number;
}

/** Field order of ResizeArguments; each field takes 4 bytes. */
export const resizeArguments: StructLayout<ResizeArguments> = {
  name: 'ResizeArguments',
  fields: [
    { name: 'input', kind: 'address' },
    { name: 'output', kind: 'address' },
    { name: 'inputHeight', kind: 'int32' },
    { name: 'inputWidth', kind: 'int32' },
    { name: 'outputHeight', kind: 'int32' },
    { name: 'outputWidth', kind: 'int32' },
    { name: 'blocks', kind: 'int32' },
  ],
};

/** Values for ResizeTap of assembly/resize.ts. */
export interface ResizeTap {
  readonly first: number;
  readonly second: number;
  readonly share: number;
}

/** Field order of ResizeTap; each field takes 4 bytes. */
export const resizeTap: StructLayout<ResizeTap> = {
  name: 'ResizeTap',
  fields: [
    { name: 'first', kind: 'int32' },
    { name: 'second', kind: 'int32' },
    { name: 'share', kind: 'float32' },
  ],
};

/** Values for ShrinkRowsArguments of assembly/shrink.ts. */
export interface ShrinkRowsArguments {
  readonly image: Address;
  readonly rowBytes: number;
  readonly width: number;
  readonly ramp: Address;
  readonly copies: Address;
  readonly copyCount: number;
}

/** Field order of ShrinkRowsArguments; each field takes 4 bytes. */
export const shrinkRowsArguments: StructLayout<ShrinkRowsArguments> = {
  name: 'ShrinkRowsArguments',
  fields: [
    { name: 'image', kind: 'address' },
    { name: 'rowBytes', kind: 'int32' },
    { name: 'width', kind: 'int32' },
    { name: 'ramp', kind: 'address' },
    { name: 'copies', kind: 'address' },
    { name: 'copyCount', kind: 'int32' },
  ],
};

/** Values for ShrinkCopyArguments of assembly/shrink.ts. */
export interface ShrinkCopyArguments {
  readonly outputs: number;
  readonly below: Address;
  readonly beyond: Address;
  readonly bends: Address;
  readonly factors: Address;
  readonly rows: Address;
}

/** Field order of ShrinkCopyArguments; each field takes 4 bytes. */
export const shrinkCopyArguments: StructLayout<ShrinkCopyArguments> = {
  name: 'ShrinkCopyArguments',
  fields: [
    { name: 'outputs', kind: 'int32' },
    { name: 'below', kind: 'address' },
    { name: 'beyond', kind: 'address' },
    { name: 'bends', kind: 'address' },
    { name: 'factors', kind: 'address' },
    { name: 'rows', kind: 'address' },
  ],
};

/** Values for ShrinkColumnsArguments of assembly/shrink.ts. */
export interface ShrinkColumnsArguments {
  readonly rows: Address;
  readonly output: Address;
  readonly rowBytes: number;
  readonly first: Address;
  readonly counts: Address;
  readonly weights: Address;
  readonly stride: number;
}

/** Field order of ShrinkColumnsArguments; each field takes 4 bytes. */
export const shrinkColumnsArguments: StructLayout<ShrinkColumnsArguments> = {
  name: 'ShrinkColumnsArguments',
  fields: [
    { name: 'rows', kind: 'address' },
    { name: 'output', kind: 'address' },
    { name: 'rowBytes', kind: 'int32' },
    { name: 'first', kind: 'address' },
    { name: 'counts', kind: 'address' },
    { name: 'weights', kind: 'address' },
    { name: 'stride', kind: 'int32' },
  ],
};

/** Values for SoftmaxArguments of assembly/softmax.ts. */
export interface SoftmaxArguments {
  readonly input: Address;
  readonly output: Address;
  readonly blocks: number;
  readonly tail: number;
}

/** Field order of SoftmaxArguments; each field takes 4 bytes. */
export const softmaxArguments: StructLayout<SoftmaxArguments> = {
  name: 'SoftmaxArguments',
  fields: [
    { name: 'input', kind: 'address' },
    { name: 'output', kind: 'address' },
    { name: 'blocks', kind: 'int32' },
    { name: 'tail', kind: 'int32' },
  ],
};

/** Values for SoftmaxAcrossArguments of assembly/softmax.ts. */
export interface SoftmaxAcrossArguments {
  readonly input: Address;
  readonly output: Address;
  readonly length: number;
  readonly inner: number;
  readonly blocks: number;
  readonly tail: number;
}

/** Field order of SoftmaxAcrossArguments; each field takes 4 bytes. */
export const softmaxAcrossArguments: StructLayout<SoftmaxAcrossArguments> = {
  name: 'SoftmaxAcrossArguments',
  fields: [
    { name: 'input', kind: 'address' },
    { name: 'output', kind: 'address' },
    { name: 'length', kind: 'int32' },
    { name: 'inner', kind: 'int32' },
    { name: 'blocks', kind: 'int32' },
    { name: 'tail', kind: 'int32' },
  ],
};

/** Values for StridedCopyArguments of assembly/stridedCopy.ts. */
export interface StridedCopyArguments {
  readonly input: Address;
  readonly output: Address;
  readonly length1: number;
  readonly length2: number;
  readonly length3: number;
  readonly length4: number;
  readonly length5: number;
  readonly stride0: number;
  readonly stride1: number;
  readonly stride2: number;
  readonly stride3: number;
  readonly stride4: number;
  readonly stride5: number;
}

/** Field order of StridedCopyArguments; each field takes 4 bytes. */
export const stridedCopyArguments: StructLayout<StridedCopyArguments> = {
  name: 'StridedCopyArguments',
  fields: [
    { name: 'input', kind: 'address' },
    { name: 'output', kind: 'address' },
    { name: 'length1', kind: 'int32' },
    { name: 'length2', kind: 'int32' },
    { name: 'length3', kind: 'int32' },
    { name: 'length4', kind: 'int32' },
    { name: 'length5', kind: 'int32' },
    { name: 'stride0', kind: 'int32' },
    { name: 'stride1', kind: 'int32' },
    { name: 'stride2', kind: 'int32' },
    { name: 'stride3', kind: 'int32' },
    { name: 'stride4', kind: 'int32' },
    { name: 'stride5', kind: 'int32' },
  ],
};

/** Values for UnaryArguments of assembly/unary.ts. */
export interface UnaryArguments {
  readonly input: Address;
  readonly output: Address;
  readonly alpha: number;
  readonly beta: number;
  readonly blocks: number;
  readonly tail: number;
  readonly operation: number;
}

/** Field order of UnaryArguments; each field takes 4 bytes. */
export const unaryArguments: StructLayout<UnaryArguments> = {
  name: 'UnaryArguments',
  fields: [
    { name: 'input', kind: 'address' },
    { name: 'output', kind: 'address' },
    { name: 'alpha', kind: 'float32' },
    { name: 'beta', kind: 'float32' },
    { name: 'blocks', kind: 'int32' },
    { name: 'tail', kind: 'int32' },
    { name: 'operation', kind: 'int32' },
  ],
};

/** Values for Winograd3x3Arguments of assembly/winograd3x3.ts. */
export interface Winograd3x3Arguments {
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
  readonly depth: number;
  readonly outputBlocks: number;
  readonly tiles: number;
  readonly activation: number;
}

/** Field order of Winograd3x3Arguments; each field takes 4 bytes. */
export const winograd3x3Arguments: StructLayout<Winograd3x3Arguments> = {
  name: 'Winograd3x3Arguments',
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
    { name: 'depth', kind: 'int32' },
    { name: 'outputBlocks', kind: 'int32' },
    { name: 'tiles', kind: 'int32' },
    { name: 'activation', kind: 'int32' },
  ],
};

/** Every struct, for the test of their offsets. */
export const structLayouts = [
  binaryArguments,
  channelShuffleArguments,
  conv3x3Arguments,
  convolutionArguments,
  convolutionInt8Arguments,
  convolutionTransposeArguments,
  copyRunsArguments,
  copyRunsSource,
  depthwiseArguments,
  depthwise3x3Arguments,
  depthwise3x3Int8Arguments,
  depthwiseInt8Arguments,
  dilatedPoolArguments,
  preluArguments,
  clipArguments,
  sigmoidArguments,
  affineArguments,
  addArguments,
  fullyConnectedArguments,
  gatherArguments,
  gatherPlace,
  globalDepthwiseArguments,
  groupedPointwiseArguments,
  innerProductsArguments,
  layoutArguments,
  matMulArguments,
  padArguments,
  pointwiseArguments,
  poolArguments,
  globalAveragePoolArguments,
  quantiseArguments,
  reduceArguments,
  resampleArguments,
  resampleRow,
  resampleTap,
  resizeArguments,
  resizeTap,
  shrinkRowsArguments,
  shrinkCopyArguments,
  shrinkColumnsArguments,
  softmaxArguments,
  softmaxAcrossArguments,
  stridedCopyArguments,
  unaryArguments,
  winograd3x3Arguments,
] as const;
