/** `--random-weights`: a structure without its `.bin` is imported, inspected and run. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { ImportDocument } from '../../src/cli/importReport.js';
import type { InspectDocument } from '../../src/cli/inspect.js';
import type { RunDocument } from '../../src/cli/run.js';
import { STRUCTURES } from '../formats/ncnn/structures.js';
import { type FailureDocument, runJson, sample, temporaryFolder } from './cli.js';

it('is accepted by import, inspect and run, and said in the card', async () => {
  const folder = temporaryFolder();
  const path = join(folder, 'blazeface.param');
  writeFileSync(path, STRUCTURES.at(-1)!.text());
  const alone = await runJson<FailureDocument>('inspect', path);
  expect({ code: alone.code, error: alone.document.error.code }).toEqual({ code: 2, error: 'FILE_NOT_FOUND' });
  const { document } = await runJson<InspectDocument>('inspect', path, '--random-weights');
  expect(document.graphs[0]!.madds).toBeGreaterThan(20e6);
  expect(document.card.use).toMatch(/^Random weights/);
  const out = join(folder, 'blazeface.safetensors');
  const imported = await runJson<ImportDocument>('import', path, '--random-weights', '3', '--out', out);
  expect(imported.document.graphs[0]!.operators.source).toMatchObject({
    Convolution: 17,
    Padding: 15,
    ReLU: 17,
    Split: 16,
  });
  const image = sample('person-a-1.jpg');
  const run = await runJson<RunDocument>('run', path, '--input', image, '--random-weights', '3');
  const stored = await runJson<RunDocument>('run', out, '--input', image);
  expect(run.code).toBe(0);
  expect(run.document.outputs[0]).toMatchObject({ nonFinite: 0 });
  const [found, again] = [run.document.outputs[0]!.first, stored.document.outputs[0]!.first] as number[][];
  for (const [index, value] of found!.entries()) expect(again![index]).toBeCloseTo(value, 4);
});
