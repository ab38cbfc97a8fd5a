/** Whether the images of a batch are independent, so that they may run one by one or on different lanes. */
import { defaultShapes, type InputShapes, inferShapes } from '../build/infer.js';
import { ShapeError } from '../errors.js';
import type { Graph, Node } from '../graph/types.js';
import type { Shape } from '../tensor/shape.js';

/** The inputs' shapes with another batch. */
export function withBatch(shapes: InputShapes, batch: number): InputShapes {
  return Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [name, [batch, ...shape.slice(1)]]));
}

/** The batch that all inputs share, or `undefined` where they differ. */
export function commonBatch(shapes: InputShapes): number | undefined {
  const batches = new Set(Object.values(shapes).map((shape) => shape[0]));
  return batches.size === 1 ? [...batches][0] : undefined;
}

function mixesImages({ attributes }: Node): boolean {
  const { axis, order } = attributes;
  return axis === 0 || (Array.isArray(order) && order[0] !== 0);
}

/** True where every output has an image for each image of the inputs, computed from that image alone. */
export function imagesAreIndependent(graph: Graph): boolean {
  if (graph.nodes.some(mixesImages)) return false;
  const follows = (batch: number): boolean => {
    const shapes: ReadonlyMap<string, Shape> = inferShapes(graph, withBatch(defaultShapes(graph), batch));
    return graph.outputs.every((name) => shapes.get(name)![0] === batch);
  };
  try {
    return follows(1) && follows(3);
  } catch (error) {
    if (error instanceof ShapeError) return false;
    throw error;
  }
}
