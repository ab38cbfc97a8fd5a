/** The queue: every picture is enrolled exactly once, whoever is killed or restarted meanwhile, and poison is listed. */
import { readdirSync, rmSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { ImageQueue, imagesBelow, type QueuedImage } from 'mobilefacenet/queue';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { dropPostgresGallery, migratePostgres, PostgresGallery } from '../../src/scale/postgres/index.js';
import { newName, openPool } from './connections.js';
import { startRedis } from './servers.js';
import { makeCrops, makePoison, startWorker, type WorkerProcess, writePictures } from './workers.js';

const JOBS = 500;
const KILLS = 10;

let pool: pg.Pool;
beforeAll(async () => {
  pool = openPool();
  await migratePostgres(pool);
});
afterAll(() => pool.end());

function environment(redis = inject('redisUrl')): Record<string, string> {
  return { DATABASE_URL: inject('databaseUrl'), REDIS_URL: redis };
}

/** Waits until a condition holds; fails after a minute. */
async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  const endMs = performance.now() + 60_000;
  while (!(await holds())) {
    if (performance.now() > endMs) throw new Error(`It did not happen within a minute: ${what}.`);
    await delay(50);
  }
}

/** Embeddings in a gallery, none where it is not there yet. */
async function countOf(name: string): Promise<number> {
  const gallery = await PostgresGallery.open(pool, name).catch(() => undefined);
  return (await gallery?.count())?.embeddings ?? 0;
}

async function listFailures(queue: ImageQueue): Promise<{ readonly id: string; readonly code: string }[]> {
  const failures = [];
  for await (const { id, code } of queue.failures()) failures.push({ id, code });
  return failures.sort((a, b) => a.id.localeCompare(b.id));
}

/** A gallery name, pictures in a folder by the ids of their people, and the queue. */
async function prepare(count: number, withPoison: boolean, redis = inject('redisUrl')) {
  const name = newName();
  const poison = withPoison ? await makePoison() : [];
  const crops = await makeCrops(count - poison.length);
  const idOf = (index: number) =>
    index < crops.length ? `person-${String(index).padStart(4, '0')}` : `poison-${index - crops.length}`;
  const pictures = [...crops, ...poison.map(([, bytes]) => bytes)];
  const folder = writePictures(pictures, (index) => `${idOf(index)}.png`);
  const queue = await ImageQueue.open({ redis, gallery: name, retryDelayMs: 100 });
  const people = crops.map((_, index) => ({ id: idOf(index), embeddings: 1 }));
  const expectedFailures = poison.map(([code], index) => ({ id: `poison-${index}`, code }));
  async function expectComplete(): Promise<void> {
    const gallery = await PostgresGallery.open(pool, name);
    const owners = (await gallery.list()).toSorted((a, b) => a.id.localeCompare(b.id));
    expect(owners).toEqual(people);
    expect(await listFailures(queue)).toEqual(expectedFailures);
    const { waiting, active, delayed } = await queue.counts();
    expect({ waiting, active, delayed }).toEqual({ waiting: 0, active: 0, delayed: 0 });
  }
  async function close(): Promise<void> {
    await queue.close();
    await dropPostgresGallery(pool, name);
    rmSync(folder, { recursive: true });
  }
  return { name, folder, queue, expectComplete, close };
}

