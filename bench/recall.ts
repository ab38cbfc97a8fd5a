/** `npm run bench -- recall`: how many faces are found again in photographs that are cropped, cut by an edge or turned. */
import { readdir, readFile } from 'node:fs/promises';
import { defineCommand, type Outcome } from '../src/cli/command.js';
import { alignRows } from '../src/cli/text.js';
import { Engine } from '../src/engine.js';
import { createDetector } from '../src/face/detect.js';
import { type Face, landmarksOf } from '../src/face/face.js';
import { importNative } from '../src/formats/index.js';
import { cutOut } from '../src/image/cut.js';
import { decodeImage } from '../src/image/decode.js';
import type { RgbImage } from '../src/image/image.js';
import { orientImage } from '../src/image/orient.js';
import { root } from './root.js';

/** Photographs of samples/ are always used, those beside the repository where they are there. */
const FOLDERS = ['samples/', '../shared/faces/photos/'];

/** A face is found again where each landmark is within this share of its box's width. */
const NEAR = 0.3;

/** What `npm run bench -- recall --json` prints: faces found again, and all, by what was done to their photographs. */
export type RecallBenchDocument = Readonly<Record<string, { readonly found: number; readonly faces: number }>>;

/** The corners of a part of a photograph: x0, y0, x1, y1. */
type Corners = readonly [number, number, number, number];

function partsAround({ box }: Face, image: RgbImage): Readonly<Record<string, Corners>> {
  const { x, y, width, height } = box;
  const [right, bottom, middle, centre] = [x + width, y + height, x + width / 2, y + height / 2];
  const inside = [x + width / 10, y + height / 10, right - width / 10, bottom - height / 10] as const;
  return {
    'cropped to the box': [x, y, right, bottom],
    '10 % inside the box': inside,
    'half beyond the left edge': [middle, 0, image.width, image.height],
    'half beyond the right edge': [0, 0, middle, image.height],
    'half beyond the upper edge': [0, centre, image.width, image.height],
    'half beyond the lower edge': [0, 0, image.width, centre],
  };
}

async function benchRecall(): Promise<Outcome> {
  const engine = await Engine.create();
  const weights = new Uint8Array(await readFile(new URL('weights/mtcnn.safetensors', root)));
  const detector = await createDetector(engine, await importNative(weights, 'mtcnn'));
  const counts: Record<string, { found: number; faces: number }> = {};
  const count = (kind: string, found: boolean) => {
    counts[kind] ??= { found: 0, faces: 0 };
    counts[kind].faces++;
    if (found) counts[kind].found++;
  };
  const isNear = (face: Face, other: Face, x: number, y: number) =>
    landmarksOf(face).every(([px, py], index) => {
      const [qx, qy] = landmarksOf(other)[index]!;
      return Math.hypot(px - qx - x, py - qy - y) < NEAR * face.box.width;
    });
  for (const folder of FOLDERS) {
    const names = await readdir(new URL(folder, root)).catch(() => []);
    for (const name of names.filter((file) => file.endsWith('.jpg'))) {
      const image = await decodeImage(new Uint8Array(await readFile(new URL(folder + name, root))), name);
      const faces = detector.detect(image);
      for (const face of faces) {
        for (const [kind, [x0, y0, x1, y1]] of Object.entries(partsAround(face, image))) {
          const across = { begin: Math.max(0, Math.round(x0)), end: Math.min(image.width, Math.round(x1)) };
          const down = { begin: Math.max(0, Math.round(y0)), end: Math.min(image.height, Math.round(y1)) };
          const found = detector.detect(cutOut(image, across, down));
          count(
            kind,
            found.some((other) => isNear(face, other, across.begin, down.begin)),
          );
        }
      }
      for (const [kind, orientation] of [
        ['lying to the right', 6],
        ['upside down', 3],
        ['lying to the left', 8],
      ] as const) {
        const turned = detector.detect(orientImage(image, orientation)).length;
        for (const index of faces.keys()) count(kind, index < turned);
      }
    }
  }
  engine.dispose();
  const rows = Object.entries(counts).map(([kind, { found, faces }]) => [kind, `${found} of ${faces}`] as const);
  return { document: counts satisfies RecallBenchDocument, text: alignRows(rows.map(([a, b]) => [a, b])) };
}

export const recallCommand = defineCommand({
  name: 'recall',
  summary: 'faces found again in photographs that are cropped, cut by an edge or turned',
  declare() {},
  run: benchRecall,
});
