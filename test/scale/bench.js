/**
 * `npm run bench:scale [-- PART …]`: galleries, workers and the service measured on this machine, as tables. Parts are
 * embedded, postgres, workers and service; all where none is named. Everything it starts runs beside it on the same cores.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installDependencies, installPackage, installRedis } from './install.js';
import { startPostgres, startRedis } from './servers.js';

const LENGTH = 128;
const WEIGHTS = '0'.repeat(64);
const FACES_PER_PERSON = 5;
/** Length of the noise that is added to a person's direction of length 1: two faces of a person have a cosine of about 0.6. */
const NOISE = 0.8;
const EMBEDDED_SIZES = [10_000, 100_000, 1_000_000];
const POSTGRES_SIZES = [10_000, 100_000];
const TOP = 10;
const QUERIES = 100;
const PICTURES = 400;
const LOAD_SECONDS = 5;
const KEY = 'a-key-for-measurements';

const here = fileURLToPath(new URL('.', import.meta.url));
const program = join(here, 'node_modules/mobilefacenet/dist/cli.js');
const sample = join(here, 'node_modules/mobilefacenet/samples/aligned-a-1.png');

/** Numbers in [0, 1) from an integer generator. */
function seeded(seed) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** A vector of about the given length in any direction: sums of uniform numbers are near enough to normal ones. */
function direction(next, length) {
  const scale = length / Math.sqrt(LENGTH / 4);
  return Float32Array.from({ length: LENGTH }, () => (next() + next() + next() - 1.5) * scale);
}

/** Faces of people: each is the person's direction with noise. */
function* makeFaces(count, seed) {
  const next = seeded(seed);
  for (let index = 0; index < count; ) {
    const person = direction(next, 1);
    for (let face = 0; face < FACES_PER_PERSON && index < count; face++, index++) {
      const noise = direction(next, NOISE);
      const embedding = person.map((value, at) => value + noise[at]);
      yield { id: `${Math.floor(index / FACES_PER_PERSON)}`, face: { embedding, weights: WEIGHTS } };
    }
  }
}

/** Faces of people who are in the gallery, but not enrolled themselves. */
function makeQueries(size) {
  const step = Math.max(1, Math.floor(size / QUERIES));
  const next = seeded(99);
  const queries = [];
  let index = 0;
  for (const { face } of makeFaces(size, 1)) {
    if (index++ % step !== 0 || queries.length === QUERIES) continue;
    const noise = direction(next, NOISE / 2);
    queries.push({ embedding: face.embedding.map((value, at) => value + noise[at]), weights: WEIGHTS });
  }
  return queries;
}

function memoryMb(pid = process.pid) {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)[1]) / 1024;
}

const seconds = (beginMs) => (performance.now() - beginMs) / 1000;

async function timeSearches(search, queries) {
  const durations = [];
  const results = [];
  for (const query of queries) {
    const beginMs = performance.now();
    results.push(await search(query));
    durations.push(performance.now() - beginMs);
  }
  const sorted = durations.toSorted((a, b) => a - b);
  const at = (share) => sorted[Math.floor(sorted.length * share)].toFixed(2);
  const perSecond = (1000 * durations.length) / durations.reduce((sum, value) => sum + value, 0);
  return { results, columns: [perSecond.toFixed(0), at(0.5), at(0.95)] };
}

