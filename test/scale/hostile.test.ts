/** Hostile requests: each gets a typed 4xx, none ends the service, and its memory stays bounded. */
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { encodePng } from '../../src/image/encodePng.js';
import { ask, KEY, type ServiceProcess, startService } from './services.js';
import { makePoison, readSample } from './workers.js';

const LIMITS = ['--threads', '1', '--timeout', '2', '--body-limit', '2', '--pixel-limit', '20', '--most-requests', '4'];

let service: ServiceProcess;
beforeAll(async () => {
  service = await startService(LIMITS, { DATABASE_URL: inject('databaseUrl') });
});
afterAll(async () => {
  expect(await service.end()).toBe(0);
});

const crop = readSample('aligned-a-1.png');
const image = Buffer.from(crop).toString('base64');

/** Says bytes on a connection of its own and gives all that comes back until it is closed. */
async function say(bytes: string, more?: (write: (text: string) => void) => Promise<void>): Promise<string> {
  const { hostname, port } = new URL(service.address);
  const socket = connect(Number(port), hostname);
  let heard = '';
  socket.setEncoding('utf8').on('data', (text) => {
    heard += text;
  });
  socket.on('error', () => {});
  // Not `once` of node:events, which fails where the connection is reset: that ends it too.
  const closed = new Promise((resolve) => socket.once('close', resolve));
  socket.write(bytes);
  await more?.((text) => void (socket.writable && socket.write(text)));
  await Promise.race([closed, delay(8000)]);
  socket.destroy();
  return heard;
}

function head(path: string, fields: readonly string[]): string {
  return `POST ${path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${KEY}\r\n${fields.join('\r\n')}\r\n\r\n`;
}

