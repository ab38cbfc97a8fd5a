/** The networks of `training/`: counts, and exports that give here what PyTorch computes before anything is folded. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { countMultiplyAdds, countParameters } from '../../src/build/infer.js';
import { Engine } from '../../src/engine.js';
import { importModel, parseSafetensors } from '../../src/formats/index.js';
import { table2 } from '../../src/networks/index.js';
import { seededWeights } from '../../src/networks/seededWeights.js';
import { relativeDifference } from '../golden/goldenCase.js';
import { environment, python, repository } from './python.js';

const run = promisify(execFile);

describe.skipIf(!python)('training/ (skipped without Python with PyTorch, numpy and Pillow)', () => {
  let engine: Engine;
  const folder = mkdtempSync(join(tmpdir(), 'mobilefacenet-'));
  beforeAll(async () => {
    engine = await Engine.create();
    await run(python!, [join(repository, 'test/training/writeNetworks.py'), folder], { env: environment });
  }, 300_000);
  afterAll(() => {
    engine.dispose();
    rmSync(folder, { recursive: true });
  });

  it('has the parameters and multiply-adds of every network of Table 2', async () => {
    const { stdout } = await run(python!, ['-m', 'training', 'networks', '--json'], { env: environment });
    const weights = seededWeights();
    const expected = table2.map(({ network, build }) => {
      const graph = build(weights);
      return { network, parameters: countParameters(graph), madds: countMultiplyAdds(graph) };
    });
    expect(JSON.parse(stdout)).toEqual({ rows: expected });
  });

  it.each(table2.map(({ network }, number) => [network, number] as const))(
    '%s: an export is imported and gives the same embedding within 1e-5',
    async (network, number) => {
      const read = (name: string) => new Uint8Array(readFileSync(join(folder, name)));
      const model = await importModel([{ name: 'state.safetensors', bytes: read(`${number}.safetensors`) }]);
      const graph = model.graphs.get('embed')!;
      const weights = seededWeights();
      expect(graph.nodes).toEqual(table2.find((row) => row.network === network)!.build(weights).nodes);
      const { tensors } = parseSafetensors(read(`${number}.reference.safetensors`), 'reference');
      using compiled = await engine.compile(graph);
      const { embedding } = compiled.run({ input: tensors.get('input')! });
      const expected = tensors.get('embedding')!;
      expect(embedding!.shape).toEqual(expected.shape);
      expect(relativeDifference(embedding!.data, expected.data)).toBeLessThan(1e-5);
    },
  );
});