function printTable(title, head, rows) {
  const lines = [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`);
  console.log(`\n${title}\n\n${lines.join('\n')}`);
}

async function benchEmbedded() {
  const { Engine, Gallery } = await import('mobilefacenet');
  const rows = [];
  for (const size of EMBEDDED_SIZES) {
    const engine = await Engine.create();
    const gallery = new Gallery(engine, WEIGHTS, LENGTH);
    const beginMs = performance.now();
    for (const { id, face } of makeFaces(size, 1)) gallery.enrol(id, face);
    const buildSeconds = seconds(beginMs);
    const { columns } = await timeSearches((face) => gallery.search(face, { top: TOP }), makeQueries(size));
    rows.push([
      size,
      buildSeconds.toFixed(1),
      (gallery.memoryBytes / 1e6).toFixed(0),
      memoryMb().toFixed(0),
      ...columns,
    ]);
    gallery.dispose();
    engine.dispose();
  }
  const head = ['faces', 'build s', 'table MB', 'process MB', 'searches/s', 'median ms', 'p95 ms'];
  printTable('Embedded gallery, one thread', head, rows);
}

async function openDatabase() {
  const [{ default: pg }, postgres] = await Promise.all([import('pg'), import('mobilefacenet/postgres')]);
  const server = await startPostgres();
  const pool = new pg.Pool({ connectionString: server.url, max: 4 }).on('error', () => {});
  await postgres.migratePostgres(pool);
  return { ...postgres, server, pool };
}

async function benchPostgres() {
  const { PostgresGallery, dropPostgresGallery, server, pool } = await openDatabase();
  const rows = [];
  for (const size of POSTGRES_SIZES) {
    const name = `bench-${size}`;
    await dropPostgresGallery(pool, name);
    const gallery = await PostgresGallery.create(pool, name, WEIGHTS, LENGTH);
    const found = await pool.query('select gallery from mobilefacenet.galleries where name = $1', [name]);
    const table = `mobilefacenet.faces_${found.rows[0].gallery}`;
    const index = `faces_${found.rows[0].gallery}_embedding`;
    // As pgvector advises for a first load: rows first, then the index over them.
    await pool.query(`drop index mobilefacenet.${index}`);
    let beginMs = performance.now();
    const batch = [];
    for (const enrolment of makeFaces(size, 1)) {
      if (batch.push(enrolment) === 1000) await gallery.enrolAll(batch.splice(0));
    }
    if (batch.length > 0) await gallery.enrolAll(batch);
    const loadSeconds = seconds(beginMs);
    beginMs = performance.now();
    await pool.query("set maintenance_work_mem = '256MB'");
    await pool.query(`create index ${index} on ${table} using hnsw (embedding vector_ip_ops)`);
    const indexSeconds = seconds(beginMs);
    await pool.query(`analyze ${table}`);
    const sizes = await pool.query(
      `select pg_total_relation_size('${table}') as all, pg_relation_size('mobilefacenet.${index}') as index`,
    );
    const queries = makeQueries(size);
    const exact = await timeSearches((face) => gallery.search(face, { top: TOP, exact: true }), queries.slice(0, 50));
    const indexed = await timeSearches((face) => gallery.search(face, { top: TOP }), queries);
    const recall = exact.results.map((matches, at) => {
      const ids = new Set(indexed.results[at].map(({ id }) => id));
      return matches.filter(({ id }) => ids.has(id)).length / matches.length;
    });
    const mean = recall.reduce((sum, value) => sum + value, 0) / recall.length;
    const megabytes = ['all', 'index'].map((key) => (Number(sizes.rows[0][key]) / 1e6).toFixed(0));
    const memory = server.pid ? memoryMb(server.pid).toFixed(0) : '–';
    rows.push([
      size,
      loadSeconds.toFixed(0),
      indexSeconds.toFixed(0),
      ...megabytes,
      memory,
      mean.toFixed(3),
      ...indexed.columns,
      exact.columns[1],
    ]);
    await dropPostgresGallery(pool, name);
  }
  await pool.end();
  await server.stop();
  const head = [
    'faces',
    'load s',
    'index s',
    'disk MB',
    'of it index',
    'server MB',
    `recall@${TOP}`,
    'searches/s',
    'median ms',
    'p95 ms',
    'exact median ms',
  ];
  printTable(
    `PostgreSQL with pgvector (${process.env.DATABASE_URL ? 'DATABASE_URL' : 'PGlite, WebAssembly, one backend'}), one client`,
    head,
    rows,
  );
}

function runWorker(name, env) {
  const args = [program, 'worker', name, '--drain', '--json'];
  const child = spawn(process.execPath, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'ignore'] });
  let text = '';
  child.stdout.on('data', (bytes) => {
    text += bytes;
  });
  return once(child, 'close').then(() => JSON.parse(text));
}

async function benchWorkers() {
  const { decodeImage, encodePng } = await import('mobilefacenet');
  const { ImageQueue } = await import('mobilefacenet/queue');
  const { dropPostgresGallery, server, pool } = await openDatabase();
  const redis = await startRedis();
  const crop = await decodeImage(readFileSync(sample), 'sample');
  const folder = mkdtempSync(join(tmpdir(), 'mobilefacenet-bench-'));
  for (let index = 0; index < PICTURES; index++) {
    const data = crop.data.slice();
    data.set([index & 0xff, index >> 8]);
    writeFileSync(join(folder, `${index}.png`), await encodePng({ ...crop, data }));
  }
  const rows = [];
  for (const workers of [1, 2]) {
    const name = `bench-workers-${workers}`;
    const queue = await ImageQueue.open({ redis: redis.url, gallery: name });
    await queue.add(
      Array.from({ length: PICTURES }, (_, index) => ({ id: `${index}`, path: join(folder, `${index}.png`) })),
    );
    const env = { DATABASE_URL: server.url, REDIS_URL: redis.url };
    const beginMs = performance.now();
    const documents = await Promise.all(Array.from({ length: workers }, () => runWorker(name, env)));
    const enrolled = documents.reduce((sum, document) => sum + document.enrolled, 0);
    rows.push([
      workers,
      enrolled,
      (enrolled / seconds(beginMs)).toFixed(1),
      documents.map(({ rate }) => rate).join(' + '),
    ]);
    await queue.close();
    await dropPostgresGallery(pool, name);
  }
  rmSync(folder, { recursive: true });
  await pool.end();
  await Promise.all([server.stop(), redis.stop()]);
  printTable(
    `Workers of one thread, ${PICTURES} aligned crops`,
    ['workers', 'enrolled', 'a second, start included', 'a second, by their own clocks'],
    rows,
  );
}

async function benchService() {
  const { default: autocannon } = await import('autocannon');
  const child = spawn(process.execPath, [program, 'serve', '--port', '0', '--threads', '2', '--most-requests', '8'], {
    env: { ...process.env, MOBILEFACENET_API_KEYS: KEY, DATABASE_URL: '' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const address = await new Promise((resolve) => {
    let log = '';
    child.stderr.on('data', (bytes) => {
      log = (log + bytes).slice(-10_000);
      const found = /"address":"([^"]+)"/.exec(log)?.[1];
      if (found) resolve(found);
    });
  });
  const load = (connections) =>
    autocannon({
      url: `${address}/embed`,
      method: 'POST',
      headers: { authorization: `Bearer ${KEY}`, 'content-type': 'image/png' },
      body: readFileSync(sample),
      connections,
      duration: LOAD_SECONDS,
      timeout: 30,
    });
  await load(2);
  const rows = [];
  for (const [name, connections] of [
    ['at its limit', 8],
    ['at three times its limit', 24],
  ]) {
    const before = memoryMb(child.pid);
    const { statusCodeStats, latency, errors, timeouts, requests } = await load(connections);
    const count = (code) => statusCodeStats[code]?.count ?? 0;
    const others = Object.entries(statusCodeStats).filter(([code]) => !['200', '429'].includes(code));
    const answered = Object.values(statusCodeStats).reduce((sum, { count: n }) => sum + n, 0);
    // Those that are on their way when the time is over are not asked for again.
    const lost = Math.max(0, requests.sent - answered - connections);
    rows.push([
      name,
      connections,
      (count(200) / LOAD_SECONDS).toFixed(1),
      count(200),
      count(429),
      others.length,
      errors + timeouts,
      lost,
      latency.p50,
      latency.p99,
      before.toFixed(0),
      memoryMb(child.pid).toFixed(0),
    ]);
  }
  child.kill('SIGTERM');
  const [code] = await once(child, 'exit');
  const head = [
    'load',
    'connections',
    '200 a second',
    '200',
    '429',
    'other statuses',
    'errors',
    'lost',
    'p50 ms',
    'p99 ms',
    'MB before',
    'MB after',
  ];
  printTable(
    `Service, POST /embed of an aligned crop, 2 threads, at most 8 requests; it ended with code ${code}`,
    head,
    rows,
  );
}

const PARTS = { embedded: benchEmbedded, postgres: benchPostgres, workers: benchWorkers, service: benchService };

if (!installDependencies() || !installRedis()) {
  console.error('bench:scale cannot run: the packages of test/scale/package-lock.json and redis-server are needed.');
  process.exit(3);
}
installPackage();
const asked = process.argv.slice(2);
console.log(`Node ${process.version}, ${new Date().toISOString().slice(0, 10)}`);
for (const [name, bench] of Object.entries(PARTS)) if (asked.length === 0 || asked.includes(name)) await bench();
