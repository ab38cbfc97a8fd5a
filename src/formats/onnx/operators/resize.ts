/** Resize and Upsample: images by the kernel of both axes, everything else axis by axis. */
import type { GraphImporter } from '../graphImporter.js';
import type { NodeImporter } from '../nodeImporter.js';
import { type OnnxNode, unsupported } from '../onnxNode.js';

/** Names of coordinates that the kernel of images knows, and of those that only the one along an axis does. */
const IMAGE_COORDINATES: ReadonlyMap<string, string> = new Map([
  ['half_pixel', 'halfPixel'],
  ['asymmetric', 'asymmetric'],
  ['align_corners', 'alignCorners'],
]);
const COORDINATES: ReadonlyMap<string, string> = new Map([
  ...IMAGE_COORDINATES,
  ['pytorch_half_pixel', 'pytorchHalfPixel'],
  ['half_pixel_symmetric', 'symmetric'],
  ['tf_half_pixel_for_nn', 'tfHalfPixel'],
  ['tf_crop_and_resize', 'region'],
]);
const ROUNDINGS: ReadonlyMap<string, string> = new Map([
  ['floor', 'floor'],
  ['ceil', 'ceil'],
  ['round_prefer_floor', 'halfDown'],
  ['round_prefer_ceil', 'halfUp'],
]);

/** How one axis is resized. */
interface ResizedAxis {
  readonly axis: number;
  readonly size: number;
  /** Output length / input length. */
  readonly scale: number;
  /** What of the axis is shown, as shares of it. */
  readonly region: readonly [number, number];
}

/** How elements are made. */
interface Way {
  readonly mode: 'nearest' | 'linear' | 'cubic';
  readonly coordinates: string;
  readonly rounding: string;
  readonly antialias: boolean;
  readonly excludeOutside: boolean;
  readonly coefficient: number;
  readonly beyond: number;
}

/** A list of numbers that is given; an empty one is absent. */
function numbersOf(node: OnnxNode, index: number, what: string): readonly number[] | undefined {
  if (!node.has(index)) return undefined;
  const { data } = node.constant(index, what);
  return data.length === 0 ? undefined : Array.from(data.subarray(0, 16));
}

/** The one scale of all axes that keeps their proportions. */
function commonScale(node: OnnxNode, axes: readonly number[], sizes: readonly number[]): number | undefined {
  const policy = node.text('keep_aspect_ratio_policy', 'stretch');
  if (policy === 'stretch') return undefined;
  const scales = axes.map((axis, index) => sizes[index]! / node.shape()[axis]!);
  if (policy === 'not_larger') return Math.min(...scales);
  if (policy === 'not_smaller') return Math.max(...scales);
  return unsupported('keep_aspect_ratio_policy is another', 'are stretch, not_larger and not_smaller');
}

/** The axes that are named, with what becomes of them. */
function resizedAxes(
  node: OnnxNode,
  scales: readonly number[] | undefined,
  sizes: readonly number[] | undefined,
  hasRegion: boolean,
): readonly ResizedAxis[] {
  const shape = node.shape();
  const axes = node.integers('axes')?.map((axis) => node.axis(axis, shape.length)) ?? shape.map((_, axis) => axis);
  const given = sizes ?? scales ?? node.refuse('has neither scales nor sizes', 'is one of them');
  if (given.length !== axes.length) node.refuse(`has ${given.length} scales or sizes`, `are ${axes.length}`);
  const roi = hasRegion ? (numbersOf(node, 1, 'roi') ?? node.refuse('has no roi', 'is one')) : undefined;
  if (roi && roi.length !== 2 * axes.length) node.refuse(`roi has ${roi.length} numbers`, `are ${2 * axes.length}`);
  const common = sizes && commonScale(node, axes, sizes);
  return axes.map((axis, index) => {
    const region = roi ? ([roi[index]!, roi[axes.length + index]!] as const) : ([0, 1] as const);
    const length = shape[axis]!;
    if (common !== undefined) return { axis, size: Math.floor(common * length + 0.5), scale: common, region };
    if (sizes) return { axis, size: sizes[index]!, scale: sizes[index]! / length, region };
    const scale = scales![index]!;
    return { axis, size: Math.floor(length * (region[1] - region[0]) * scale), scale, region };
  });
}

/** True where rows and columns of images are resized in a way that the kernel of both knows. */
function fitsImages(node: OnnxNode, axes: readonly ResizedAxis[], way: Way): boolean {
  if (node.shape().length !== 4 || way.mode === 'cubic' || way.antialias || way.excludeOutside) return false;
  const isAlike = way.coordinates === 'pytorchHalfPixel' && axes.every(({ size }) => size > 1);
  return (isAlike || [...IMAGE_COORDINATES.values()].includes(way.coordinates)) && axes.every(({ axis }) => axis >= 2);
}

