/** Interp: an image resized by scale or to a size. */
import type { LayerImporter } from '../layerImporter.js';
import { integerParameter, LARGEST_COUNT, numberParameter, refuseParameter } from '../parameters.js';
import type { ParamLayer } from '../parseParam.js';
import { LARGEST_SIDE } from './window.js';

const NEAREST = 1;
const BILINEAR = 2;
const TYPES = ['0', 'nearest', 'bilinear', 'bicubic'];

function givenSize(layer: ParamLayer): readonly [number, number] | undefined {
  const side = (key: number) => integerParameter(layer, key, 0, 0, LARGEST_SIDE);
  const size = [side(3), side(4)] as const;
  if (size.every((length) => length === 0)) return undefined;
  if (size.some((length) => length === 0)) refuseParameter(layer, size[0] === 0 ? 3 : 4, 'both sides, or neither');
  return size;
}

function givenScale(layer: ParamLayer): readonly [number, number] {
  return [1, 2].map((key) => {
    const scale = numberParameter(layer, key, 1);
    return scale > 0 && scale <= LARGEST_SIDE
      ? scale
      : refuseParameter(layer, key, `a scale of at most ${LARGEST_SIDE}`);
  }) as [number, number];
}

/**
 * Nearest (parameter 0 is 1) or bilinear (2). ncnn's bilinear steps follow from both lengths, its nearest steps from the
 * scale: a bilinear scale that does not give whole lengths is taken for the model's own input size.
 */
export const interp: LayerImporter = {
  type: 'Interp',
  parameters: [0, 1, 2, 3, 4, 5, 6],
  inputs: [1, 2],
  outputs: [1, 1],
  unsupported(layer) {
    if (layer.inputs.length > 1 || integerParameter(layer, 5, 0, 0, 1) !== 0) return 'a size from a blob';
    const type = integerParameter(layer, 0, 0, 0, LARGEST_COUNT);
    return type === NEAREST || type === BILINEAR ? undefined : `resize_type ${TYPES[type] ?? type}`;
  },
  inputChannels: () => 'passes',
  import(layer, builder) {
    const value = builder.value(layer);
    const [, , height = 1, width = 1] = builder.shape(value);
    const size = givenSize(layer);
    const scale = givenScale(layer);
    const target = [Math.floor(height * scale[0]), Math.floor(width * scale[1])];
    const whole = target[0] === height * scale[0] && target[1] === width * scale[1];
    if (integerParameter(layer, 0, 0, 0, LARGEST_COUNT) === NEAREST) {
      const way = { mode: 'nearest', coordinates: 'asymmetric', rounding: 'floor' };
      builder.node(layer, 'resize', [value], size ? { ...way, size } : { ...way, scale });
      return;
    }
    const coordinates = integerParameter(layer, 6, 0, 0, 1) === 1 ? 'alignCorners' : 'halfPixel';
    const way = { mode: 'bilinear', coordinates };
    const lengths = size ?? (whole ? undefined : target);
    builder.node(layer, 'resize', [value], lengths ? { ...way, size: lengths } : { ...way, scale });
  },
};
