/** Resizes of images and along one axis, as ONNX nodes. */
import type { Node } from '../../graph/types.js';
import { readAxis } from '../../ops/axis.js';
import { type ResampleAttributes, resampleAttributes } from '../../ops/resample.js';
import { type ResizeAttributes, resizeAttributes } from '../../ops/resize.js';
import { type ExportContext, float, integer, type Step, text } from './exportStep.js';

const MODES: Readonly<Record<ResizeAttributes['mode'], string>> = { nearest: 'nearest', bilinear: 'linear' };
const COORDINATES: Readonly<Record<ResizeAttributes['coordinates'], string>> = {
  halfPixel: 'half_pixel',
  asymmetric: 'asymmetric',
  alignCorners: 'align_corners',
};
const ROUNDINGS: Readonly<Record<ResizeAttributes['rounding'], string>> = {
  floor: 'floor',
  ceil: 'ceil',
  halfDown: 'round_prefer_floor',
  halfUp: 'round_prefer_ceil',
};

export function resizeSteps(node: Node, context: ExportContext): Step[] {
  const { mode, coordinates, rounding, size, scale } = resizeAttributes(node);
  const batchAndChannels = context.shapeOf(node.inputs[0]!).slice(0, 2);
  const lengths = size
    ? ['', '', context.integers([...batchAndChannels, ...size])]
    : ['', context.floats([4], [1, 1, ...scale!])];
  const attributes = { mode: text(MODES[mode]), coordinate_transformation_mode: text(COORDINATES[coordinates]) };
  const nearest = mode === 'nearest' ? { nearest_mode: text(ROUNDINGS[rounding]) } : {};
  return [{ opType: 'Resize', others: lengths, attributes: { ...attributes, ...nearest } }];
}

const RESAMPLE_COORDINATES: Readonly<Record<ResampleAttributes['coordinates'], string>> = {
  ...COORDINATES,
  pytorchHalfPixel: 'pytorch_half_pixel',
  tfHalfPixel: 'tf_half_pixel_for_nn',
  symmetric: 'half_pixel_symmetric',
  region: 'tf_crop_and_resize',
};

/** Sizes where they give the scale, or the scale does not give the size; else scales. One of a region has both ends of the axis in its list. */
export function resampleSteps(node: Node, context: ExportContext): Step[] {
  const attributes = resampleAttributes(node);
  const { mode, coordinates, rounding, size, scale, coefficient, antialias, excludeOutside, region } = attributes;
  const shape = context.shapeOf(node.inputs[0]!);
  const axis = readAxis(node);
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
        coordinate_transformation_mode: text(RESAMPLE_COORDINATES[coordinates]),
        ...(mode === 'nearest' ? { nearest_mode: text(ROUNDINGS[rounding]) } : weights),
        ...(mode === 'cubic' ? { cubic_coeff_a: float(coefficient) } : {}),
        ...(coordinates === 'region' ? { extrapolation_value: float(attributes.beyond) } : {}),
      },
    },
  ];
}
