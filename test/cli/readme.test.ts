/** What the README shows works as written: the commands on samples, and the example for applications. */
import { copyFileSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { repository, run, sample, temporaryFolder } from './cli.js';

const readme = readFileSync(join(repository, 'README.md'), 'utf8');

/** The fenced blocks of a language. */
function blocks(language: string): string[] {
  return [...readme.matchAll(new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, 'gs'))].map((match) => match[1]!);
}

describe('README', () => {
  it('begins with two commands that do all their own set-up', () => {
    expect(blocks('sh').slice(0, 2)).toEqual(['npm ci && npm start\n', 'npm ci && npm test\n']);
  });

  it('shows commands that run', async () => {
    const commands = blocks('sh').flatMap((block) =>
      block.split('\n').filter((line) => line.startsWith('npm run -s cli')),
    );
    expect(commands.length).toBeGreaterThanOrEqual(3);
    for (const command of commands) {
      const { code, stdout, stderr } = await run('sh', ['-c', command]);
      expect({ command, code, stderr }).toEqual({ command, code: 0, stderr: '' });
      expect(stdout).not.toBe('');
    }
  });

  it('shows an example that runs', async () => {
    const [example, ...others] = blocks('js');
    expect(others).toEqual([]);
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'node_modules'));
    symlinkSync(repository, join(folder, 'node_modules/mobilefacenet'));
    writeFileSync(join(folder, 'example.mjs'), example!);
    const verdictOn = async (a: string, b: string) => {
      copyFileSync(sample(a), join(folder, 'a.png'));
      copyFileSync(sample(b), join(folder, 'b.png'));
      return run(process.execPath, ['example.mjs'], folder);
    };
    const same = await verdictOn('aligned-a-1.png', 'aligned-a-2.png');
    expect(same, same.stderr).toMatchObject({ code: 0, stderr: '' });
    expect(same.stdout).toMatch(/^0\.6\d\d same person\n$/);
    expect((await verdictOn('aligned-a-1.png', 'aligned-b-1.png')).stdout).toMatch(/ different people\n$/);
  });

  it('lists every option of every command', async () => {
    const { stdout } = await run(process.execPath, ['dist/cli.js', '--help']);
    const names = [...stdout.matchAll(/^ {2}(\w+) \[options\]/gm)].map((match) => match[1]!);
    expect(names.length).toBeGreaterThanOrEqual(5);
    for (const name of names) {
      const row = readme.split('\n').find((line) => new RegExp(`^\\| \`${name}[ \`]`).test(line));
      expect(row, name).toBeDefined();
      const help = (await run(process.execPath, ['dist/cli.js', name, '--help'])).stdout;
      const options = [...help.matchAll(/^ {2}(--[\w-]+)/gm)].map((match) => match[1]!);
      expect(options).toContain('--json');
      for (const option of options) if (option !== '--json') expect(row, `${name} ${option}`).toContain(option);
    }
  });
});
