/** The gallery in PostgreSQL: what every gallery does, and what a database adds: names, sources, migrations, lost connections. */
import { connect, createServer, type Socket } from 'node:net';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import {
  dropPostgresGallery,
  listPostgresGalleries,
  migratePostgres,
  PostgresGallery,
  type PostgresPool,
} from '../../src/scale/postgres/index.js';
import { describeGallery, face, WEIGHTS } from '../face/gallerySuite.js';
import { codeOf } from '../formats/codeOf.js';
import { newName, openGallery, openPool } from './connections.js';

let pool: pg.Pool;
beforeAll(async () => {
  pool = openPool();
  await migratePostgres(pool);
});
afterAll(() => pool.end());

describeGallery('the one in PostgreSQL', (length) => openGallery(pool, length), 25);

describe('the one in PostgreSQL through its index', () => {
  let indexed: pg.Pool;
  beforeAll(() => {
    indexed = openPool();
    // Small tables are read whole otherwise: the planner is told to go through the index.
    indexed.on('connect', (client) => void client.query('set enable_seqscan = off; set enable_sort = off'));
  });
  afterAll(async () => {
    const client = await indexed.connect();
    // Behind some servers connections share a backend, and so its settings.
    await client.query('set enable_seqscan = on; set enable_sort = on');
    client.release();
    await indexed.end();
  });

  describeGallery('the indexed one', (length) => openGallery(indexed, length), 10);

  it('goes through the index, and past it where a search is exact', async () => {
    const { gallery, close } = await openGallery(indexed, 3);
    await gallery.enrolAll([{ id: 'Ann', face: face(1, 2, 3) }]);
    const { rows } = await indexed.query('select gallery from mobilefacenet.galleries where name = $1', [gallery.name]);
    const order = (suffix: string) =>
      `explain select person from mobilefacenet.faces_${rows[0].gallery} order by (embedding <#> '[1,0,0]')${suffix} limit 3`;
    const plan = async (suffix: string) => JSON.stringify((await indexed.query(order(suffix))).rows);
    expect(await plan('')).toContain(`faces_${rows[0].gallery}_embedding`);
    expect(await plan(' + 0')).not.toContain(`faces_${rows[0].gallery}_embedding`);
    expect(await gallery.search(face(1, 2, 3), { exact: true })).toEqual(await gallery.search(face(1, 2, 3)));
    await close();
  });
});

describe('galleries of a database', () => {
  it('are found by name, keep their weights, and know nothing of each other', async () => {
    const [first, second] = [newName(), newName()];
    const a = await PostgresGallery.create(pool, first, WEIGHTS, 2);
    const b = await PostgresGallery.create(pool, second, 'cd'.repeat(32), 3);
    await a.enrol('Ann', face(1, 0));
    expect(await b.list()).toEqual([]);
    expect(await codeOf(() => PostgresGallery.create(pool, second, WEIGHTS, 3))).toBe('OTHER_WEIGHTS');
    const reopened = await PostgresGallery.open(pool, first);
    expect(await reopened.list()).toEqual([{ id: 'Ann', embeddings: 1 }]);
    expect(await (await PostgresGallery.create(pool, first, WEIGHTS, 2)).list()).toEqual(await reopened.list());
    const listed = await listPostgresGalleries(pool);
    expect(listed).toContainEqual({ name: second, weights: 'cd'.repeat(32), embeddingLength: 3 });
    expect(await dropPostgresGallery(pool, first)).toBe(true);
    expect(await dropPostgresGallery(pool, first)).toBe(false);
    expect(await codeOf(() => PostgresGallery.open(pool, first))).toBe('NO_GALLERY');
    for (const use of [() => a.list(), () => a.search(face(1, 0)), () => a.enrol('Ann', face(1, 0))]) {
      expect(await codeOf(use)).toBe('NO_GALLERY');
    }
    await dropPostgresGallery(pool, second);
  });

  it('refuse names, lengths and options that can be none', async () => {
    const names = ['', '../x', "a'; drop schema mobilefacenet; --", 'a b', 'x'.repeat(65), '.hidden', 'ü'];
    for (const name of names) {
      expect(await codeOf(() => PostgresGallery.create(pool, name, WEIGHTS, 2)), name).toBe('BAD_NAME');
      expect(await codeOf(() => PostgresGallery.open(pool, name)), name).toBe('BAD_NAME');
    }
    expect(await codeOf(() => PostgresGallery.create(pool, newName(), WEIGHTS, 2001))).toBe('VECTOR_LENGTH');
    expect(await codeOf(() => PostgresGallery.create(pool, newName(), 'none', 2))).toBe('BAD_HASH');
    expect(await codeOf(() => openGallery(pool, 2, { searchWidth: 0 }))).toBe('BAD_OPTION');
  });

  it('take a source once a person', async () => {
    const { gallery, close } = await openGallery(pool, 2);
    const picture = { id: 'Ann', face: face(1, 0), source: 'a picture' };
    expect(await gallery.enrolAll([picture, { ...picture, id: 'Bea' }])).toBe(2);
    expect(await gallery.enrolAll([picture, { ...picture, source: 'another' }, picture])).toBe(1);
    expect(await gallery.enrolAll([{ id: 'Ann', face: face(1, 0) }])).toBe(1);
    expect(await gallery.count()).toEqual({ people: 2, embeddings: 4 });
    expect(await codeOf(() => gallery.enrolAll([{ ...picture, source: '\0' }]))).toBe('BAD_SOURCE');
    await close();
  });

  it('are made once by many at once, and migrations can run again and side by side', async () => {
    const name = newName();
    await Promise.all(Array.from({ length: 5 }, () => migratePostgres(pool)));
    const made = await Promise.all(Array.from({ length: 5 }, () => PostgresGallery.create(pool, name, WEIGHTS, 2)));
    await Promise.all(made.map((gallery, index) => gallery.enrol(`${index}`, face(1, index))));
    expect(await made[0]!.count()).toEqual({ people: 5, embeddings: 5 });
    expect((await listPostgresGalleries(pool)).filter((entry) => entry.name === name)).toHaveLength(1);
    await dropPostgresGallery(pool, name);
  });
});

