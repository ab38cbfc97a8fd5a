/** Workers behind the queue: pictures enrolled a second by one process and by two. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dropPostgresGallery } from 'mobilefacenet/postgres';
import { ImageQueue } from 'mobilefacenet/queue';
import { startRedis } from '../servers.js';
import { program, readSample } from './package.js';
import { openDatabase } from './postgres.js';

const KINDS = [
  { kind: 'aligned crops', sample: 'aligned-a-1.png', share: 1 },
  { kind: 'photographs', sample: 'person-a-1.jpg', share: 0.25 },
];

/** Pictures that differ in the bytes after their end, which no decoder reads. */
function writePictures(folder, sample, count) {
  const bytes = readSample(sample);
  return Array.from({ length: count }, (_, index) => {
    const path = join(folder, `${index}-${sample}`);
    writeFileSync(path, Buffer.concat([bytes, Buffer.from(`${index}`)]));
    return { id: `${index}`, path };
  });
}

/** Runs a worker until the queue is empty, and gives its document. */
async function runWorker(name, env) {
  const args = [program, 'worker', name, '--drain', '--json'];
  const child = spawn(process.execPath, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'ignore'] });
  let text = '';
  child.stdout.on('data', (bytes) => {
    text += bytes;
  });
  await once(child, 'close');
  return JSON.parse(text);
}

export async function benchWorkers({ pictures }) {
  const { server, pool } = await openDatabase();
  const redis = await startRedis();
  const folder = mkdtempSync(join(tmpdir(), 'mobilefacenet-bench-'));
  const env = { DATABASE_URL: server.url, REDIS_URL: redis.url };
  const rows = [];
  for (const { kind, sample, share } of KINDS) {
    const images = writePictures(folder, sample, Math.ceil(pictures * share));
    for (const workers of [1, 2]) {
      const name = `bench-workers-${workers}-${sample}`;
      const queue = await ImageQueue.open({ redis: redis.url, gallery: name });
      await queue.add(images);
      const documents = await Promise.all(Array.from({ length: workers }, () => runWorker(name, env)));
      const enrolled = documents.reduce((sum, document) => sum + document.enrolled, 0);
      const rates = documents.map(({ rate }) => rate);
      const rate = rates.reduce((sum, value) => sum + value, 0);
      rows.push([kind, workers, `${enrolled} of ${images.length}`, rate.toFixed(1)]);
      await queue.close();
      await dropPostgresGallery(pool, name);
    }
  }
  rmSync(folder, { recursive: true });
  await pool.end();
  await Promise.all([server.stop(), redis.stop()]);
  const head = ['pictures', 'workers of one thread', 'enrolled', 'a second'];
  return [{ title: 'Workers, with PGlite and Redis on the same cores', head, rows }];
}
