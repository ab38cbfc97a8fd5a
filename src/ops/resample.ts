/** Values resampled along one axis: nearest place, linear or cubic, with every way to place outputs that ONNX knows. */

import { referenceTensor } from '../tensor/tensor.js';
import { type AttributesOf, flag, integer, number, numbers, only, word } from './attributes.js';
import { AXIS, axisOf, axisStrides } from './axis.js';
import { operator, refuseShape } from './operator.js';
import { LARGEST_RESIZED, NEAREST_ROUNDINGS, nearestPlace } from './resize.js';

export const RESAMPLE_MODES = ['nearest', 'linear', 'cubic'] as const;

/** The modes that weigh places. */
const WEIGHTED = ['linear', 'cubic'];

/**
 * Where output i lies in the input of length n, the outputs being m: `halfPixel` (i + ½) / scale − ½; `asymmetric`
 * i / scale; `alignCorners` i · (n − 1) / (m − 1); `pytorchHalfPixel` as halfPixel, 0 for one output; `tfHalfPixel`
 * (i + ½) / scale; `symmetric` as halfPixel around the middle of both; `region` between two shares of n − 1.
 */
export const RESAMPLE_COORDINATES = [
  'halfPixel',
  'asymmetric',
  'alignCorners',
  'pytorchHalfPixel',
  'tfHalfPixel',
  'symmetric',
  'region',
] as const;

const ATTRIBUTES = {
  axis: AXIS,
  mode: word(RESAMPLE_MODES, 'how an output is made of the places around it'),
  coordinates: word(RESAMPLE_COORDINATES, 'where outputs lie in the input'),
  size: integer(1, LARGEST_RESIZED, "places along the output's axis"),
  scale: numbers(1, [2 ** -20, 2 ** 20], 'output length / input length as coordinates take it'),
  rounding: only('mode', ['nearest'], word(NEAREST_ROUNDINGS, 'which place is the nearest')),
  antialias: only('mode', WEIGHTED, flag('whether weights grow as wide as what is between two outputs')),
  excludeOutside: only('mode', WEIGHTED, flag('whether places outside count nothing, or else as the edge')),
  coefficient: only('mode', ['cubic'], number("the cubic's coefficient (Keys 1981)")),
  region: only('coordinates', ['region'], numbers(2, [-1024, 1024], 'first and last output as shares of the axis')),
  beyond: only('coordinates', ['region'], number('what stands at outputs beyond the input')),
};

type ResampleAttributes = AttributesOf<typeof ATTRIBUTES>;

/** Weights of all outputs: more are refused before a table is made of them. */
const MOST_TAPS = 1 << 17;

function positionOf(index: number, length: number, attributes: ResampleAttributes): number {
  const {
    coordinates,
    size,
    scale: [scale],
    region = [0, 1],
  } = attributes;
  const half = (index + 0.5) / scale - 0.5;
  const last = length - 1;
  switch (coordinates) {
    case 'halfPixel':
      return half;
    case 'asymmetric':
      return index / scale;
    case 'alignCorners':
      return size === 1 ? 0 : (index * last) / (size - 1);
    case 'pytorchHalfPixel':
      return size === 1 ? 0 : half;
    case 'tfHalfPixel':
      return (index + 0.5) / scale;
    case 'symmetric':
      return (length / 2) * (1 - size / (scale * length)) + half;
    case 'region': {
      const [begin, end] = region;
      return size === 1 ? ((begin + end) / 2) * last : begin * last + (index * (end - begin) * last) / (size - 1);
    }
  }
}