/** A way to the database that is cut after so many bytes of what the client says. */
async function openCutter(url: URL): Promise<{ readonly url: string; cutAfter: number; close(): void }> {
  const cutter = { url: '', cutAfter: Number.POSITIVE_INFINITY, close: () => void server.close() };
  const server = createServer((client: Socket) => {
    const upstream = connect(Number(url.port || 5432), url.hostname);
    client.on('data', (bytes: Buffer) => {
      const passed = Math.min(bytes.length, cutter.cutAfter);
      cutter.cutAfter -= passed;
      upstream.write(bytes.subarray(0, passed));
      if (cutter.cutAfter <= 0) for (const socket of [client, upstream]) socket.destroy();
    });
    upstream.pipe(client);
    for (const socket of [client, upstream]) socket.on('error', () => {});
    client.on('close', () => upstream.destroy());
    upstream.on('close', () => client.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  cutter.url = Object.assign(new URL(url), { hostname: '127.0.0.1', port: String(port) }).href;
  return cutter;
}

describe('a connection that is cut', () => {
  it('in the middle of a batch leaves nothing half-enrolled, and the gallery goes on', async () => {
    const cutter = await openCutter(new URL(inject('databaseUrl')));
    const cut = openPool(cutter.url, { max: 1 });
    const { gallery: whole, close } = await openGallery(pool, 8);
    const gallery = await PostgresGallery.open(cut, whole.name);
    await gallery.enrol('before', face(1, 2, 3, 4, 5, 6, 7, 8));
    const batch = Array.from({ length: 2200 }, (_, index) => ({
      id: `${index}`,
      face: face(index, 1, 1, 1, 1, 1, 1, 1),
    }));
    // The batch takes three statements in a transaction, about 400 kB: cut within each, and at the edges of the whole.
    let failures = 0;
    for (const bytes of [1, 5_000, 150_000, 300_000, 370_000]) {
      cutter.cutAfter = bytes;
      const code = await codeOf(() => gallery.enrolAll(batch));
      cutter.cutAfter = Number.POSITIVE_INFINITY;
      if (code === 'DATABASE') failures++;
      expect(await whole.count(), `cut after ${bytes} bytes: ${code}`).toEqual({ people: 1, embeddings: 1 });
    }
    expect(failures).toBe(5);
    expect(await gallery.enrolAll(batch)).toBe(2200);
    expect(await whole.count()).toEqual({ people: 2201, embeddings: 2201 });
    await cut.end();
    cutter.close();
    await close();
  });

  it('and a server that is not there are errors of this package', async () => {
    const nowhere: PostgresPool = openPool('postgres://postgres@127.0.0.1:9/none');
    expect(await codeOf(() => migratePostgres(nowhere))).toBe('DATABASE');
    expect(await codeOf(() => PostgresGallery.open(nowhere, 'x'))).toBe('DATABASE');
  });
});
