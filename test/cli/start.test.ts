/** `npm start`: the first run without arguments, the command line with them. */
import { describe, expect, it } from 'vitest';
import { run, sample } from './cli.js';

const start = (...args: readonly string[]) => run(process.execPath, ['scripts/run.js', 'src/cli/start.ts', ...args]);

describe('npm start', () => {
  it('checks the weights, verifies samples and says what to type next', async () => {
    const { code, stdout } = await start();
    expect(code).toBe(0);
    expect(stdout.match(/✓/g)).toHaveLength(3);
    expect(stdout).not.toContain('✗');
    expect(stdout).toMatch(/default weights: 0\.\d\d % away from the output of onnxruntime-web/);
    expect(stdout).toMatch(/person-a-2\.jpg: 0\.\d{3}, same person, \d/);
    expect(stdout).toMatch(/person-b-1\.jpg: -?0\.\d{3}, different people, \d/);
    expect(stdout).toContain('npm run -s cli -- verify');
    expect(stdout).toContain('see weights/README.md');
  });

  it('is the command line where it gets arguments', async () => {
    const { code, stdout } = await start('verify', sample('aligned-a-1.png'), sample('aligned-b-1.png'), '--json');
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ same: false });
  });
});