/** Length and scale of rows and columns, unchanged where they are not named. */
function appendImages(node: OnnxNode, graph: GraphImporter, axes: readonly ResizedAxis[], way: Way, sized: boolean) {
  const lengths = [2, 3].map((axis) => axes.find((one) => one.axis === axis)?.size ?? node.shape()[axis]!);
  const scales = [2, 3].map((axis) => axes.find((one) => one.axis === axis)?.scale ?? 1);
  const { mode, rounding } = way;
  const coordinates = way.coordinates === 'pytorchHalfPixel' ? 'halfPixel' : way.coordinates;
  graph.append(node, 'resize', [node.value()], {
    ...(mode === 'nearest' ? { mode, rounding } : { mode: 'bilinear' }),
    coordinates,
    ...(sized ? { size: lengths } : { scale: scales }),
  });
}

/** Attributes of a resampling along one axis. */
function axisAttributes({ axis, size, scale, region }: ResizedAxis, way: Way) {
  const { mode, coordinates, rounding, antialias, excludeOutside, coefficient, beyond } = way;
  const weights = { antialias, excludeOutside };
  return {
    axis,
    size,
    scale: [scale],
    mode,
    coordinates,
    ...(mode === 'nearest' ? { rounding } : weights),
    ...(mode === 'cubic' ? { coefficient } : {}),
    ...(coordinates === 'region' ? { region, beyond } : {}),
  };
}

function appendResize(
  node: OnnxNode,
  graph: GraphImporter,
  way: Way,
  scales: readonly number[] | undefined,
  sizes: readonly number[] | undefined,
): void {
  const all = resizedAxes(node, scales, sizes, way.coordinates === 'region');
  const shape = node.shape();
  const axes = all.filter(({ axis, size, scale, region: [begin, end] }) => {
    if (!(size >= 1)) unsupported(`axis ${axis} becomes ${size} long`, 'are lengths from 1');
    return size !== shape[axis] || scale !== 1 || begin !== 0 || end !== 1;
  });
  if (axes.length > 0 && fitsImages(node, axes, way)) {
    const isStretched = node.text('keep_aspect_ratio_policy', 'stretch') === 'stretch';
    if (isStretched || !sizes) {
      appendImages(node, graph, axes, way, sizes !== undefined);
      return;
    }
  }
  let value = node.value();
  for (const axis of axes) value = graph.append(node, 'resample', [value], axisAttributes(axis, way), 'resized');
  graph.alias(node, value);
}

function modeOf(node: OnnxNode): Way['mode'] {
  const mode = node.text('mode', 'nearest');
  if (mode === 'linear' || mode === 'bilinear') return 'linear';
  if (mode !== 'nearest' && mode !== 'cubic') unsupported('mode is another', 'are nearest, linear and cubic');
  return mode;
}

function roundingOf(name: string): string {
  return ROUNDINGS.get(name) ?? unsupported('nearest_mode is another', `are ${[...ROUNDINGS.keys()].join(', ')}`);
}

const PLAIN = { antialias: false, excludeOutside: false, coefficient: -0.75, beyond: 0 };

export const resize: NodeImporter = {
  operator: 'Resize',
  attributes: [
    'mode',
    'coordinate_transformation_mode',
    'nearest_mode',
    'axes',
    'antialias',
    'cubic_coeff_a',
    'exclude_outside',
    'extrapolation_value',
    'keep_aspect_ratio_policy',
  ],
  inputs: [1, 4],
  import(node, graph) {
    const isOld = node.operatorSet < 11;
    const name = node.text('coordinate_transformation_mode', isOld ? 'asymmetric' : 'half_pixel');
    const accepted = `are ${[...COORDINATES.keys()].join(', ')}`;
    const way: Way = {
      mode: modeOf(node),
      coordinates: COORDINATES.get(name) ?? unsupported('coordinate_transformation_mode is another', accepted),
      rounding: roundingOf(node.text('nearest_mode', isOld ? 'floor' : 'round_prefer_floor')),
      antialias: node.integer('antialias', 0) !== 0,
      excludeOutside: node.integer('exclude_outside', 0) !== 0,
      coefficient: node.float('cubic_coeff_a', -0.75),
      beyond: node.float('extrapolation_value', 0),
    };
    const scales = numbersOf(node, isOld ? 1 : 2, 'scales');
    appendResize(node, graph, way, scales, isOld ? undefined : numbersOf(node, 3, 'sizes'));
  },
};

/** Operator sets 7 to 9. */
export const upsample: NodeImporter = {
  operator: 'Upsample',
  attributes: ['mode', 'scales'],
  inputs: [1, 2],
  import(node, graph) {
    const scales = node.floats('scales') ?? numbersOf(node, 1, 'scales');
    const way = { ...PLAIN, mode: modeOf(node), coordinates: 'asymmetric', rounding: 'floor' };
    appendResize(node, graph, way, scales, undefined);
  },
};
