/** Outputs: no input is replaced by whatever path, and nothing of another kind unless that is asked for. */
import { copyFileSync, linkSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { checkOutputs, type OutputKind } from '../../src/files/outputs.js';
import { writeSafetensors } from '../../src/formats/safetensors.js';
import { float32Tensor } from '../../src/tensor/tensor.js';
import { repository, sample, temporaryFolder } from '../cli/cli.js';

function check(path: string, kind: OutputKind, inputs: readonly (string | undefined)[], force?: boolean) {
  return checkOutputs([{ path, kind }], inputs, force).then(
    () => 'passed',
    (error) => error.code,
  );
}

const tensors = () =>
  writeSafetensors(new Map([['a', { tensor: float32Tensor([1], [1]), storage: 'float32' }]]), new Map());
const gallery = () =>
  writeSafetensors(
    new Map(),
    new Map([
      ['format', 'mobilefacenet gallery'],
      ['format_version', '1'],
    ]),
  );

describe('checkOutputs', () => {
  it('refuses an input by every path that leads to it, with force too', async () => {
    const folder = temporaryFolder();
    const input = join(folder, 'a.png');
    copyFileSync(sample('aligned-a-1.png'), input);
    linkSync(input, join(folder, 'hard.png'));
    symlinkSync('a.png', join(folder, 'soft.png'));
    mkdirSync(join(folder, 'sub'));
    symlinkSync('..', join(folder, 'sub/up'));
    for (const output of ['a.png', 'hard.png', 'soft.png', 'sub/up/a.png', 'sub/../a.png']) {
      for (const force of [false, true]) {
        expect(await check(join(folder, output), 'PNG picture', [undefined, input], force)).toBe('OUTPUT_IS_INPUT');
      }
    }
    expect(await check(input, 'PNG picture', [pathToFileURL(input).href])).toBe('OUTPUT_IS_INPUT');
    expect(await check(join(folder, 'new.png'), 'PNG picture', [input])).toBe('passed');
    expect(await check(input, 'PNG picture', [sample('aligned-a-2.png'), 'absent.png'])).toBe('passed');
  });

  it('refuses what is read with an input: weights beside a .param, files of a folder, not last time’s output', async () => {
    const folder = temporaryFolder();
    for (const name of ['m.param', 'm.bin', 'a.jpg', 'old.safetensors']) writeFileSync(join(folder, name), '');
    expect(await check(join(folder, 'm.bin'), 'model', [join(folder, 'm.param')], true)).toBe('OUTPUT_IS_INPUT');
    expect(await check(join(folder, 'a.jpg'), 'HTML page', [folder], true)).toBe('OUTPUT_IS_INPUT');
    expect(await check(join(folder, 'old.safetensors'), 'model', [folder])).toBe('passed');
  });

  it('replaces files of the same kind and empty ones, others with force alone', async () => {
    const folder = temporaryFolder();
    const model = join(folder, 'model');
    copyFileSync(join(repository, 'weights/mtcnn.safetensors'), model);
    const paths = new Map<OutputKind, string>([['model', model]]);
    const contents: readonly (readonly [OutputKind, Uint8Array | string])[] = [
      ['HTML page', '<!DOCTYPE html>\n<p>'],
      ['SVG picture', '<svg xmlns="http://www.w3.org/2000/svg"/>'],
      ['PNG picture', Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10)],
      ['file of tensors', tensors()],
      ['gallery', gallery()],
    ];
    for (const [kind, content] of contents) {
      const path = join(folder, kind);
      writeFileSync(path, content);
      paths.set(kind, path);
    }
    for (const [found, path] of paths) {
      for (const kind of paths.keys()) {
        expect(await check(path, kind, []), `${kind} over ${found}`).toBe(kind === found ? 'passed' : 'OUTPUT_EXISTS');
        expect(await check(path, kind, [], true)).toBe('passed');
      }
    }
    const other = join(folder, 'notes');
    for (const [content, expected] of [
      ['', 'passed'],
      ['notes', 'OUTPUT_EXISTS'],
    ] as const) {
      writeFileSync(other, content);
      expect(await check(other, 'model', [])).toBe(expected);
    }
  });
});
