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

/** Axes that a value may have. */
export const MOST_AXES = 6;

/**
 * Batch, channels, height and width of a value. Absent inner axes count as 1, `[N, K]` is `[N, K, 1, 1]`; those after
 * the height are all taken as its width.
 */
export interface ImageShape {
  readonly batch: number;
  readonly channels: number;
  readonly height: number;
  readonly width: number;
}

/** Reads a shape of 1 axis or more as an image shape; one axis alone is the channels of a single image. */
export function imageShape(shape: Shape): ImageShape {
  const [batch = 1, channels = 1, height = 1, ...rest] = shape.length === 1 ? [1, ...shape] : shape;
  return { batch, channels, height, width: elementCount(rest) };
}
