import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { exportNative, importModel } from '../../src/formats/index.js';
import { codeOf } from './codeOf.js';
import { param, tagged } from './ncnn/files.js';
import { tinyModel } from './tinyModel.js';

const text = new TextEncoder().encode(param('Input data 0 1 data 0=2', 'InnerProduct fc 1 1 data out 0=1 2=2'));
const weights = tagged(1, 2);
const file = (name: string, bytes: Uint8Array) => ({ name, bytes });

describe('importModel', () => {
  it('recognises a native file by content or name', async () => {
    const bytes = await exportNative(tinyModel(), { storage: 'float16' });
    expect((await importModel([file('tiny.safetensors', bytes)])).format).toBe('native');
    expect((await importModel([file('tiny', bytes)])).card.name).toBe('tiny');
  });

  it('recognises an ncnn pair in any order, by content or name, and hashes its weights', async () => {
    const hash = createHash('sha256').update(weights).digest('hex');
    for (const files of [
      [file('a/net.param', text), file('a/net.bin', weights)],
      [file('net.bin', weights), file('net.param', text)],
      [file('weights', weights), file('net', text)],
    ]) {
      const model = await importModel(files);
      expect(model.format).toBe('ncnn');
      expect(model.card).toMatchObject({ name: 'net', embeddingLength: 1, sha256: hash });
    }
  });

  it('refuses what it does not know, saying what is accepted', async () => {
    const code = (...files: { name: string; bytes: Uint8Array }[]) => codeOf(() => importModel(files));
    expect(await code()).toBe('UNKNOWN_FORMAT');
    expect(await code(file('net.model', Uint8Array.of(8, 9)))).toBe('UNKNOWN_FORMAT');
    expect(await code(file('net.bin', weights))).toBe('UNKNOWN_FORMAT');
    expect(await code(file('photo.jpg', Uint8Array.of(0xff, 0xd8, 0xff)))).toBe('UNKNOWN_FORMAT');
    expect(await code(file('a.param', text), file('b.param', text))).toBe('UNKNOWN_FORMAT');
    expect(await code(file('a.param', text), file('a.bin', weights), file('b', weights))).toBe('UNKNOWN_FORMAT');
    expect(await code(file('net.param', text))).toBe('NO_WEIGHTS');
    expect(await code(file('net.safetensors', weights))).toBe('HEADER_TOO_LARGE');
    expect(await code(file('net.param', Uint8Array.of(0xdd, 0x85, 0x76, 0)), file('net.bin', weights))).toBe(
      'BAD_MAGIC',
    );
    expect(await code(file('net.param', new Uint8Array((1 << 22) + 1)), file('net.bin', weights))).toBe(
      'FILE_TOO_LARGE',
    );
    await expect(importModel([file('net.model', weights)])).rejects.toThrow('accepted is a native .safetensors file');
  });
});
