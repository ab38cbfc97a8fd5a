/** Argument structs of the kernels of the set `further`. Generated from assembly/ by `npm run generate`; do not edit. */
import { type Address, structLayout } from './struct.js';

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
export const binaryArguments = structLayout<BinaryArguments>(
  'usize a b output i32 height width blocks tail aImage aRow aPixel aSplat bImage bRow bPixel bSplat operation',
);

/** Values for ChannelShuffleArguments of assembly/channelShuffle.ts. */
export interface ChannelShuffleArguments {
  readonly input: Address;
  readonly output: Address;
  readonly groups: number;
  readonly groupChannels: number;
  readonly stride: number;
}

/** Field order of ChannelShuffleArguments; each field takes 4 bytes. */
export const channelShuffleArguments = structLayout<ChannelShuffleArguments>(
  'usize input output i32 groups groupChannels stride',
);

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
export const convolutionArguments = structLayout<ConvolutionArguments>(
  'usize input weights bias slopes residual output zeros scratch i32 inputHeight inputWidth outputHeight outputWidth kernelHeight kernelWidth strideHeight strideWidth dilationHeight dilationWidth paddingTop paddingLeft groups depth groupOutputs inputStride outputStride activation',
);

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
  readonly blockPixels: number;
  readonly groups: number;
  readonly tapChannels: number;
  readonly panels: number;
}

/** Field order of ConvolutionInt8Arguments; each field takes 4 bytes. */
export const convolutionInt8Arguments = structLayout<ConvolutionInt8Arguments>(
  'usize input weights parameters constants residual output scratch i32 inputHeight inputWidth outputHeight outputWidth kernelHeight kernelWidth strideHeight strideWidth dilationHeight dilationWidth paddingTop paddingLeft inputStride outputStride pixels blockPixels groups tapChannels panels',
);

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
export const convolutionTransposeArguments = structLayout<ConvolutionTransposeArguments>(
  'usize input weights bias output zeros scratch i32 inputHeight inputWidth outputHeight outputWidth kernelHeight kernelWidth strideHeight strideWidth dilationHeight dilationWidth paddingTop paddingLeft groups depth groupOutputs inputStride outputStride',
);

/** Values for CopyRunsArguments of assembly/copyRuns.ts. */
export interface CopyRunsArguments {
  readonly output: Address;
  readonly count: number;
  readonly padding: number;
  readonly outputStride: number;
}

/** Field order of CopyRunsArguments; each field takes 4 bytes. */
export const copyRunsArguments = structLayout<CopyRunsArguments>('usize output i32 count padding outputStride');

/** Values for CopyRunsSource of assembly/copyRuns.ts. */
export interface CopyRunsSource {
  readonly input: Address;
  readonly length: number;
  readonly stride: number;
}

/** Field order of CopyRunsSource; each field takes 4 bytes. */
export const copyRunsSource = structLayout<CopyRunsSource>('usize input i32 length stride');

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
export const depthwise3x3Int8Arguments = structLayout<Depthwise3x3Int8Arguments>(
  'usize input weights parameters constants residual output i32 inputHeight inputWidth outputHeight outputWidth paddingTop paddingLeft blocks',
);

