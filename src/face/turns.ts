/** Faces in a photograph that lies on its side or stands on its head: it is searched turned by quarters. */
import type { Orientation } from '../image/exif.js';
import type { RgbImage } from '../image/image.js';
import { orientImage } from '../image/orient.js';
import type { DetectOptions, Face, FaceFinder } from './face.js';
import type { Landmarks, Point } from './landmarks.js';

/** A quarter turn clockwise or more: how pixels are turned, and where a point of the turned image lies in the image. */
interface Turn {
  readonly orientation: Orientation;
  readonly back: (point: Point, image: RgbImage) => Point;
}

const TURNS: readonly Turn[] = [
  { orientation: 6, back: ([x, y], { height }) => [y, height - x] },
  { orientation: 3, back: ([x, y], { width, height }) => [width - x, height - y] },
  { orientation: 8, back: ([x, y], { width }) => [width - y, x] },
];

/** Of two faces found at different turns that overlap by more than this share of the smaller, the better stays. */
const OVERLAP = 0.3;

/** A face in the turned image as a face in the image; its landmarks stay in the face's own order. */
function turnBack({ score, box, landmarks }: Face, image: RgbImage, { back }: Turn): Face {
  const [x0, y0] = back([box.x, box.y], image);
  const [x1, y1] = back([box.x + box.width, box.y + box.height], image);
  const turned = { x: Math.min(x0, x1), y: Math.min(y0, y1), width: Math.abs(x1 - x0), height: Math.abs(y1 - y0) };
  const points = landmarks?.map((point) => back(point, image)) as unknown as Landmarks | undefined;
  return { score, box: turned, ...(points ? { landmarks: points } : {}) };
}

function bestScore(faces: readonly Face[]): number {
  return Math.max(0, ...faces.map(({ score }) => score));
}

function overlaps({ box: a }: Face, { box: b }: Face): boolean {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  return width > 0 && height > 0 && width * height > OVERLAP * Math.min(a.width * a.height, b.width * b.height);
}

/** All faces, each group found at one turn, but those that a better one of another turn overlaps. */
function mergeTurns(groups: readonly (readonly Face[])[]): Face[] {
  const all = groups.flatMap((faces, turn) => faces.map((face) => ({ face, turn })));
  const kept: typeof all = [];
  for (const found of all.sort((a, b) => b.face.score - a.face.score)) {
    if (kept.every(({ face, turn }) => turn === found.turn || !overlaps(face, found.face))) kept.push(found);
  }
  return kept.map(({ face }) => face);
}

/**
 * The faces of a photograph, in any order, in its own pixels. Turned by quarters, sure faces alone count, since there
 * are three times as many places to be wrong; a photograph whose upright faces are all in doubt is taken to stand as
 * its surest face does.
 */
export function findAtTurns(finder: FaceFinder, image: RgbImage, options: DetectOptions): Face[] {
  const upright = finder.find(image, options);
  const { turns = 'auto' } = options;
  if (turns === 'none' || (turns === 'auto' && bestScore(upright) >= finder.sureScore)) return upright;
  const turned = TURNS.map((turn) => {
    const faces = finder.find(orientImage(image, turn.orientation), options);
    return faces.map((face) => turnBack(face, image, turn));
  });
  if (turns === 'all') {
    const sure = turned.map((faces) => faces.filter(({ score }) => score >= finder.sureScore));
    return mergeTurns([upright, ...sure]);
  }
  const surest = turned.reduce((a, b) => (bestScore(b) > bestScore(a) ? b : a));
  return bestScore(surest) >= finder.sureScore ? surest : upright;
}
