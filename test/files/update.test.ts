/** Files that several programs change: nothing is lost, modes and links are kept, a kill leaves old or new. */
import { chmodSync, linkSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { updateFile } from '../../src/files/update.js';
import { run, temporaryFolder } from '../cli/cli.js';

const append = (path: string, line: string) =>
  updateFile(path, async (bytes) => Buffer.from(`${bytes ? Buffer.from(bytes).toString() : ''}${line}\n`));

const linesOf = (path: string) => readFileSync(path, 'utf8').trim().split('\n');

describe('updateFile', () => {
  it('loses no change of many at once, and leaves nothing beside', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'g');
    await Promise.all(Array.from({ length: 30 }, (_, index) => append(path, String(index))));
    expect(linesOf(path).toSorted()).toEqual(Array.from({ length: 30 }, (_, index) => String(index)).toSorted());
    expect(readdirSync(folder)).toEqual(['g']);
  });

  it.skipIf(process.platform === 'win32')(
    'makes private files, keeps modes, follows links and tells hard ones',
    async () => {
      const folder = temporaryFolder();
      const path = join(folder, 'g');
      await append(path, 'a');
      expect(statSync(path).mode & 0o777).toBe(0o600);
      chmodSync(path, 0o640);
      symlinkSync('g', join(folder, 'link'));
      expect(await append(join(folder, 'link'), 'b')).toEqual({ otherLinks: 0 });
      expect(linesOf(path)).toEqual(['a', 'b']);
      expect(statSync(path).mode & 0o777).toBe(0o640);
      linkSync(path, join(folder, 'hard'));
      expect(await append(path, 'c')).toEqual({ otherLinks: 1 });
    },
  );

  it('breaks the lock of a program that is gone, and removes its parts', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'g');
    const { stdout } = await run(process.execPath, ['-p', 'process.pid+"\\n"+require("os").hostname()']);
    writeFileSync(`${path}.lock`, stdout.trim());
    writeFileSync(`${path}.0123456789ab.part`, 'half');
    await append(path, 'a');
    expect(readdirSync(folder)).toEqual(['g']);
  });

  it('refuses where a program without a lock wrote meanwhile', async () => {
    const path = join(temporaryFolder(), 'g');
    await append(path, 'a');
    const update = updateFile(path, async () => {
      writeFileSync(path, 'other\n');
      return Buffer.from('mine\n');
    });
    await expect(update).rejects.toMatchObject({ code: 'CHANGED' });
    expect(linesOf(path)).toEqual(['other']);
  });
});