describe('workers', () => {
  it(`enrol each of ${JOBS} pictures exactly once although one is killed ${KILLS} times, and set poison aside`, async () => {
    const { name, folder, queue, expectComplete, close } = await prepare(JOBS, true);
    expect(await queue.add(imagesBelow(folder))).toBe(JOBS);
    expect((await queue.counts()).waiting).toBe(JOBS);
    const args = [name, '--threads', '2', '--stalled-after', '1'];
    let killedAtWork = 0;
    for (let kill = 0; kill < KILLS; kill++) {
      const before = await countOf(name);
      const worker = startWorker(args, environment());
      await until(`more is enrolled after kill ${kill}`, async () => (await countOf(name)) > before + 5);
      await delay(37 * kill);
      worker.child.kill('SIGKILL');
      await worker.ended;
      if ((await queue.counts()).active > 0) killedAtWork++;
    }
    expect(killedAtWork).toBeGreaterThan(KILLS / 2);
    expect(await countOf(name)).toBeLessThan(JOBS - 5);
    const last = await startWorker([...args, '--drain'], environment()).ended;
    expect(last.code, last.stderr).toBe(0);
    await expectComplete();
    await close();
  }, 300_000);

  it('enrol nothing twice where the same pictures come again, under other names too', async () => {
    const { name, folder, queue, expectComplete, close } = await prepare(12, true);
    const run = () => startWorker([name, '--drain'], environment()).ended;
    await queue.add(imagesBelow(folder));
    expect(JSON.parse((await run()).stdout)).toMatchObject({ gallery: name, enrolled: 7, duplicates: 0, failures: 5 });
    await queue.add(imagesBelow(folder));
    expect(JSON.parse((await run()).stdout)).toMatchObject({ enrolled: 0, duplicates: 0, failures: 0 });
    const again: QueuedImage[] = [];
    for await (const image of imagesBelow(folder)) {
      const path = 'path' in image ? image.path.replace(folder, `${folder}/../${folder.split('/').at(-1)}`) : '';
      if (!image.id.startsWith('poison')) again.push({ id: image.id, path });
    }
    await queue.add(again);
    expect(JSON.parse((await run()).stdout)).toMatchObject({ enrolled: 0, duplicates: 7 });
    await expectComplete();
    expect(await queue.retryFailures()).toBe(5);
    expect(JSON.parse((await run()).stdout)).toMatchObject({ enrolled: 0, failures: 5 });
    await expectComplete();
    await close();
  });

  it('take pictures from memory, and finish what they have in hand when asked to end', async () => {
    const { name, queue, close } = await prepare(0, false);
    const crops = await makeCrops(60);
    const added = await queue.add(crops.map((bytes, index) => ({ id: `${index}`, name: `crop ${index}`, bytes })));
    expect(added).toBe(60);
    const worker = startWorker([name, '--report-every', '1'], environment());
    await until('some are enrolled', async () => (await countOf(name)) > 3);
    worker.child.kill('SIGTERM');
    const { code, stdout, stderr } = await worker.ended;
    expect(code, stderr).toBe(0);
    const { enrolled } = JSON.parse(stdout);
    expect(enrolled).toBe(await countOf(name));
    expect((await queue.counts()).active).toBe(0);
    const events = stderr
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).event);
    expect(events[0]).toBe('started');
    expect(events.at(-1)).toBe('ending');
    await close();
  });

  it('end when asked to although Redis is away, and say once that it is', async () => {
    const redis = await startRedis();
    const { name, close } = await prepare(0, false);
    const worker = startWorker([name], environment(redis.url));
    await until('it has started', async () => worker.stderr().includes('"started"'));
    await redis.stop();
    await until('it has noticed', async () => worker.stderr().includes('ECONNREFUSED'));
    worker.child.kill('SIGTERM');
    const { code, stdout, stderr } = await worker.ended;
    expect(code, stderr).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ gallery: name, enrolled: 0 });
    expect(stderr.match(/ECONNREFUSED/g), stderr).toHaveLength(1);
    await close();
  });

  it('go on to the end where Redis is restarted, in order and by a kill, while a producer still hands over', async () => {
    const redis = await startRedis();
    const { name, folder, queue, expectComplete, close } = await prepare(300, false, redis.url);
    const small = await ImageQueue.open({ redis: redis.url, gallery: name, mostWaiting: 40, retryDelayMs: 100 });
    let mostWaiting = 0;
    const adding = small.add(imagesBelow(folder), {
      onProgress: async () => {
        mostWaiting = Math.max(mostWaiting, (await queue.counts()).waiting);
      },
    });
    const worker: WorkerProcess = startWorker([name, '--stalled-after', '1'], environment(redis.url));
    for (const signal of ['SIGTERM', 'SIGKILL', 'SIGKILL'] as const) {
      const before = await countOf(name);
      await until('more is enrolled', async () => (await countOf(name)) > before + 20);
      await redis.restart(signal, 300);
    }
    expect(await countOf(name)).toBeLessThan(300);
    expect(await adding).toBe(readdirSync(folder).length);
    expect(mostWaiting).toBeLessThanOrEqual(80);
    expect(mostWaiting).toBeGreaterThan(0);
    await until('all is enrolled', async () => (await countOf(name)) === 300);
    await until('nothing is in work', async () => {
      const { waiting, active, delayed } = await queue.counts();
      return waiting + active + delayed === 0;
    });
    worker.child.kill('SIGTERM');
    expect((await worker.ended).code).toBe(0);
    await expectComplete();
    await small.close();
    await close();
    await redis.stop();
  }, 180_000);
});
