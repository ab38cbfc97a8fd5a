/** The benchmark command: what it does not know is answered in one sentence and with exit code 2. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { runBench } from '../../bench/program.js';

afterEach(() => vi.restoreAllMocks());

async function run(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const written = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    vi.spyOn(process[stream], 'write').mockImplementation((text) => {
      written[stream] += text;
      return true;
    });
  }
  const code = await runBench(args);
  vi.restoreAllMocks();
  return { code, ...written };
}

describe('bench', () => {
  it.each([
    [['nothing'], 'nothing is not a benchmark'],
    [['--nothing'], "unknown option '--nothing'"],
    [['kernels', '--nothing'], "unknown option '--nothing'"],
    [['kernels', 'mobilefacenet', '--all'], 'a network or --all'],
    [['kernels', 'resnet'], 'is not one network'],
    [['layers'], "missing required argument 'network'"],
    [['layers', 'mobilefacenet', '--threads', '0'], '--threads'],
    [['eventloop', '--runs', 'many'], '--runs'],
    [['peers', '--threads', '1,x'], '--threads'],
    [['crops', '--photos', 'samples'], '--aligned'],
    [['crops', '--photos', 'samples', '--aligned', 'test/bench'], 'under the same paths'],
    [['report', 'nothing'], 'is no section of the report'],
  ])('%j ends with 2', async (args, said) => {
    const { code, stdout, stderr } = await run(...args);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(said);
    expect(stderr).toMatch(/^bench: [^\n]*\.\n$/);
  });

  it('says where a comparison’s models are missing', async () => {
    const { code, stderr } = await run('peers', '--models', 'test/bench', '--weights', 'test/bench/none');
    expect(code).toBe(2);
    expect(stderr).toMatch(/is missing, so there is nothing to compare with; --models names/);
  });
});