/** The weight of a place at a distance, 1 at 0. */
function weightAt(distance: number, { mode, coefficient: a = 0 }: ResampleAttributes): number {
  const x = Math.abs(distance);
  if (mode === 'linear') return Math.max(1 - x, 0);
  if (x <= 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  return x < 2 ? ((a * x - 5 * a) * x + 8 * a) * x - 4 * a : 0;
}

/** How wide weights reach on either side. */
function supportOf({ mode, antialias, scale: [scale] }: ResampleAttributes): number {
  const support = mode === 'cubic' ? 2 : 1;
  return antialias && scale < 1 ? support / scale : support;
}

/** One output as `offset` + Σ weight · input[index]. */
export interface ResampleRow {
  readonly offset: number;
  readonly taps: readonly { readonly index: number; readonly weight: number }[];
}

function weightedRow(position: number, length: number, attributes: ResampleAttributes): ResampleRow {
  const {
    antialias,
    scale: [scale],
    excludeOutside,
  } = attributes;
  const narrow = antialias ? Math.min(scale, 1) : 1;
  const support = supportOf(attributes);
  const first = Math.floor(position - support) + 1;
  const last = Math.ceil(position + support) - 1;
  const taps = Array.from({ length: Math.max(last - first + 1, 1) }, (_, tap) => {
    const index = first + tap;
    const isInside = index >= 0 && index < length;
    const weight = excludeOutside && !isInside ? 0 : weightAt((index - position) * narrow, attributes);
    return { index: Math.min(Math.max(index, 0), length - 1), weight };
  });
  const sum = antialias || excludeOutside ? taps.reduce((total, { weight }) => total + weight, 0) : 1;
  return { offset: 0, taps: taps.map(({ index, weight }) => ({ index, weight: weight / sum })) };
}

/** Every output of an axis of a length; all have as many taps. */
export function resampleRows(length: number, attributes: ResampleAttributes): readonly ResampleRow[] {
  const { mode, rounding = 'floor', size, coordinates, beyond = 0 } = attributes;
  const rows = Array.from({ length: size }, (_, index): ResampleRow => {
    const position = positionOf(index, length, attributes);
    if (coordinates === 'region' && (position < 0 || position > length - 1)) return { offset: beyond, taps: [] };
    if (mode === 'nearest') {
      const place = Math.min(Math.max(nearestPlace(position, rounding), 0), length - 1);
      return { offset: 0, taps: [{ index: place, weight: 1 }] };
    }
    const isBounded = mode === 'linear' && !attributes.antialias && !attributes.excludeOutside;
    return weightedRow(isBounded ? Math.min(Math.max(position, 0), length - 1) : position, length, attributes);
  });
  const most = rows.reduce((count, { taps }) => Math.max(count, taps.length), 1);
  return rows.map(({ offset, taps }) => {
    const missing = new Array<ResampleRow['taps'][number]>(most - taps.length).fill({ index: 0, weight: 0 });
    return { offset, taps: [...taps, ...missing] };
  });
}

/**
 * `size` places along `axis`, each of the places of the input around it.
 */
export const resample = operator({
  name: 'resample',
  inputNames: ['input'],
  attributes: ATTRIBUTES,
  inferShapes(node, [input]) {
    const axis = axisOf(node, input);
    const { attributes } = node;
    const taps = attributes.mode === 'nearest' ? 1 : 2 * supportOf(attributes) + 1;
    if (attributes.size * taps > MOST_TAPS) {
      refuseShape(node, 'input', input, `one whose outputs have ${MOST_TAPS} weights together`);
    }
    return [input!.with(axis, attributes.size)];
  },
  reference({ attributes }, [input], [shape]) {
    const { axis } = attributes;
    const rows = resampleRows(input!.shape[axis]!, attributes);
    const output = referenceTensor(shape);
    const { length, inner } = axisStrides(input!.shape, axis);
    for (let index = 0; index < output.data.length; index++) {
      const place = Math.floor(index / inner);
      const { offset, taps } = rows[place % rows.length]!;
      const from = Math.floor(place / rows.length) * length;
      let sum = offset;
      for (const tap of taps) sum += tap.weight * input!.data[(from + tap.index) * inner + (index % inner)]!;
      output.data[index] = sum;
    }
    return [output];
  },
});
