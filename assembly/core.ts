/** The kernels of the set `core`: what embedding networks run. Each has the signature (arguments, begin, end). */
export { conv3x3Stride1, conv3x3Stride2 } from './conv3x3';
export { depthwise } from './depthwise';
export { depthwise3x3Stride1, depthwise3x3Stride2 } from './depthwise3x3';
export { depthwise3x3Stride1Tiles, depthwise3x3Stride2Tiles } from './depthwise3x3Tiles';
export { add, affine, clip, prelu, sigmoid } from './elementwise';
export { fullyConnected } from './fullyConnected';
export { globalAveragePool } from './globalAveragePool';
export { globalDepthwise } from './globalDepthwise';
export { innerProducts } from './innerProducts';
export { toNhwc, toRowMajor } from './layout';
export { pointwise4x8, pointwise6x16, pointwise6x8 } from './pointwise';
