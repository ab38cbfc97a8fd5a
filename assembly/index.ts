/** The whole ABI: one export line a kernel file. Each has the signature (arguments, begin, end). */
export { add, affine, clip, prelu } from './elementwise';
export { conv3x3Stride1, conv3x3Stride2 } from './conv3x3';
export { convolution } from './convolution';
export { depthwise3x3Stride1, depthwise3x3Stride2 } from './depthwise3x3';
export { fullyConnected } from './fullyConnected';
export { globalDepthwise } from './globalDepthwise';
export { pointwise2x16, pointwise4x16, pointwise4x8, pointwise6x16, pointwise6x8 } from './pointwise';
