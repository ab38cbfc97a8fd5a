/** Argument structs of the kernels of the set `further`. Generated from assembly/ by `npm run generate`; do not edit. */
import { structLayout } from './struct.js';

/** BinaryArguments of assembly/binary.ts. */
export const binaryArguments = structLayout(
  'usize a b output i32 height width blocks tail aImage aRow aPixel aSplat bImage bRow bPixel bSplat operation',
);

/** ChannelShuffleArguments of assembly/channelShuffle.ts. */
export const channelShuffleArguments = structLayout('usize input output i32 groups groupChannels stride');

/** ConvolutionArguments of assembly/convolution.ts. */
export const convolutionArguments = structLayout(
  'usize input weights bias slopes residual output zeros scratch i32 inputHeight inputWidth outputHeight outputWidth kernelHeight kernelWidth strideHeight strideWidth dilationHeight dilationWidth paddingTop paddingLeft groups depth groupOutputs inputStride outputStride activation',
);

/** ConvolutionInt8Arguments of assembly/convolutionInt8.ts. */
export const convolutionInt8Arguments = structLayout(
  'usize input weights parameters constants residual output scratch i32 inputHeight inputWidth outputHeight outputWidth kernelHeight kernelWidth strideHeight strideWidth dilationHeight dilationWidth paddingTop paddingLeft inputStride outputStride pixels blockPixels groups tapChannels panels',
);

/** ConvolutionTransposeArguments of assembly/convolutionTranspose.ts. */
export const convolutionTransposeArguments = structLayout(
  'usize input weights bias output zeros scratch i32 inputHeight inputWidth outputHeight outputWidth kernelHeight kernelWidth strideHeight strideWidth dilationHeight dilationWidth paddingTop paddingLeft groups depth groupOutputs inputStride outputStride',
);

/** CopyRunsArguments of assembly/copyRuns.ts. */
export const copyRunsArguments = structLayout('usize output i32 count padding outputStride');

/** CopyRunsSource of assembly/copyRuns.ts. */
export const copyRunsSource = structLayout('usize input i32 length stride');

/** Depthwise3x3Int8Arguments of assembly/depthwise3x3Int8.ts. */
export const depthwise3x3Int8Arguments = structLayout(
  'usize input weights parameters constants residual output i32 inputHeight inputWidth outputHeight outputWidth paddingTop paddingLeft blocks',
);

/** Depthwise3x3NarrowArguments of assembly/depthwise3x3Narrow.ts. */
export const depthwise3x3NarrowArguments = structLayout(
  'usize input weights parameters constants residual output i32 inputHeight inputWidth outputHeight outputWidth paddingTop paddingLeft blocks',
);

/** DepthwiseInt8Arguments of assembly/depthwiseInt8.ts. */
export const depthwiseInt8Arguments = structLayout(
  'usize input weights parameters constants residual output i32 inputHeight inputWidth outputHeight outputWidth kernelHeight kernelWidth strideHeight strideWidth dilationHeight dilationWidth paddingTop paddingLeft blocks',
);

/** DequantisedConvolutionArguments of assembly/dequantisedConvolution.ts. */
export const dequantisedConvolutionArguments = structLayout(
  'usize input weights parameters padding output i32 inputHeight inputWidth outputHeight outputWidth kernelHeight kernelWidth strideHeight strideWidth dilationHeight dilationWidth paddingTop paddingLeft inputStride outputStride pixels tapChannels groupPanels panels activation',
);

/** DilatedPoolArguments of assembly/dilatedPool.ts. */
export const dilatedPoolArguments = structLayout(
  'usize input output i32 inputHeight inputWidth outputHeight outputWidth kernelHeight kernelWidth strideHeight strideWidth dilationHeight dilationWidth paddingTop paddingLeft takesMean countsPadding countedHeight countedWidth blocks',
);

/** AdditionInt8Arguments of assembly/elementwiseInt8.ts. */
export const additionInt8Arguments = structLayout(
  'usize a b output i32 multiplierA multiplierB shift offset least most',
);

/** RequantiseInt8Arguments of assembly/elementwiseInt8.ts. */
export const requantiseInt8Arguments = structLayout(
  'usize input output negatives i32 multiplier inputZeroPoint shift offset least most blocks',
);

/** GatherArguments of assembly/gather.ts. */
export const gatherArguments = structLayout('usize input output f32 value i32 length count inner');

/** GatherPlace of assembly/gather.ts. */
export const gatherPlace = structLayout('i32 index');

