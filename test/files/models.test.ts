/** Weights from paths, addresses, streams and files: progress, hashes, the cache, and loads that are cancelled. */
import { createHash } from 'node:crypto';
import { createReadStream, readFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { FaceVerifier } from '../../src/face/verifier.js';
import { readBytes } from '../../src/files/read.js';

const path = fileURLToPath(new URL('../../weights/mobilefacenet.safetensors', import.meta.url));
const bytes = new Uint8Array(readFileSync(path));
const hash = createHash('sha256').update(bytes).digest('hex');

const servers: Server[] = [];

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/weights.safetensors`;
}

afterEach(() => {
  vi.unstubAllGlobals();
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

const serveAll: RequestListener = (_, response) => {
  response.writeHead(200, { 'content-length': bytes.length }).end(bytes);
};

describe('bytes', () => {
  test('come from a path, an address, a stream and a file, with progress to the end', async () => {
    const address = await serve(serveAll);
    const sources = {
      path,
      address,
      url: new URL(address),
      stream: new Blob([bytes]).stream(),
      file: new Blob([bytes]),
      fileAddress: pathToFileURL(path),
      pieces: createReadStream(path),
    };
    for (const [name, source] of Object.entries(sources)) {
      const heard: { readonly loadedBytes: number; readonly totalBytes?: number | undefined }[] = [];
      const onBytes = (loadedBytes: number, totalBytes?: number) => heard.push({ loadedBytes, totalBytes });
      const read = await readBytes(source, { where: name, onBytes }, undefined, hash);
      expect(Buffer.compare(read, bytes), name).toBe(0);
      expect(heard.at(-1), name).toMatchObject({ loadedBytes: bytes.length });
      expect(
        heard.every(({ loadedBytes }, index) => index === 0 || loadedBytes > heard[index - 1]!.loadedBytes),
        name,
      ).toBe(true);
      if (name !== 'stream' && name !== 'pieces') expect(heard.at(-1)?.totalBytes, name).toBe(bytes.length);
    }
  });

  test('of another hash are refused', async () => {
    const other = hash.replace(/^./, (digit) => (digit === '0' ? '1' : '0'));
    await expect(readBytes(bytes, { where: 'model' }, undefined, other)).rejects.toMatchObject({
      code: 'HASH_MISMATCH',
    });
    expect(await readBytes(bytes, { where: 'model' }, undefined, hash.toUpperCase())).toBe(bytes);
  });

  test('that cannot be had are one error each', async () => {
    const address = await serve((_, response) => response.writeHead(404).end());
    const broken = new ReadableStream<Uint8Array>({ pull: (controller) => controller.error(new Error('it broke')) });
    for (const [source, code] of [
      [address, 'FILE_UNREADABLE'],
      [broken, 'FILE_UNREADABLE'],
      [`${path}.missing`, 'FILE_NOT_FOUND'],
      [dirname(path), 'NOT_A_FILE'],
      ['/dev/zero', 'NOT_A_FILE'],
      [{} as Blob, 'BAD_OPTION'],
    ] as const) {
      await expect(readBytes(source, { where: 'model' })).rejects.toMatchObject({ code });
    }
  });
});

describe('the cache', () => {
  /** What is used of the Cache API. */
  function stubCache(): Map<string, Uint8Array> {
    const kept = new Map<string, Uint8Array>();
    const cache = {
      match: async (key: string) => (kept.has(key) ? new Response(new Uint8Array(kept.get(key)!)) : undefined),
      put: async (key: string, response: Response) => void kept.set(key, new Uint8Array(await response.arrayBuffer())),
    };
    vi.stubGlobal('caches', { open: async () => cache });
    return kept;
  }

  test('serves an address of a known hash without the server, and never other bytes', async () => {
    const kept = stubCache();
    let requests = 0;
    const address = await serve((request, response) => {
      requests++;
      serveAll(request, response);
    });
    await readBytes(address, { where: 'model' }, undefined, hash);
    expect(Buffer.compare(await readBytes(address, { where: 'model' }, undefined, hash), bytes)).toBe(0);
    expect(requests).toBe(1);
    for (const key of kept.keys()) kept.set(key, new Uint8Array([1, 2, 3]));
    expect(Buffer.compare(await readBytes(address, { where: 'model' }, undefined, hash), bytes)).toBe(0);
    expect(requests).toBe(2);
  });

  test('keeps nothing whose hash is not known, and nothing of another hash', async () => {
    const kept = stubCache();
    const address = await serve(serveAll);
    await readBytes(address, { where: 'model' });
    await readBytes(address, { where: 'model' }, undefined, '0'.repeat(64)).catch(() => {});
    expect(kept.size).toBe(0);
  });
});

describe('a cancelled load', () => {
  const reason = new Error('the user went away');

  test('ends in the middle of a download, and the connection with it', async () => {
    let close = (): void => {};
    const closed = new Promise<void>((resolve) => {
      close = resolve;
    });
    const address = await serve((_, response) => {
      response.once('close', close);
      response.writeHead(200, { 'content-length': bytes.length });
      response.write(bytes.subarray(0, 100_000));
    });
    const controller = new AbortController();
    const load = FaceVerifier.load({
      model: address,
      detector: null,
      signal: controller.signal,
      onLoadProgress: () => controller.abort(reason),
    });
    await expect(load).rejects.toBe(reason);
    await closed;
  });

  test('ends a stream and releases it', async () => {
    let cancelled: unknown;
    const stream = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(bytes.slice(0, 1000)),
      cancel: (why) => {
        cancelled = why;
      },
    });
    const controller = new AbortController();
    setTimeout(() => controller.abort(reason), 20);
    const load = FaceVerifier.load({ model: stream, detector: null, signal: controller.signal });
    await expect(load).rejects.toBe(reason);
    expect(cancelled).toBe(reason);
  });

  test('that was cancelled before begins nothing', async () => {
    const load = FaceVerifier.load({ signal: AbortSignal.abort(reason) });
    await expect(load).rejects.toBe(reason);
  });
});
