/** Boxes of a detector as plain values: corners in pixels of the image, moved and squared between its networks. */

/** A rectangle `[x0, x1)` by `[y0, y1)` with the probability that it holds a face. */
export interface Candidate {
  readonly x0: number;
  readonly y0: number;
  readonly x1: number;
  readonly y1: number;
  /** 0 to 1. */
  readonly score: number;
}

/** How far each corner moves, as a share of the box's width or height: x0, y0, x1, y1. */
export type Regression = readonly [number, number, number, number];

/** The box with its corners moved by a network's regression. */
export function regress<C extends Candidate>(candidate: C, [dx0, dy0, dx1, dy1]: Regression): C {
  const { x0, y0, x1, y1 } = candidate;
  const width = x1 - x0;
  const height = y1 - y0;
  return { ...candidate, x0: x0 + dx0 * width, y0: y0 + dy0 * height, x1: x1 + dx1 * width, y1: y1 + dy1 * height };
}

/** The square with the same centre and the longer side. */
export function squareBox<C extends Candidate>(candidate: C): C {
  const { x0, y0, x1, y1 } = candidate;
  const half = Math.max(x1 - x0, y1 - y0) / 2;
  const [x, y] = [(x0 + x1) / 2, (y0 + y1) / 2];
  return { ...candidate, x0: x - half, y0: y - half, x1: x + half, y1: y + half };
}

/** The share of the box that lies inside an image, 0 to 1. */
export function visibleShare(box: Candidate, image: { readonly width: number; readonly height: number }): number {
  const inside = {
    ...box,
    x0: Math.max(0, box.x0),
    y0: Math.max(0, box.y0),
    x1: Math.min(image.width, box.x1),
    y1: Math.min(image.height, box.y1),
  };
  return boxArea(inside) / boxArea(box);
}

/** Square pixels. */
export function boxArea({ x0, y0, x1, y1 }: Candidate): number {
  return Math.max(0, x1 - x0) * Math.max(0, y1 - y0);
}
