/** ncnn's axes, which count from the outermost axis of one image, as a graph's axes, which count the batch as 0. */
import { ShapeError } from '../../../errors.js';
import { formatShape, type Shape } from '../../../tensor/shape.js';
import { integerParameter } from '../parameters.js';
import { describeLayer, type ParamLayer } from '../parseParam.js';

const MOST_AXES = 4;

/** The axis that a parameter gives, 0 where it is absent; negative ones count from the innermost. */
export function axisParameter(layer: ParamLayer, key: number): number {
  return integerParameter(layer, key, 0, -MOST_AXES, MOST_AXES - 1);
}

/** The graph's axis for a value of this shape. Throws ShapeError NODE_SHAPE where it has no such axis. */
export function graphAxis(layer: ParamLayer, key: number, shape: Shape): number {
  const given = axisParameter(layer, key);
  const axes = shape.length - 1;
  const axis = given < 0 ? axes + given : given;
  if (axis < 0 || axis >= axes) {
    const found = `axis ${given} of an input of shape ${formatShape(shape)}`;
    throw new ShapeError('NODE_SHAPE', `${describeLayer(layer)}: ${found}; accepted are ${-axes} to ${axes - 1}.`);
  }
  return axis + 1;
}