/** GroupedPointwiseArguments of assembly/groupedPointwise.ts. */
export const groupedPointwiseArguments = structLayout(
  'usize input weights bias slopes residual output i32 pixels groups depth groupOutputs inputStride outputStride activation',
);

/** MatMulArguments of assembly/matMul.ts. */
export const matMulArguments = structLayout(
  'usize a b output i32 rows depth columns length1 length2 length3 aStride0 aStride1 aStride2 aStride3 bStride0 bStride1 bStride2 bStride3',
);

/** PadArguments of assembly/pad.ts. */
export const padArguments = structLayout(
  'usize input output constant i32 inputHeight inputWidth outputHeight outputWidth paddingTop paddingLeft blocks mode',
);

/** PoolArguments of assembly/pool.ts. */
export const poolArguments = structLayout(
  'usize input output i32 inputHeight inputWidth outputHeight outputWidth kernelHeight kernelWidth strideHeight strideWidth paddingTop paddingLeft countedHeight countedWidth countsPadding blocks',
);

/** PoolInt8Arguments of assembly/poolInt8.ts. */
export const poolInt8Arguments = structLayout(
  'usize input output i32 inputHeight inputWidth outputHeight outputWidth kernelHeight kernelWidth strideHeight strideWidth dilationHeight dilationWidth paddingTop paddingLeft blocks countedHeight countedWidth countsPadding inputZeroPoint outputZeroPoint multiplier shift',
);

/** QuantiseArguments of assembly/quantise.ts. */
export const quantiseArguments = structLayout(
  'usize input output i32 pixels channels blocks f32 factor i32 zeroPoint least',
);

/** ReduceArguments of assembly/reduce.ts. */
export const reduceArguments = structLayout(
  'usize input output i32 length1 length2 stride0 stride1 stride2 reduced0 reduced1 reduced2 step0 step1 step2 operation',
);

/** ResampleArguments of assembly/resample.ts. */
export const resampleArguments = structLayout('usize input output i32 length outputs taps inner');

/** ResampleRow of assembly/resample.ts. */
export const resampleRow = structLayout('f32 offset');

/** ResampleTap of assembly/resample.ts. */
export const resampleTap = structLayout('i32 index f32 weight');

/** ResizeArguments of assembly/resize.ts. */
export const resizeArguments = structLayout(
  'usize input output i32 inputHeight inputWidth outputHeight outputWidth blocks',
);

/** ResizeTap of assembly/resize.ts. */
export const resizeTap = structLayout('i32 first second f32 share');

/** ShrinkRowsArguments of assembly/shrink.ts. */
export const shrinkRowsArguments = structLayout('usize image i32 rowBytes width usize ramp copies i32 copyCount');

/** ShrinkCopyArguments of assembly/shrink.ts. */
export const shrinkCopyArguments = structLayout('i32 outputs usize below beyond bends factors rows');

/** ShrinkColumnsArguments of assembly/shrink.ts. */
export const shrinkColumnsArguments = structLayout(
  'usize rows output i32 rowBytes usize first counts weights i32 stride',
);

/** SoftmaxArguments of assembly/softmax.ts. */
export const softmaxArguments = structLayout('usize input output i32 blocks tail');

/** SoftmaxAcrossArguments of assembly/softmax.ts. */
export const softmaxAcrossArguments = structLayout('usize input output i32 length inner blocks tail');

/** StridedCopyArguments of assembly/stridedCopy.ts. */
export const stridedCopyArguments = structLayout(
  'usize input output i32 length1 length2 length3 length4 length5 stride0 stride1 stride2 stride3 stride4 stride5',
);

/** UnaryArguments of assembly/unary.ts. */
export const unaryArguments = structLayout('usize input output f32 alpha beta i32 blocks tail operation');

/** Winograd3x3Arguments of assembly/winograd3x3.ts. */
export const winograd3x3Arguments = structLayout(
  'usize input weights bias slopes residual output scratch i32 inputHeight inputWidth outputHeight outputWidth paddingTop paddingLeft depth outputBlocks tiles activation',
);

/** Byte offsets in a block of assembly/dequantisedConvolution.ts. */
export const dequantisedParameters = { units: 32, biases: 64, slopes: 96, parameters: 128 } as const;

/** Byte offsets in a block of assembly/requantise.ts. */
export const panelParameters = { lifts: 32, positive: 48, difference: 64, parameters: 80 } as const;

/** Byte offsets in a block of assembly/requantise.ts. */
export const layerConstants = {
  finish: 0,
  least: 16,
  most: 32,
  residualZeroPoint: 48,
  residualMultiplier: 64,
  padding: 80,
} as const;
