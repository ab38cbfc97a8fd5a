/** ONNX operators that choose, repeat and regroup places. */
import { elementCount, type Shape } from '../../../tensor/shape.js';
import type { GraphImporter } from '../graphImporter.js';
import { alignedShape, type NodeImporter } from '../nodeImporter.js';
import { type OnnxNode, unsupported } from '../onnxNode.js';
import { broadcastShape } from './term.js';

/** The places along an axis, in their order: a slice where they follow each other. */
function appendPlaces(node: OnnxNode, graph: GraphImporter, axis: number, indices: readonly number[]): string {
  const begin = indices[0]!;
  if (indices.every((index, place) => index === begin + place)) {
    const range = { axis, begin, end: begin + indices.length };
    return graph.append(node, 'slice', [node.value()], range, 'places');
  }
  return graph.append(node, 'gather', [node.value()], { axis, indices }, 'places');
}

export const gather: NodeImporter = {
  operator: 'Gather',
  attributes: ['axis'],
  inputs: [2, 2],
  wholeNumbers: 'moved',
  import(node, graph) {
    const shape = node.shape();
    const { kind, data, shape: places } = node.constant(1, 'indices');
    if (kind !== 'integer') node.refuse('indices are floats', 'are whole numbers');
    const axis = node.axis(node.integer('axis', 0), shape.length);
    const indices = Array.from(data, (index) => node.axis(index, shape[axis]!));
    if (indices.length === 0) unsupported('there are no indices', 'are 1 or more');
    const value = appendPlaces(node, graph, axis, indices);
    graph.reshape(node, value, [...shape.slice(0, axis), ...places, ...shape.slice(axis + 1)]);
  },
};

export const expand: NodeImporter = {
  operator: 'Expand',
  attributes: [],
  inputs: [2, 2],
  wholeNumbers: 'moved',
  import(node, graph) {
    const wanted = node.constantIntegers(1, 'shape');
    if (wanted.some((length) => length < 1)) unsupported(`shape is [${wanted.join(', ')}]`, 'are lengths from 1');
    const shape = broadcastShape(node, node.shape(), wanted);
    const aligned = graph.reshape(node, node.value(), alignedShape(node.shape(), shape.length), 'aligned');
    if (shape.every((length, axis) => length === graph.shape(aligned)[axis])) graph.alias(node, aligned);
    else graph.append(node, 'expand', [aligned], { shape });
  },
};

/** Repeats a value along one axis. */
function appendTiles(node: OnnxNode, graph: GraphImporter, value: string, axis: number, repeats: number): string {
  const shape = graph.shape(value);
  const [outer, inner] = [elementCount(shape.slice(0, axis)), elementCount(shape.slice(axis))];
  const flat = graph.reshape(node, value, [outer, 1, inner], 'flat');
  const repeated = graph.append(node, 'expand', [flat], { shape: [outer, repeats, inner] }, 'repeated');
  return graph.reshape(node, repeated, shape.with(axis, shape[axis]! * repeats), 'tiles');
}

export const tile: NodeImporter = {
  operator: 'Tile',
  attributes: [],
  inputs: [2, 2],
  wholeNumbers: 'moved',
  import(node, graph) {
    const repeats = node.constantIntegers(1, 'repeats');
    const rank = node.shape().length;
    if (repeats.length !== rank) node.refuse(`has ${repeats.length} repeats`, `are ${rank}`);
    if (repeats.some((count) => count < 1)) unsupported(`repeats are [${repeats.join(', ')}]`, 'are numbers from 1');
    let value = node.value();
    for (const [axis, count] of repeats.entries()) {
      if (count > 1) value = appendTiles(node, graph, value, axis, count);
    }
    graph.alias(node, value);
  },
};

/** Gives a value more axes, puts them in another order, and takes them together again. */
function regroup(node: OnnxNode, graph: GraphImporter, split: Shape, order: readonly number[], joined: Shape): void {
  const parts = graph.reshape(node, node.value(), split, 'parts');
  graph.reshape(node, graph.append(node, 'permute', [parts], { order }, 'turned'), joined);
}

function blockOf(node: OnnxNode): number {
  const block = node.integer('blocksize', 0);
  if (block < 1 || node.shape().length !== 4) {
    node.refuse(`blocks of ${block} of ${node.shape().length} axes`, 'are blocks from 1 of images of 4 axes');
  }
  return block;
}

/** Channels as blocks of pixels, depth first (DCR) or block by block (CRD). */
export const depthToSpace: NodeImporter = {
  operator: 'DepthToSpace',
  attributes: ['blocksize', 'mode'],
  inputs: [1, 1],
  wholeNumbers: 'moved',
  import(node, graph) {
    const block = blockOf(node);
    const [batch = 0, channels = 0, height = 0, width = 0] = node.shape();
    const mode = node.text('mode', 'DCR');
    if (mode !== 'DCR' && mode !== 'CRD') node.refuse('mode is another word', 'are DCR and CRD');
    const depth = channels / block ** 2;
    if (!Number.isInteger(depth)) node.refuse(`has ${channels} channels`, `is a multiple of ${block ** 2}`);
    const joined = [batch, depth, height * block, width * block];
    if (mode === 'DCR') regroup(node, graph, [batch, block, block, depth, height, width], [0, 3, 4, 1, 5, 2], joined);
    else regroup(node, graph, [batch, depth, block, block, height, width], [0, 1, 4, 2, 5, 3], joined);
  },
};

/** Blocks of pixels as channels. */
export const spaceToDepth: NodeImporter = {
  operator: 'SpaceToDepth',
  attributes: ['blocksize'],
  inputs: [1, 1],
  wholeNumbers: 'moved',
  import(node, graph) {
    const block = blockOf(node);
    const [batch = 0, channels = 0, height = 0, width = 0] = node.shape();
    const [rows, columns] = [height / block, width / block];
    if (!Number.isInteger(rows) || !Number.isInteger(columns)) {
      node.refuse(`has ${height}×${width} pixels`, `are multiples of ${block}`);
    }
    const split = [batch, channels, rows, block, columns, block];
    regroup(node, graph, split, [0, 3, 5, 1, 2, 4], [batch, channels * block ** 2, rows, columns]);
  },
};
