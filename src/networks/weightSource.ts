/** Where a network's weights come from, by name. */
import { ModelError, ShapeError } from '../errors.js';
import { formatShape, type Shape, sameShape } from '../tensor/shape.js';
import type { Tensor } from '../tensor/tensor.js';

/** Gives the tensor of a name and shape: `conv1.weight` [64, 3, 3, 3], `conv1.bias` [64], `conv1.prelu` [64]. */
export type WeightSource = (name: string, shape: Shape) => Tensor;

/**
 * Weights from tensors by name, as a safetensors file holds them.
 * Throws ModelError MISSING_TENSOR, and ShapeError TENSOR_SHAPE for one of another shape.
 */
export function namedWeights(tensors: ReadonlyMap<string, Tensor>): WeightSource {
  return (name, shape) => {
    const tensor = tensors.get(name);
    if (!tensor) {
      throw new ModelError(
        'MISSING_TENSOR',
        `tensor "${name}" ${formatShape(shape)} is missing; the network needs it.`,
      );
    }
    if (!sameShape(tensor.shape, shape)) {
      const found = formatShape(tensor.shape);
      throw new ShapeError('TENSOR_SHAPE', `tensor "${name}" is ${found}; the network needs ${formatShape(shape)}.`);
    }
    return tensor;
  };
}