/** Values for Depthwise3x3NarrowArguments of assembly/depthwise3x3Narrow.ts. */
export interface Depthwise3x3NarrowArguments {
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

/** Field order of Depthwise3x3NarrowArguments; each field takes 4 bytes. */
export const depthwise3x3NarrowArguments = structLayout<Depthwise3x3NarrowArguments>(
  'usize input weights parameters constants residual output i32 inputHeight inputWidth outputHeight outputWidth paddingTop paddingLeft blocks',
);

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
export const depthwiseInt8Arguments = structLayout<DepthwiseInt8Arguments>(
  'usize input weights parameters constants residual output i32 inputHeight inputWidth outputHeight outputWidth kernelHeight kernelWidth strideHeight strideWidth dilationHeight dilationWidth paddingTop paddingLeft blocks',
);

/** Values for DequantisedConvolutionArguments of assembly/dequantisedConvolution.ts. */
export interface DequantisedConvolutionArguments {
  readonly input: Address;
  readonly weights: Address;
  readonly parameters: Address;
  readonly padding: Address;
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
  readonly inputStride: number;
  readonly outputStride: number;
  readonly pixels: number;
  readonly tapChannels: number;
  readonly groupPanels: number;
  readonly panels: number;
  readonly activation: number;
}

/** Field order of DequantisedConvolutionArguments; each field takes 4 bytes. */
export const dequantisedConvolutionArguments = structLayout<DequantisedConvolutionArguments>(
  'usize input weights parameters padding output i32 inputHeight inputWidth outputHeight outputWidth kernelHeight kernelWidth strideHeight strideWidth dilationHeight dilationWidth paddingTop paddingLeft inputStride outputStride pixels tapChannels groupPanels panels activation',
);

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
export const dilatedPoolArguments = structLayout<DilatedPoolArguments>(
  'usize input output i32 inputHeight inputWidth outputHeight outputWidth kernelHeight kernelWidth strideHeight strideWidth dilationHeight dilationWidth paddingTop paddingLeft takesMean countsPadding countedHeight countedWidth blocks',
);

/** Values for AdditionInt8Arguments of assembly/elementwiseInt8.ts. */
export interface AdditionInt8Arguments {
  readonly a: Address;
  readonly b: Address;
  readonly output: Address;
  readonly multiplierA: number;
  readonly multiplierB: number;
  readonly shift: number;
  readonly offset: number;
  readonly least: number;
  readonly most: number;
}

/** Field order of AdditionInt8Arguments; each field takes 4 bytes. */
export const additionInt8Arguments = structLayout<AdditionInt8Arguments>(
  'usize a b output i32 multiplierA multiplierB shift offset least most',
);

/** Values for RequantiseInt8Arguments of assembly/elementwiseInt8.ts. */
export interface RequantiseInt8Arguments {
  readonly input: Address;
  readonly output: Address;
  readonly negatives: Address;
  readonly multiplier: number;
  readonly inputZeroPoint: number;
  readonly shift: number;
  readonly offset: number;
  readonly least: number;
  readonly most: number;
  readonly blocks: number;
}

/** Field order of RequantiseInt8Arguments; each field takes 4 bytes. */
export const requantiseInt8Arguments = structLayout<RequantiseInt8Arguments>(
  'usize input output negatives i32 multiplier inputZeroPoint shift offset least most blocks',
);

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
export const gatherArguments = structLayout<GatherArguments>('usize input output f32 value i32 length count inner');

/** Values for GatherPlace of assembly/gather.ts. */
export interface GatherPlace {
  readonly index: number;
}

/** Field order of GatherPlace; each field takes 4 bytes. */
export const gatherPlace = structLayout<GatherPlace>('i32 index');

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
export const groupedPointwiseArguments = structLayout<GroupedPointwiseArguments>(
  'usize input weights bias slopes residual output i32 pixels groups depth groupOutputs inputStride outputStride activation',
);

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
export const matMulArguments = structLayout<MatMulArguments>(
  'usize a b output i32 rows depth columns length1 length2 length3 aStride0 aStride1 aStride2 aStride3 bStride0 bStride1 bStride2 bStride3',
);

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
export const padArguments = structLayout<PadArguments>(
  'usize input output constant i32 inputHeight inputWidth outputHeight outputWidth paddingTop paddingLeft blocks mode',
);

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
export const poolArguments = structLayout<PoolArguments>(
  'usize input output i32 inputHeight inputWidth outputHeight outputWidth kernelHeight kernelWidth strideHeight strideWidth paddingTop paddingLeft countedHeight countedWidth countsPadding blocks',
);

/** Values for PoolInt8Arguments of assembly/poolInt8.ts. */
export interface PoolInt8Arguments {
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
  readonly blocks: number;
  readonly countedHeight: number;
  readonly countedWidth: number;
  readonly countsPadding: number;
  readonly inputZeroPoint: number;
  readonly outputZeroPoint: number;
  readonly multiplier: number;
  readonly shift: number;
}

/** Field order of PoolInt8Arguments; each field takes 4 bytes. */
export const poolInt8Arguments = structLayout<PoolInt8Arguments>(
  'usize input output i32 inputHeight inputWidth outputHeight outputWidth kernelHeight kernelWidth strideHeight strideWidth dilationHeight dilationWidth paddingTop paddingLeft blocks countedHeight countedWidth countsPadding inputZeroPoint outputZeroPoint multiplier shift',
);

/** Values for QuantiseArguments of assembly/quantise.ts. */
export interface QuantiseArguments {
  readonly input: Address;
  readonly output: Address;
  readonly pixels: number;
  readonly channels: number;
  readonly blocks: number;
  readonly factor: number;
  readonly zeroPoint: number;
  readonly least: number;
}

/** Field order of QuantiseArguments; each field takes 4 bytes. */
export const quantiseArguments = structLayout<QuantiseArguments>(
  'usize input output i32 pixels channels blocks f32 factor i32 zeroPoint least',
);

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
export const reduceArguments = structLayout<ReduceArguments>(
  'usize input output i32 length1 length2 stride0 stride1 stride2 reduced0 reduced1 reduced2 step0 step1 step2 operation',
);

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
export const resampleArguments = structLayout<ResampleArguments>('usize input output i32 length outputs taps inner');

/** Values for ResampleRow of assembly/resample.ts. */
export interface ResampleRow {
  readonly offset: number;
}

/** Field order of ResampleRow; each field takes 4 bytes. */
export const resampleRow = structLayout<ResampleRow>('f32 offset');

/** Values for ResampleTap of assembly/resample.ts. */
export interface ResampleTap {
  readonly index: number;
  readonly weight: number;
}

/** Field order of ResampleTap; each field takes 4 bytes. */
export const resampleTap = structLayout<ResampleTap>('i32 index f32 weight');

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
export const resizeArguments = structLayout<ResizeArguments>(
  'usize input output i32 inputHeight inputWidth outputHeight outputWidth blocks',
);

/** Values for ResizeTap of assembly/resize.ts. */
export interface ResizeTap {
  readonly first: number;
  readonly second: number;
  readonly share: number;
}

/** Field order of ResizeTap; each field takes 4 bytes. */
export const resizeTap = structLayout<ResizeTap>('i32 first second f32 share');

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
export const shrinkRowsArguments = structLayout<ShrinkRowsArguments>(
  'usize image i32 rowBytes width usize ramp copies i32 copyCount',
);

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
export const shrinkCopyArguments = structLayout<ShrinkCopyArguments>(
  'i32 outputs usize below beyond bends factors rows',
);

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
export const shrinkColumnsArguments = structLayout<ShrinkColumnsArguments>(
  'usize rows output i32 rowBytes usize first counts weights i32 stride',
);

/** Values for SoftmaxArguments of assembly/softmax.ts. */
export interface SoftmaxArguments {
  readonly input: Address;
  readonly output: Address;
  readonly blocks: number;
  readonly tail: number;
}

/** Field order of SoftmaxArguments; each field takes 4 bytes. */
export const softmaxArguments = structLayout<SoftmaxArguments>('usize input output i32 blocks tail');

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
export const softmaxAcrossArguments = structLayout<SoftmaxAcrossArguments>(
  'usize input output i32 length inner blocks tail',
);

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
export const stridedCopyArguments = structLayout<StridedCopyArguments>(
  'usize input output i32 length1 length2 length3 length4 length5 stride0 stride1 stride2 stride3 stride4 stride5',
);

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
export const unaryArguments = structLayout<UnaryArguments>(
  'usize input output f32 alpha beta i32 blocks tail operation',
);

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
export const winograd3x3Arguments = structLayout<Winograd3x3Arguments>(
  'usize input weights bias slopes residual output scratch i32 inputHeight inputWidth outputHeight outputWidth paddingTop paddingLeft depth outputBlocks tiles activation',
);
