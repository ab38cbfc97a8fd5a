/** Elements of any size with their axes in another order. */
import { elementCount, type Shape } from '../../tensor/shape.js';

/** Row-major elements of `shape`, axis `order[i]` as axis i. */
export function turned(data: Uint8Array, shape: Shape, order: readonly number[]): Uint8Array {
  const count = elementCount(shape);
  if (count === 0) return data;
  const size = data.length / count;
  const strides = shape.map((_, axis) => elementCount(shape.slice(axis + 1)));
  const lengths = order.map((axis) => shape[axis]!);
  const steps = order.map((axis) => strides[axis]! * size);
  const place = lengths.map(() => 0);
  const made = new Uint8Array(data.length);
  for (let index = 0, source = 0; index < count; index++) {
    for (let byte = 0; byte < size; byte++) made[index * size + byte] = data[source + byte]!;
    for (let axis = place.length - 1; axis >= 0; axis--) {
      source += steps[axis]!;
      if (++place[axis]! < lengths[axis]!) break;
      source -= steps[axis]! * lengths[axis]!;
      place[axis] = 0;
    }
  }
  return made;
}
