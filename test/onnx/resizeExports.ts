/** Resizes of images and along one axis, as ONNX nodes. */
import type { Node } from '../../src/graph/types.js';
import type { RESAMPLE_COORDINATES } from '../../src/ops/resample.js';
import type { NEAREST_ROUNDINGS, RESIZE_COORDINATES, RESIZE_MODES } from '../../src/ops/resize.js';
import { type ExportContext, float, integer, type Step, text } from './exportStep.js';

const MODES: Readonly<Record<(typeof RESIZE_MODES)[number], string>> = { nearest: 'nearest', bilinear: 'linear' };
const COORDINATES: Readonly<Record<(typeof RESIZE_COORDINATES)[number], string>> = {
  halfPixel: 'half_pixel',
  asymmetric: 'asymmetric',
  alignCorners: 'align_corners',
};
const ROUNDINGS: Readonly<Record<(typeof NEAREST_ROUNDINGS)[number], string>> = {
  floor: 'floor',
  ceil: 'ceil',
  halfDown: 'round_prefer_floor',
  halfUp: 'round_prefer_ceil',
};

export function resizeSteps(node: Node<'resize'>, context: ExportContext): Step[] {
  const { mode, coordinates, rounding = 'floor', size, scale } = node.attributes;
  const batchAndChannels = context.shapeOf(node.inputs[0]!).slice(0, 2);
  const lengths = size
    ? ['', '', context.integers([...batchAndChannels, ...size])]
    : ['', context.floats([4], [1, 1, ...scale!])];
  const attributes = { mode: text(MODES[mode]), coordinate_transformation_mode: text(COORDINATES[coordinates]) };
  const nearest = mode === 'nearest' ? { nearest_mode: text(ROUNDINGS[rounding]) } : {};
  return [{ opType: 'Resize', others: lengths, attributes: { ...attributes, ...nearest } }];
}

const ALL_COORDINATES: Readonly<Record<(typeof RESAMPLE_COORDINATES)[number], string>> = {
  ...COORDINATES,
  pytorchHalfPixel: 'pytorch_half_pixel',
  tfHalfPixel: 'tf_half_pixel_for_nn',
  symmetric: 'half_pixel_symmetric',
  region: 'tf_crop_and_resize',
};

/** Sizes where they give the scale, or the scale does not give the size; else scales. One of a region has both ends of the axis in its list. */
export function resampleSteps(node: Node<'resample'>, context: ExportContext): Step[] {
  const { axis, mode, coordinates, rounding = 'floor', size, antialias, excludeOutside } = node.attributes;
  const {
    scale: [scale],
    coefficient = 0,
    region = [0, 1],
    beyond = 0,
  } = node.attributes;
  const shape = context.shapeOf(node.inputs[0]!);
  const ones = shape.map(() => 1);
  const zeros = shape.map(() => 0);
  const roi =
    coordinates === 'region'
      ? context.floats([2 * shape.length], [...zeros.with(axis, region[0]), ...ones.with(axis, region[1])])
      : '';
  const isSized = scale === size / shape[axis]!;
  const isExact = Math.floor(Math.fround(shape[axis]! * Math.fround(scale))) === size;
  const lengths =
    isSized || !isExact
      ? [roi, '', context.integers(shape.with(axis, size))]
      : [roi, context.floats([shape.length], ones.with(axis, scale))];
  const weights = { antialias: integer(antialias ? 1 : 0), exclude_outside: integer(excludeOutside ? 1 : 0) };
  return [
    {
      opType: 'Resize',
      others: lengths,
      attributes: {
        mode: text(mode),
        coordinate_transformation_mode: text(ALL_COORDINATES[coordinates]),
        ...(mode === 'nearest' ? { nearest_mode: text(ROUNDINGS[rounding]) } : weights),
        ...(mode === 'cubic' ? { cubic_coeff_a: float(coefficient) } : {}),
        ...(coordinates === 'region' ? { extrapolation_value: float(beyond) } : {}),
      },
    },
  ];
}
