/** The whole ABI: one export line a kernel file. Each has the signature (arguments, begin, end). */
export { channelShuffle } from './channelShuffle';
export { conv3x3Stride1, conv3x3Stride2 } from './conv3x3';
export { convolution } from './convolution';
export { copyRuns } from './copyRuns';
export { depthwise } from './depthwise';
export { depthwise3x3Stride1, depthwise3x3Stride2 } from './depthwise3x3';
export { add, affine, clip, prelu, sigmoid } from './elementwise';
export { fullyConnected } from './fullyConnected';
export { globalDepthwise } from './globalDepthwise';
export { groupedPointwise4x8, groupedPointwise6x8 } from './groupedPointwise';
export { innerProducts } from './innerProducts';
export { permute, toNhwc, toRowMajor } from './layout';
export { pad } from './pad';
export { pointwise2x16, pointwise4x16, pointwise4x8, pointwise6x16, pointwise6x8 } from './pointwise';
export { averagePool, globalAveragePool, maxPool } from './pool';
export { resize } from './resize';
export { shrinkColumns, shrinkRows } from './shrink';
export { softmax, softmaxAcross } from './softmax';
