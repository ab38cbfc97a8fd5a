/** `training/` from drawn pictures to a decision, and a run that is killed and goes on as if it had not been. */
import { execFile, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import { importNative } from '../../src/formats/index.js';
import { environment, python, repository } from './python.js';

const PATIENCE = 600_000;
const NETWORK = 'MobileFaceNet (96×96)';
const run = promisify(execFile);

function training(...args: readonly string[]) {
  return run(python!, ['-m', 'training', ...args], { env: environment });
}

/** Starts a command and kills it, without warning, as soon as a file is there. */
async function killOnce(file: string, ...args: readonly string[]): Promise<void> {
  const child = spawn(python!, ['-m', 'training', ...args], { env: environment, stdio: 'ignore' });
  const ended = new Promise((resolve) => child.once('close', resolve));
  while (!existsSync(file) && child.exitCode === null) await new Promise((resolve) => setTimeout(resolve, 20));
  child.kill('SIGKILL');
  await ended;
  expect([child.signalCode, existsSync(file)]).toEqual(['SIGKILL', true]);
}

describe.skipIf(!python)('training/ (skipped without Python with PyTorch, numpy and Pillow)', () => {
  const folder = mkdtempSync(join(tmpdir(), 'mobilefacenet-'));
  const toy = join(folder, 'toy');
  afterAll(() => rmSync(folder, { recursive: true }));

  it('its parts do what paper, formula and another engine say', { timeout: PATIENCE }, async () => {
    const { stderr } = await run(python!, [join(repository, 'test/training/units.py')], { env: environment });
    expect(stderr).toMatch(/Ran \d+ tests .*\n\nOK/);
  });

  it('toy: trains, exports, imports within 1e-5 and verifies', { timeout: PATIENCE }, async () => {
    const { stdout, stderr } = await training('toy', '--out', toy);
    const losses = [...stderr.matchAll(/loss ([\d.]+)/g)].map((match) => Number(match[1]));
    expect(losses.at(-1)).toBeLessThan(losses[0]! / 2);
    const { model, same, different } = JSON.parse(stdout);
    expect(same.similarity).toBeGreaterThan(different.similarity);
    expect([same.same, same.model]).toEqual([true, NETWORK]);
    const { card } = await importNative(readFileSync(model), model);
    expect(card.input).toMatchObject({ height: 96, width: 96, channelOrder: 'rgb' });
    expect(card.thresholds[0]).toMatchObject({ value: same.threshold });
    expect(card.licence).toContain('Toy weights');
  });

  it.each([
    ['train', ['--network', NETWORK, '--iterations', '3', '--batch', '4', '--readers', '0', '--device', 'cpu']],
    [
      'distil',
      ['--network', NETWORK, '--teacher', 'weights/mobilefacenet.safetensors', '--batch', '8'].concat([
        '--held-out',
        '8',
        '--step-samples',
        '16',
        '--samples',
        '16',
        '--no-bfloat16',
      ]),
    ],
  ] as const)(
    '%s: a run that is killed goes on to the same weights',
    async (command, options) => {
      const exported = async (name: string) => {
        await training('export', join(folder, `${name}.pt`), '--out', join(folder, `${name}.safetensors`));
        return readFileSync(join(folder, `${name}.safetensors`));
      };
      const data = join(toy, 'people');
      const begin = (name: string) => [command, '--data', data, '--out', join(folder, `${name}.pt`), ...options];
      await killOnce(join(folder, `${command}-1.pt`), ...begin(`${command}-1`), '--save-seconds', '0');
      const { stderr } = await training(...begin(`${command}-1`));
      expect(stderr).not.toMatch(/(^|\s)1\/\d/m);
      await training(...begin(`${command}-2`));
      expect((await exported(`${command}-1`)).equals(await exported(`${command}-2`))).toBe(true);
    },
    PATIENCE,
  );

  it.each([
    [['train', '--data', 'nowhere', '--out', 'a.pt'], 'nowhere: holds pictures of 0 people; a folder'],
    [['train', '--data', 'nowhere', '--out', 'a.pt', '--pairs', 'a'], '--pairs and --images go together'],
    [['export', 'package.json', '--out', 'a.safetensors'], 'package.json: is no checkpoint of this package'],
    [['distil', '--teacher', 'package.json', '--data', '.', '--out', 'build/a.pt'], 'package.json'],
  ] as const)(
    '%j is refused in one sentence',
    async (args, sentence) => {
      const error = await training(...args).catch((thrown) => thrown);
      expect([error.code, error.stdout]).toEqual([2, '']);
      expect(error.stderr).toContain(sentence);
      expect(error.stderr.trim().split('\n')).toHaveLength(1);
    },
    PATIENCE,
  );
});