/** Waits until a condition holds; fails after 20 seconds. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  const endMs = performance.now() + 20_000;
  while (!(await holds())) {
    if (performance.now() > endMs) throw new Error('It did not happen within 20 seconds.');
    await delay(50);
  }
}

async function expectAlive(): Promise<void> {
  expect((await ask(service, 'GET', '/health')).status).toBe(200);
  expect((await ask(service, 'POST', '/embed', crop)).status).toBe(200);
}

describe('hostile requests', () => {
  it('of wrong types and shapes are 400', async () => {
    const bodies: (object | string)[] = [
      {},
      [],
      { image: 5 },
      { image: null },
      { image: [image] },
      { image: { toString: image } },
      { image: '' },
      { image, extra: 'x' },
      { __proto__: { image } },
      '{"image": "',
      '',
      'null',
      '"text"',
      '[[[[',
      `{"__proto__": {"image": "${image}"}}`,
      '['.repeat(100_000),
    ];
    for (const body of bodies) {
      const { status, body: said } = await ask(service, 'POST', '/embed', body);
      expect({ status, code: typeof said.error.code }, JSON.stringify(body).slice(0, 60)).toEqual({
        status: 400,
        code: 'string',
      });
    }
    for (const query of ['minFace=x', 'minFace=-1', 'face=both', 'mirror=2', 'unknown=1', 'minFace=40&minFace=50']) {
      expect((await ask(service, 'POST', `/embed?${query}`, crop)).status, query).toBe(400);
    }
    const photograph = { 'content-type': 'image/jpeg' };
    const infinite = await ask(service, 'POST', '/detect?minFace=1e999', readSample('group.jpg'), photograph);
    expect(infinite.status).toBe(400);
    expect((await ask(service, 'POST', '/verify', { a: image })).status).toBe(400);
    expect((await ask(service, 'POST', '/embed', crop, { 'content-type': 'text/html' })).body.error.code).toBe(
      'MEDIA_TYPE',
    );
    await expectAlive();
  });

  it('with pictures that are none, cut, or claim 100 megapixels are told so', async () => {
    const statuses: Record<string, number> = {
      NOT_AN_IMAGE: 415,
      TRUNCATED_IMAGE: 422,
      TOO_MANY_PIXELS: 413,
      NO_FACE: 422,
    };
    for (const [code, bytes] of await makePoison()) {
      if (bytes.length === 0) continue;
      const answer = await ask(service, 'POST', '/embed', bytes);
      expect(answer, code).toMatchObject({ status: statuses[code], body: { error: { code } } });
      const inJson = await ask(service, 'POST', '/detect', { image: Buffer.from(bytes).toString('base64') });
      if (code !== 'NO_FACE') expect(inJson.body.error.code).toBe(code);
    }
    expect((await ask(service, 'POST', '/embed', { image: '%%%%' })).status).toBe(415);
    await expectAlive();
  });

  it('with paths and SQL for names change nothing', async () => {
    await ask(service, 'PUT', '/gallery/injected');
    const names = [
      '../../etc/passwd',
      "x'; drop schema mobilefacenet cascade; --",
      'a b',
      '%00',
      'x'.repeat(65),
      '*',
      '$1',
    ];
    for (const name of names) {
      for (const path of [`/gallery/${encodeURIComponent(name)}`, `/gallery/${encodeURIComponent(name)}/search`]) {
        const { status, body } = await ask(
          service,
          path.endsWith('search') ? 'POST' : 'PUT',
          path,
          path.endsWith('search') ? crop : undefined,
        );
        expect({ status, code: typeof body.error.code }, path).toEqual({ status: 400, code: 'string' });
      }
    }
    for (const id of ['%00', '%0a', 'x'.repeat(257), '%ED%A0%80', '%']) {
      const { status } = await ask(service, 'POST', `/gallery/injected/people/${id}`, crop);
      expect([400, 404], id).toContain(status);
    }
    for (const path of ['/../etc/passwd', '/gallery/%2e%2e/%2e%2e', '/gallery', '//', '/embed/../metrics2']) {
      expect([400, 404]).toContain((await ask(service, 'GET', path)).status);
    }
    expect((await ask(service, 'GET', '/gallery/injected')).body).toMatchObject({ people: 0, embeddings: 0 });
    await expectAlive();
  });

  it('that are too large, cut or no HTTP end with 4xx and their connection', async () => {
    const large = await ask(service, 'POST', '/embed', new Uint8Array(3_000_000)).catch(() => undefined);
    if (large) expect(large).toMatchObject({ status: 413, body: { error: { code: 'BODY_TOO_LARGE' } } });
    const claimed = await say(head('/embed', ['content-type: image/png', 'content-length: 100000000000']));
    expect(claimed).toMatch(/^HTTP\/1\.1 413 /);
    expect(await say('GARBAGE\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /);
    // Longer than Node accepts, short enough to arrive whole: what is left unread resets the connection.
    expect(await say(`GET /${'x'.repeat(20_000)} HTTP/1.1\r\nhost: x\r\n\r\n`)).toMatch(/^HTTP\/1\.1 4\d\d /);
    const both = ['content-type: image/png', 'content-length: 5', 'transfer-encoding: chunked'];
    expect(await say(head('/embed', both))).toMatch(/^HTTP\/1\.1 400 /);
    const cut = connect(Number(new URL(service.address).port), '127.0.0.1');
    cut.write(`${head('/embed', ['content-type: image/png', 'content-length: 50000'])}PNG`);
    await delay(100);
    cut.destroy();
    await delay(200);
    await expectAlive();
  });

  it('that are sent slowly are ended in time, and hold back nobody for longer', async () => {
    const slow = await say(head('/embed', ['content-type: image/png', 'content-length: 5000']), async (write) => {
      for (let second = 0; second < 5; second++) {
        write('x');
        await delay(800);
      }
    });
    expect(slow).toMatch(/^HTTP\/1\.1 408 /);
    const header = await say('POST /embed HTTP/1.1\r\nhost: x\r\n', async (write) => {
      for (let second = 0; second < 5; second++) {
        write(`x-${second}: y\r\n`);
        await delay(800);
      }
    });
    expect(header).toMatch(/^HTTP\/1\.1 408 /);
    await expectAlive();
  });

  it('in crowds are turned away with 429 and a time to come again, and memory stays bounded', async () => {
    const own = await startService(['--threads', '1', '--most-requests', '4', '--timeout', '30']);
    const type = { 'content-type': 'image/jpeg' };
    await ask(own, 'POST', '/detect', readSample('group.jpg'), type);
    const before = own.memoryMb();
    const body = Buffer.concat([Buffer.from(readSample('group.jpg')), Buffer.alloc(1_000_000)]);
    const answers = await Promise.all(Array.from({ length: 120 }, () => ask(own, 'POST', '/detect', body, type)));
    const refused = answers.filter(({ status }) => status === 429);
    expect(answers.filter(({ status }) => ![200, 429].includes(status))).toEqual([]);
    expect(refused.length).toBeGreaterThan(60);
    expect(answers.length - refused.length).toBeGreaterThanOrEqual(4);
    expect(refused[0]!.body.error.code).toBe('BUSY');
    expect(refused[0]!.headers.get('retry-after')).toBe('1');
    expect(own.memoryMb() - before).toBeLessThan(150);
    let metrics = '';
    do metrics = (await ask(own, 'GET', '/metrics')).body;
    while (!metrics.includes('mobilefacenet_requests_working 0'));
    expect((await ask(own, 'POST', '/embed', crop)).status).toBe(200);
    expect(await own.end()).toBe(0);
  });

  it('that ask again at once are answered at a pace, and leave the processor to those at work', async () => {
    const most = 2;
    const own = await startService(['--threads', '1', '--most-requests', String(most)]);
    const counts: Record<number, number> = { 200: 0, 429: 0 };
    const beginMs = performance.now();
    await Promise.all(
      Array.from({ length: 6 * most }, async () => {
        while (performance.now() < beginMs + 3000) counts[(await ask(own, 'POST', '/embed', crop)).status]! += 1;
      }),
    );
    // Eight a second for each request that may be at work, and those of one second more that may come at once.
    expect(counts[429]).toBeLessThanOrEqual(8 * most * ((performance.now() - beginMs) / 1000 + 1));
    expect(counts[429]).toBeGreaterThan(8 * most);
    expect(counts[200]).toBeGreaterThan(0);
    expect(await own.end()).toBe(0);
  });

  it('that are sent ahead on one connection, and cut, give their places back', async () => {
    const own = await startService(['--threads', '1', '--most-requests', '4']);
    const fields = ['content-type: image/png', `content-length: ${crop.length}`];
    const one = Buffer.concat([Buffer.from(head('/embed', fields)), crop]);
    for (const requests of [3, 20]) {
      for (let waitMs = 0; waitMs < 60; waitMs += 10) {
        const socket = connect(Number(new URL(own.address).port), '127.0.0.1').on('error', () => {});
        socket.write(Buffer.concat(Array.from({ length: requests }, () => one)));
        await delay(waitMs);
        socket.destroy();
      }
    }
    await until(async () => {
      const metrics = (await ask(own, 'GET', '/metrics')).body as string;
      return (
        /requests_working 0\n/.test(metrics) && /pool_threads 1\n/.test(metrics) && /pool_running 0\n/.test(metrics)
      );
    });
    const answers = await Promise.all(Array.from({ length: 4 }, () => ask(own, 'POST', '/embed', crop)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(await own.end()).toBe(0);
  });

  it('that take too long have their work ended, and the next one is served', async () => {
    const own = await startService(['--timeout', '1']);
    const data = new Uint8Array(4000 * 4000 * 3).map((_, index) => (index / 12_000) & 0xff);
    const large = await encodePng({ data, width: 4000, height: 4000, channels: 3 });
    const late = await ask(own, 'POST', '/detect?minFace=12', large);
    expect(late).toMatchObject({ status: 504, body: { error: { code: 'TIMED_OUT' } } });
    // The thread that was ended is replaced, and nothing of the old work goes on.
    await until(async () => (await ask(own, 'GET', '/metrics')).body.includes('mobilefacenet_pool_threads 0'));
    await until(async () => (await ask(own, 'GET', '/metrics')).body.includes('mobilefacenet_pool_threads 1'));
    expect((await ask(own, 'GET', '/metrics')).body).toContain('mobilefacenet_pool_running 0');
    expect((await ask(own, 'GET', '/ready')).status).toBe(200);
    expect(await own.end()).toBe(0);
  });
});
