/** One answer to one question: library, command line, service and page, from one table of cases. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { comparisonOf } from '../../page/comparison.js';
import { initialState, type Slot, withSlot } from '../../page/state.js';
import { analyse } from '../../page/worker/analyse.js';
import { verifyCommand } from '../../src/cli/verify.js';
import { MobileFaceNetError } from '../../src/errors.js';
import { FaceVerifier } from '../../src/face/verifier.js';
import { encodePng } from '../../src/image/encodePng.js';
import { resizeImage } from '../../src/image/resize.js';
import type { FacePool } from '../../src/scale/faces/pool.js';
import type { Reply, Request } from '../../src/scale/service/fastify.js';
import { pictureRoutes } from '../../src/scale/service/routes.js';
import { evenImage, ownPath, readBytes, readImage } from './files.js';

let verifier: FaceVerifier;
let folder: string;
beforeAll(async () => {
  verifier = await FaceVerifier.load();
  folder = mkdtempSync(join(tmpdir(), 'mobilefacenet-'));
  writeFileSync(join(folder, 'grey.png'), await encodePng(evenImage(112, 112)));
  const avatar = resizeImage(await readImage(ownPath('samples/person-a-1.jpg')), 112, 112);
  writeFileSync(join(folder, 'avatar.png'), await encodePng(avatar));
  writeFileSync(join(folder, 'text.png'), 'no picture');
});
afterAll(() => {
  verifier.dispose();
  rmSync(folder, { recursive: true });
});

const path = (name: string) => (/^(grey|avatar|text)/.test(name) ? join(folder, name) : ownPath(`samples/${name}`));

/** The answer, or the code of the error. */
async function outcomeOf(answer: () => Promise<object>): Promise<object | string> {
  try {
    // As JSON has it.
    return JSON.parse(JSON.stringify(await answer()));
  } catch (error) {
    if (error instanceof MobileFaceNetError) return error.code;
    throw error;
  }
}

async function byCommandLine(a: string, b: string): Promise<object> {
  let document: object = {};
  const command = verifyCommand((outcome) => {
    document = outcome.document;
  });
  await command.parseAsync([path(a), path(b)], { from: 'user' });
  const { elapsedMs: _, ...answer } = document as { readonly elapsedMs: number };
  return answer;
}

async function byService(a: string, b: string): Promise<object> {
  const pool = {
    card: verifier.card,
    embed: (image: Uint8Array, options: object) => verifier.embed(new Uint8Array(image), options),
  } as unknown as FacePool;
  const [verify] = pictureRoutes({ pool, signalOf: () => AbortSignal.timeout(60_000) });
  const [first, second] = [a, b].map((name) => Buffer.from(readBytes(path(name))).toString('base64'));
  return (await verify!.handler({ body: { a: first, b: second }, query: {} } as Request, {} as Reply)) as object;
}

async function byPage(a: string, b: string): Promise<object> {
  const slot = async (name: string): Promise<Slot> => {
    const file = new Blob([readBytes(path(name)) as BlobPart]);
    const analysis = await analyse(verifier, { picture: file });
    return { kind: 'ready', picture: { name, file, url: '', face: 0 }, analysis, cropUrl: '' };
  };
  const { card, weights } = verifier;
  const model = { card, weights, detector: '', build: 'plain', threads: 1, warnings: [] } as const;
  const state = {
    ...initialState(1, { float32: 0, int8: 0 }),
    model: { kind: 'ready', model, isDefault: true },
  } as const;
  const full = withSlot(withSlot(state, 'first', await slot(a)), 'second', await slot(b));
  const { elapsedMs: _, ...answer } = comparisonOf(full)!;
  return answer;
}

describe('one pair, four front ends', () => {
  it.each([
    ['person-a-1.jpg', 'person-a-2.jpg', { same: true }],
    ['person-a-1.jpg', 'person-b-1.jpg', { same: false }],
    ['aligned-a-1.png', 'aligned-a-2.png', { same: true, faces: [{ input: 'crop' }, { input: 'crop' }] }],
    [
      'aligned-a-1.png',
      'person-a-2.jpg',
      { same: true, faces: [{ input: 'crop' }, { input: 'photograph', faces: 1 }] },
    ],
    ['group.jpg', 'person-a-1.jpg', { faces: [{ faces: 5 }, { faces: 1 }] }],
    ['avatar.png', 'person-a-2.jpg', { same: true, faces: [{ input: 'photograph' }, {}] }],
    ['grey.png', 'grey.png', 'NO_FACE'],
    ['person-a-1.jpg', 'grey.png', 'NO_FACE'],
    ['text.png', 'person-a-1.jpg', 'NOT_AN_IMAGE'],
  ])('%s and %s', async (a, b, expected) => {
    const [first, second] = [readBytes(path(a)), readBytes(path(b))];
    const byLibrary = await outcomeOf(() => verifier.verify(first, second));
    if (typeof expected === 'string') expect(byLibrary).toBe(expected);
    else expect(byLibrary).toMatchObject(expected);
    expect(await outcomeOf(() => byCommandLine(a, b))).toEqual(byLibrary);
    expect(await outcomeOf(() => byService(a, b))).toEqual(byLibrary);
    expect(await outcomeOf(() => byPage(a, b))).toEqual(byLibrary);
  });
});

describe('several faces', () => {
  it('are all compared where all are asked for, and the best is told', async () => {
    const [group, one] = [readBytes(path('group.jpg')), readBytes(path('person-c-1.jpg'))];
    const faces = await verifier.embedAll(group);
    expect(faces).toHaveLength(5);
    const similarities = await Promise.all(faces.map((face) => verifier.similarity(face, one)));
    const all = await verifier.verify(group, one, { face: 'all' });
    expect(all.comparisons).toBe(5);
    expect(all.similarity).toBe(Math.max(...similarities));
    expect(all.faces[0].box).toEqual(faces[similarities.indexOf(all.similarity)]!.face!.box);
  });

  it('are refused where there shall be only one', async () => {
    const only = { face: 'only' } as const;
    await expect(verifier.embed(readBytes(path('group.jpg')), only)).rejects.toMatchObject({ code: 'SEVERAL_FACES' });
    expect((await verifier.embed(readBytes(path('person-a-1.jpg')), only)).faces).toBe(1);
  });
});
