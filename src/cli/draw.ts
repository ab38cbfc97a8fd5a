/** Faces drawn into a copy of their photograph: boxes with rounded corners, landmarks as dots. */
import type { Face } from '../face/face.js';
import type { RgbImage } from '../image/image.js';

type Colour = readonly [red: number, green: number, blue: number];

const BOX: Colour = [0, 230, 160];
const EDGE: Colour = [16, 32, 32];
const EYES: Colour = [255, 210, 60];
const NOSE: Colour = [255, 255, 255];
const MOUTH: Colour = [255, 110, 130];
const DOTS: readonly Colour[] = [EYES, EYES, NOSE, MOUTH, MOUTH];

/** Widths as shares of the square root of a face's area, and the least in pixels. */
const LINE = { share: 0.016, least: 1.5 };
const DOT = { share: 0.026, least: 1.8 };
const CORNER_SHARE = 0.08;
/** Pixels of the dark edge around everything drawn. */
const EDGE_WIDTH = 1;

/** Distance of a pixel's centre from a shape's outline, in pixels; negative inside. */
type Distance = (x: number, y: number) => number;

interface Bounds {
  readonly x0: number;
  readonly y0: number;
  readonly x1: number;
  readonly y1: number;
}

/** Paints where `distance` is negative, the pixels at its border in part. */
function paint({ data, width, height }: RgbImage, bounds: Bounds, colour: Colour, distance: Distance): void {
  const [left, right] = [Math.max(0, Math.floor(bounds.x0)), Math.min(width, Math.ceil(bounds.x1))];
  const [top, bottom] = [Math.max(0, Math.floor(bounds.y0)), Math.min(height, Math.ceil(bounds.y1))];
  for (let row = top; row < bottom; row++) {
    for (let column = left; column < right; column++) {
      const share = Math.min(1, Math.max(0, 0.5 - distance(column + 0.5, row + 0.5)));
      if (share === 0) continue;
      const at = (row * width + column) * 3;
      for (let channel = 0; channel < 3; channel++) {
        data[at + channel] = Math.round(data[at + channel]! * (1 - share) + colour[channel]! * share);
      }
    }
  }
}

function grown({ x0, y0, x1, y1 }: Bounds, by: number): Bounds {
  return { x0: x0 - by, y0: y0 - by, x1: x1 + by, y1: y1 + by };
}

/** Distance from a rectangle with rounded corners. */
function roundedRectangle({ x0, y0, x1, y1 }: Bounds, radius: number): Distance {
  const [centreX, centreY] = [(x0 + x1) / 2, (y0 + y1) / 2];
  const [halfWidth, halfHeight] = [(x1 - x0) / 2 - radius, (y1 - y0) / 2 - radius];
  return (x, y) => {
    const [across, down] = [Math.abs(x - centreX) - halfWidth, Math.abs(y - centreY) - halfHeight];
    return Math.hypot(Math.max(across, 0), Math.max(down, 0)) + Math.min(Math.max(across, down), 0) - radius;
  };
}

function drawFace(image: RgbImage, { box, landmarks }: Face): void {
  const bounds = { x0: box.x, y0: box.y, x1: box.x + box.width, y1: box.y + box.height };
  const size = Math.sqrt(box.width * box.height);
  const line = Math.max(LINE.least, LINE.share * size) / 2;
  const outline = roundedRectangle(bounds, CORNER_SHARE * size);
  const around = grown(bounds, line + EDGE_WIDTH + 1);
  paint(image, around, EDGE, (x, y) => Math.abs(outline(x, y)) - line - EDGE_WIDTH);
  paint(image, around, BOX, (x, y) => Math.abs(outline(x, y)) - line);
  const radius = Math.max(DOT.least, DOT.share * size);
  for (const [index, [centreX, centreY]] of (landmarks ?? []).entries()) {
    const dot = grown({ x0: centreX, y0: centreY, x1: centreX, y1: centreY }, radius + EDGE_WIDTH + 1);
    const distance = (x: number, y: number) => Math.hypot(x - centreX, y - centreY) - radius;
    paint(image, dot, EDGE, (x, y) => distance(x, y) - EDGE_WIDTH);
    paint(image, dot, DOTS[index]!, distance);
  }
}

/** A copy of the image with the faces drawn in, the largest first, so that smaller ones stay visible. */
export function drawFaces(image: RgbImage, faces: readonly Face[]): RgbImage {
  const copy: RgbImage = { ...image, data: Uint8Array.from(image.data) };
  for (const face of faces) drawFace(copy, face);
  return copy;
}
