/** Reading within bounds: pipes, devices, endless sources, what arrives in place of models. */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import { describe, expect, it, onTestFinished } from 'vitest';
import { joinPieces } from '../../src/files/bounded.js';
import { expandImages } from '../../src/files/images.js';
import { readInputFile } from '../../src/files/local.js';
import { loadModel, loadModelSource } from '../../src/files/models.js';
import { readBytes } from '../../src/files/read.js';
import { temporaryFolder } from '../cli/cli.js';

async function* endless(): AsyncGenerator<Uint8Array> {
  const piece = new Uint8Array(1 << 20);
  for (;;) yield piece;
}

describe('bounds', () => {
  it.skipIf(process.platform === 'win32')('pipes, devices and folders are refused at once', async () => {
    const folder = temporaryFolder();
    const pipe = join(folder, 'a.jpg');
    execFileSync('mkfifo', [pipe]);
    for (const path of [pipe, '/dev/zero', '/dev/null', folder]) {
      await expect(readInputFile(path), path).rejects.toMatchObject({ code: 'NOT_A_FILE' });
    }
    await expect(expandImages([folder])).resolves.toHaveLength(1);
  });

  it('endless pieces end where enough is read', async () => {
    const reading = joinPieces(endless(), undefined, { where: 'x', mostBytes: 5 << 20 });
    await expect(reading).rejects.toMatchObject({ code: 'FILE_TOO_LARGE' });
    await expect(readBytes(endless(), { where: 'x', mostBytes: 5 << 20 })).rejects.toMatchObject({
      code: 'FILE_TOO_LARGE',
    });
    const stream = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(new Uint8Array(1 << 20)),
    });
    await expect(readBytes(stream, { where: 'x', mostBytes: 5 << 20 })).rejects.toMatchObject({
      code: 'FILE_TOO_LARGE',
    });
  });

  it('an address that claims too much is not read', async () => {
    let sent = 0;
    const server = createServer((_, response) => {
      response.writeHead(200, { 'content-length': 2 ** 40 });
      response.write(new Uint8Array(1000), () => {
        sent++;
      });
    });
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/m.safetensors`;
    await expect(loadModelSource(address, 'model')).rejects.toMatchObject({ code: 'FILE_TOO_LARGE' });
    expect(sent).toBeLessThan(3);
  });
});

describe('bytes', () => {
  it('are told by brand: those of another realm, and every view', async () => {
    const foreign = runInNewContext('new Uint8Array([1, 2, 3])');
    expect(foreign instanceof Uint8Array).toBe(false);
    const { buffer } = Uint8Array.of(1, 2, 3);
    for (const source of [foreign, foreign.buffer, buffer, new DataView(buffer), new Uint8ClampedArray(buffer)]) {
      expect([...(await readBytes(source, { where: 'x' }))]).toEqual([1, 2, 3]);
    }
  });

  it('of an answer that is an error are refused', async () => {
    const answer = new Response('no such file', { status: 404 });
    await expect(readBytes(answer, { where: 'x' })).rejects.toMatchObject({ code: 'FILE_UNREADABLE' });
    expect(await readBytes(new Response('abc'), { where: 'x' })).toHaveLength(3);
  });
});

describe('what arrives in place of a model', () => {
  const POINTER = 'version https://git-lfs.github.com/spec/v1\noid sha256:abc\nsize 3\n';

  it.each([
    ['m.onnx', POINTER, /Git LFS pointer.*git lfs pull/],
    ['m.safetensors', POINTER, /Git LFS pointer/],
    ['m.safetensors', '\n<!DOCTYPE html><html>', /page of HTML/],
    ['m.safetensors', '', /is empty/],
    ['m.onnx', Uint8Array.of(0x1f, 0x8b, 8), /gzip/],
    ['m.onnx', Uint8Array.of(0xff, 0xd8, 0xff, 0xe0), /is a picture/],
  ])('%s is named (%#)', async (name, content, message) => {
    const path = join(temporaryFolder(), name);
    writeFileSync(path, content);
    await expect(loadModel([path])).rejects.toMatchObject({
      code: 'NOT_A_MODEL',
      message: expect.stringMatching(message),
    });
  });

  it('a .bin too', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'm.param'), '7767517\n1 1\nInput data 0 1 data 0=4 1=4 2=3\n');
    writeFileSync(join(folder, 'm.bin'), POINTER);
    await expect(loadModelSource(join(folder, 'm.param'), 'model')).rejects.toMatchObject({ code: 'NOT_A_MODEL' });
  });
});

describe('the library and the command line', () => {
  it('load by one loader: a missing companion has one code', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'm.param'), '7767517\n1 1\nInput data 0 1 data 0=4 1=4 2=3\n');
    for (const load of [
      () => loadModel([join(folder, 'm.param')]),
      () => loadModelSource(join(folder, 'm.param'), 'model'),
    ]) {
      await expect(load()).rejects.toMatchObject({ code: 'FILE_NOT_FOUND', message: expect.stringContaining('m.bin') });
    }
  });
});
