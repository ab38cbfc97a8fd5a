/** The service's contract: what it answers, to whom, what it logs, and how it ends. */
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { dropPostgresGallery } from '../../src/scale/postgres/index.js';
import { newName, openPool } from './connections.js';
import { ask, KEY, type ServiceProcess, startService } from './services.js';
import { readSample } from './workers.js';

let service: ServiceProcess;
beforeAll(async () => {
  service = await startService(['--threads', '2', '--timeout', '60'], { DATABASE_URL: inject('databaseUrl') });
});
afterAll(async () => {
  expect(await service.end()).toBe(0);
});

const [a1, a2, b1] = ['aligned-a-1.png', 'aligned-a-2.png', 'aligned-b-1.png'].map(readSample) as [
  Uint8Array,
  Uint8Array,
  Uint8Array,
];
const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');

describe('the service', () => {
  it('verifies, embeds and detects', async () => {
    const same = await ask(service, 'POST', '/verify', { a: base64(a1), b: base64(a2) });
    expect(same).toMatchObject({ status: 200, body: { same: true, weights: expect.stringMatching(/^[0-9a-f]{64}$/) } });
    const other = await ask(service, 'POST', '/verify', { a: base64(a1), b: base64(b1) });
    expect(other.body.same).toBe(false);
    expect(other.body.similarity).toBeLessThan(same.body.similarity);
    const strict = await ask(service, 'POST', '/verify?threshold=0.999', { a: base64(a1), b: base64(a2) });
    expect(strict.body).toMatchObject({ same: false, threshold: 0.999, similarity: same.body.similarity });

    const raw = await ask(service, 'POST', '/embed', a1);
    const inJson = await ask(service, 'POST', '/embed', { image: base64(a1) });
    expect(raw.status).toBe(200);
    expect(raw.body).toEqual(inJson.body);
    const embedding: number[] = raw.body.embedding;
    expect(embedding.reduce((sum, value) => sum + value * value, 0)).toBeCloseTo(1, 5);

    const found = await ask(service, 'POST', '/detect', readSample('group.jpg'), { 'content-type': 'image/jpeg' });
    expect(found.status).toBe(200);
    expect(found.body.faces.length).toBeGreaterThan(1);
    expect(found.body.faces[0]).toMatchObject({ score: expect.any(Number), box: { x: expect.any(Number) } });
  });

  it('keeps galleries', async () => {
    const name = newName();
    const path = `/gallery/${name}`;
    expect(await ask(service, 'GET', path)).toMatchObject({ status: 404, body: { error: { code: 'NO_GALLERY' } } });
    expect(await ask(service, 'PUT', path)).toMatchObject({ status: 200, body: { name, people: 0, embeddings: 0 } });
    const id = "Ann's id / ü 🙂; drop table x";
    const person = `${path}/people/${encodeURIComponent(id)}`;
    expect(await ask(service, 'POST', person, a1)).toMatchObject({ status: 201, body: { id, quality: {} } });
    expect((await ask(service, 'POST', `${path}/people/Bea`, b1)).status).toBe(201);
    const found = await ask(service, 'POST', `${path}/search?top=1`, a2);
    expect(found).toMatchObject({ status: 200, body: { matches: [{ id, same: true }] } });
    expect((await ask(service, 'GET', path)).body).toMatchObject({ people: 2, embeddings: 2 });
    expect((await ask(service, 'DELETE', person)).status).toBe(204);
    expect(await ask(service, 'DELETE', person)).toMatchObject({
      status: 404,
      body: { error: { code: 'UNKNOWN_ID' } },
    });
    expect((await ask(service, 'POST', `${path}/search?top=1`, a2)).body.matches[0].id).toBe('Bea');
    const pool = openPool();
    await dropPostgresGallery(pool, name);
    await pool.end();
    expect((await ask(service, 'POST', `${path}/search`, a2)).body.error.code).toBe('NO_GALLERY');
  });

  it('asks for a key, but not whether it is well and what it offers', async () => {
    for (const authorization of ['', 'Bearer wrong', `Basic ${KEY}`, `Bearer ${KEY}x`]) {
      const refused = await ask(service, 'POST', '/embed', a1, { authorization });
      expect(refused).toMatchObject({ status: 401, body: { error: { code: 'UNAUTHORISED' } } });
      expect((await ask(service, 'GET', '/metrics', undefined, { authorization })).status).toBe(401);
    }
    for (const path of ['/health', '/ready', '/openapi.json']) {
      expect((await ask(service, 'GET', path, undefined, { authorization: '' })).status, path).toBe(200);
    }
    const { headers } = await ask(service, 'GET', '/health', undefined, { origin: 'http://elsewhere.example' });
    expect(headers.get('access-control-allow-origin')).toBeNull();
  });

  it('documents every route by the schemas that check it', async () => {
    const { body } = await ask(service, 'GET', '/openapi.json');
    expect(body.openapi).toBe('3.1.0');
    const routes = Object.entries(body.paths).flatMap(([path, methods]) =>
      Object.keys(methods as object).map((method) => `${method} ${path}`),
    );
    expect(routes.sort()).toEqual([
      'delete /gallery/{name}/people/{id}',
      'get /gallery/{name}',
      'get /health',
      'get /metrics',
      'get /openapi.json',
      'get /ready',
      'post /detect',
      'post /embed',
      'post /gallery/{name}/people/{id}',
      'post /gallery/{name}/search',
      'post /verify',
      'put /gallery/{name}',
    ]);
    const verify = body.paths['/verify'].post;
    expect(verify.requestBody.content['application/json'].schema.required).toEqual(['a', 'b']);
    expect(verify.responses['200'].content['application/json'].schema.required).toContain('similarity');
    expect(Object.keys(body.paths['/embed'].post.requestBody.content)).toContain('image/png');
    expect(body.paths['/health'].get.security).toEqual([]);
  });

  it('counts what it does, and logs nothing of pictures, people or embeddings', async () => {
    const secret = 'somebody-whom-nobody-may-know';
    await ask(service, 'PUT', '/gallery/logged');
    await ask(service, 'POST', `/gallery/logged/people/${secret}`, a1);
    await ask(service, 'POST', `/gallery/logged/people/${'x'.repeat(300)}${secret}`, a1);
    const { body } = await ask(service, 'POST', '/embed', { image: base64(a1) });
    const metrics = (await ask(service, 'GET', '/metrics')).body as string;
    expect(metrics).toMatch(/mobilefacenet_requests_total\{method="POST",route="\/embed",status="200"\} [1-9]/);
    expect(metrics).toContain('mobilefacenet_pool_threads 2');
    expect(metrics).toContain('process_resident_memory_bytes');
    for (const text of [service.log(), metrics]) {
      expect(text).not.toContain(secret);
      expect(text).not.toContain(base64(a1).slice(0, 40));
      expect(text).not.toContain(String(body.embedding[0]));
      expect(text).not.toContain(KEY);
    }
    expect(service.log()).toMatch(/"route":"\/gallery\/:name\/people\/:id","status":201/);
  });
});

describe('a service of its own', () => {
  it('refuses to listen where others can reach it without a key', async () => {
    const refused = startService(['--host', '0.0.0.0'], { MOBILEFACENET_API_KEYS: '' });
    await expect(refused).rejects.toThrow('NO_API_KEY');
    await expect(startService([], { MOBILEFACENET_API_KEYS: 'short' })).rejects.toThrow('BAD_KEY');
  });

  it('answers what it has in hand when it is asked to end', async () => {
    const own = await startService(['--timeout', '60']);
    const asked = ask(own, 'POST', '/detect', readSample('group.jpg'), { 'content-type': 'image/jpeg' });
    while (!(await ask(own, 'GET', '/metrics')).body.includes('mobilefacenet_requests_working 1'));
    const ended = own.end();
    expect((await asked).status).toBe(200);
    expect(await ended).toBe(0);
  });
});
