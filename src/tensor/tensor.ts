/** Tensors: an element type, a shape and the elements in row-major order. */
import { elementCount, type Shape } from './shape.js';

/** The array type that holds each element type. */
export interface ElementArrays {
  float32: Float32Array;
  float64: Float64Array;
  int32: Int32Array;
  int8: Int8Array;
  uint8: Uint8Array;
}

/** Names of the element types that the engine computes with. */
export type ElementType = keyof ElementArrays;

/** A dense array in row-major order; `data.length` equals the product of `shape`. */
export interface Tensor<T extends ElementType = 'float32'> {
  readonly elementType: T;
  readonly shape: Shape;
  readonly data: ElementArrays[T];
}

/** The float64 tensor that operators' references compute with. */
export type ReferenceTensor = Tensor<'float64'>;

/** A float32 tensor over `data`, or filled with zeros when none is given. */
export function float32Tensor(shape: Shape, data: Float32Array | readonly number[] = []): Tensor {
  const count = elementCount(shape);
  if (data instanceof Float32Array && data.length === count) return { elementType: 'float32', shape, data };
  const copy = new Float32Array(count);
  copy.set(data);
  return { elementType: 'float32', shape, data: copy };
}

/** A float64 tensor of zeros. */
export function referenceTensor(shape: Shape): ReferenceTensor {
  return { elementType: 'float64', shape, data: new Float64Array(elementCount(shape)) };
}

/** Widens a tensor for the float64 references. */
export function toReference(tensor: Tensor<ElementType>): ReferenceTensor {
  return { elementType: 'float64', shape: tensor.shape, data: Float64Array.from(tensor.data) };
}
