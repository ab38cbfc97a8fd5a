/** Commands that write: an input is never replaced, nor a file of another kind without `--force`. */
import { copyFileSync, linkSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { decodeImage } from '../../src/image/decode.js';
import { encodePng } from '../../src/image/encodePng.js';
import { type FailureDocument, repository, runCli, runJson, sample, temporaryFolder } from './cli.js';

const CROP = sample('aligned-a-1.png');

async function filled(): Promise<(name: string) => string> {
  const folder = temporaryFolder();
  const path = (name: string) => join(folder, name);
  copyFileSync(sample('person-a-1.jpg'), path('a.jpg'));
  writeFileSync(path('p.png'), await encodePng(await decodeImage(readFileSync(path('a.jpg')), 'a.jpg')));
  copyFileSync(join(repository, 'weights/mobilefacenet.safetensors'), path('m.safetensors'));
  linkSync(path('m.safetensors'), path('same.safetensors'));
  writeFileSync(path('pairs.txt'), 'a.jpg a.jpg 1\n');
  writeFileSync(path('notes.safetensors'), 'my notes');
  return path;
}

describe('commands that write', () => {
  it.each<[string, string, (path: (name: string) => string) => string[]]>([
    ['detect --draw', 'a.jpg', (path) => ['detect', path('a.jpg'), '--draw', path('a.jpg')]],
    ['align --out', 'p.png', (path) => ['align', path('a.jpg'), path('p.png'), '--out', path('.')]],
    ['import --out', 'm.safetensors', (path) => ['import', path('m.safetensors'), '--out', path('same.safetensors')]],
    ['quantize --out', 'm.safetensors', (path) => ['quantize', path('m.safetensors'), '--out', path('m.safetensors')]],
    [
      'run --out',
      'm.safetensors',
      (path) => ['run', path('m.safetensors'), '--input', CROP, '--out', path('m.safetensors')],
    ],
    [
      'eval --report',
      'pairs.txt',
      (path) => ['eval', '--pairs', path('pairs.txt'), '--images', path('.'), '--report', path('pairs.txt')],
    ],
    [
      'eval --report over a picture',
      'a.jpg',
      (path) => ['eval', '--pairs', path('pairs.txt'), '--images', path('.'), '--report', path('a.jpg')],
    ],
    [
      'calibrate --out',
      'm.safetensors',
      (path) => [
        'calibrate',
        path('m.safetensors'),
        '--images',
        path('.'),
        '--far',
        '0.1',
        '--out',
        path('m.safetensors'),
      ],
    ],
  ])('%s leaves its inputs as they are, with --force too', async (_, name, args) => {
    const path = await filled();
    const before = readFileSync(path(name));
    const [command = '', ...rest] = [...args(path), '--force'];
    const { code, document } = await runJson<FailureDocument>(command, ...rest);
    expect([code, document.error.code]).toEqual([2, 'OUTPUT_IS_INPUT']);
    expect(readFileSync(path(name)).equals(before)).toBe(true);
  });

  it('replaces a file of another kind with --force alone', async () => {
    const path = await filled();
    const args = ['run', path('m.safetensors'), '--input', CROP, '--out', path('notes.safetensors')] as const;
    const { code, document } = await runJson<FailureDocument>(...args);
    expect([code, document.error.code]).toEqual([2, 'OUTPUT_EXISTS']);
    expect(readFileSync(path('notes.safetensors'), 'utf8')).toBe('my notes');
    expect((await runCli(...args, '--force')).code).toBe(0);
    expect((await runCli(...args)).code).toBe(0);
  });
});
