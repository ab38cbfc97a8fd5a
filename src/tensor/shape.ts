/** Shapes: lists of axis lengths in the frameworks' order (N, C, H, W for images), and what follows from them. */

/** Axis lengths, outermost first. */
export type Shape = readonly number[];

/** Number of elements of a shape; 1 for a scalar's empty shape. */
export function elementCount(shape: Shape): number {
  let count = 1;
  for (const length of shape) count *= length;
  return count;
}

/** True where both shapes have the same axes. */
export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((length, axis) => length === b[axis]);
}

/** A shape as it stands in messages: `[1, 3, 112, 112]`. */
export function formatShape(shape: Shape): string {
  return `[${shape.join(', ')}]`;
}

/** Batch, channels, height and width of a value; absent inner axes count as 1: `[N, K]` is `[N, K, 1, 1]`. */
export interface ImageShape {
  readonly batch: number;
  readonly channels: number;
  readonly height: number;
  readonly width: number;
}

/** Reads a shape of 1 to 4 axes as an image shape; one axis alone is the channels of a single image. */
export function imageShape(shape: Shape): ImageShape {
  const [batch = 1, channels = 1, height = 1, width = 1] = shape.length === 1 ? [1, ...shape] : shape;
  return { batch, channels, height, width };
}
