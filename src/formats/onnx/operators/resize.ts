/** Resize and Upsample: images of another size. */
import type { GraphImporter } from '../graphImporter.js';
import type { NodeImporter } from '../nodeImporter.js';
import { type OnnxNode, unsupported } from '../onnxNode.js';

const COORDINATES: ReadonlyMap<string, string> = new Map([
  ['half_pixel', 'halfPixel'],
  ['asymmetric', 'asymmetric'],
  ['align_corners', 'alignCorners'],
]);
const ROUNDINGS: ReadonlyMap<string, string> = new Map([
  ['floor', 'floor'],
  ['ceil', 'ceil'],
  ['round_prefer_floor', 'halfDown'],
  ['round_prefer_ceil', 'halfUp'],
]);

/** A number for rows and for columns, from a list for all axes or for the given ones. */
function spatialPair(node: OnnxNode, list: readonly number[], kept: readonly number[], what: string): [number, number] {
  const axes = (node.integers('axes') ?? [0, 1, 2, 3]).map((axis) => node.axis(axis, 4));
  if (list.length !== axes.length) node.refuse(`has ${list.length} ${what}`, `are ${axes.length}`);
  const all = [...kept];
  for (const [index, axis] of axes.entries()) all[axis] = list[index]!;
  if (all[0] !== kept[0] || all[1] !== kept[1]) unsupported(`${what} change batch or channels`, 'are rows and columns');
  return [all[2]!, all[3]!];
}

function appendResize(
  node: OnnxNode,
  graph: GraphImporter,
  way: Readonly<Record<string, string>>,
  scales: readonly number[] | undefined,
  sizes: readonly number[] | undefined,
): void {
  const shape = node.shape();
  if (shape.length !== 4) unsupported(`its input has ${shape.length} axes`, 'are images of 4 axes');
  const lengths = sizes
    ? { size: spatialPair(node, sizes, shape, 'sizes') }
    : { scale: spatialPair(node, scales ?? [], [1, 1, 1, 1], 'scales') };
  graph.append(node, 'resize', [node.value()], { ...way, ...lengths });
}

/** The coordinates by name. One pixel alone tells PyTorch's half pixels from ONNX's. */
function coordinatesOf(node: OnnxNode, sizes: readonly number[] | undefined, scales: readonly number[] | undefined) {
  const name = node.text('coordinate_transformation_mode', node.operatorSet < 11 ? 'asymmetric' : 'half_pixel');
  if (name === 'pytorch_half_pixel') {
    const [height = 0, width = 0] = node.shape().slice(2);
    const ends =
      sizes?.slice(-2) ?? [height, width].map((length, axis) => Math.floor(length * (scales?.at(axis - 2) ?? 1)));
    if (!ends.includes(1)) return 'halfPixel';
  }
  const accepted = `are ${[...COORDINATES.keys()].join(', ')}, and pytorch_half_pixel to more than one pixel`;
  return COORDINATES.get(name) ?? unsupported('coordinate_transformation_mode is another', accepted);
}

/** A list of numbers that is given; an empty one is absent. */
function numbersOf(node: OnnxNode, index: number, what: string): readonly number[] | undefined {
  if (!node.has(index)) return undefined;
  const { data } = node.constant(index, what);
  return data.length === 0 ? undefined : Array.from(data.subarray(0, 16));
}

function wayOf(node: OnnxNode, coordinates: string, nearest: string): Readonly<Record<string, string>> {
  const mode = node.text('mode', 'nearest');
  if (mode === 'linear' || mode === 'bilinear') return { mode: 'bilinear', coordinates };
  if (mode !== 'nearest') unsupported('mode is another', 'are nearest and linear');
  const accepted = `are ${[...ROUNDINGS.keys()].join(', ')}`;
  const rounding = ROUNDINGS.get(nearest) ?? unsupported('nearest_mode is another', accepted);
  return { mode, coordinates, rounding };
}

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
    node.expectInteger('antialias', 0);
    node.expectInteger('exclude_outside', 0);
    const policy = node.text('keep_aspect_ratio_policy', 'stretch');
    if (policy !== 'stretch') unsupported('keep_aspect_ratio_policy is another', 'is stretch');
    const scales = numbersOf(node, isOld ? 1 : 2, 'scales');
    const sizes = isOld ? undefined : numbersOf(node, 3, 'sizes');
    const coordinates = coordinatesOf(node, sizes, scales);
    const nearest = node.text('nearest_mode', isOld ? 'floor' : 'round_prefer_floor');
    appendResize(node, graph, wayOf(node, coordinates, nearest), scales, sizes);
  },
};

/** Operator sets 7 to 9. */
export const upsample: NodeImporter = {
  operator: 'Upsample',
  attributes: ['mode', 'scales'],
  inputs: [1, 2],
  import(node, graph) {
    const scales = node.floats('scales') ?? numbersOf(node, 1, 'scales');
    appendResize(node, graph, wayOf(node, 'asymmetric', 'floor'), scales, undefined);
  },
};
