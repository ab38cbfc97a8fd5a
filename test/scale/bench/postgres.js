/** The gallery in PostgreSQL: loading it, its index, and searches through it against exact ones. */
import { Engine, Gallery } from 'mobilefacenet';
import { dropPostgresGallery, migratePostgres, PostgresGallery } from 'mobilefacenet/postgres';
import pg from 'pg';
import { startPostgres } from '../servers.js';
import { memoryMb, SEARCH_HEAD, timeSearches, timeSeconds } from './measure.js';
import { LENGTH, makeFaces, makeQueries, WEIGHTS } from './people.js';

const TOP = 10;
const ROWS_AT_ONCE = 1000;
const RECALLS = [1, TOP];
const SEARCH_WIDTHS = [40, 100, 400];

/** Exact searches that are timed: each reads the whole table. */
const EXACT_SEARCHES = 5;

export async function openDatabase() {
  const server = await startPostgres();
  const pool = new pg.Pool({ connectionString: server.url, max: 4 }).on('error', () => {});
  await migratePostgres(pool);
  return { server, pool };
}

async function tableOf(pool, name) {
  const { rows } = await pool.query('select gallery from mobilefacenet.galleries where name = $1', [name]);
  return `faces_${rows[0].gallery}`;
}

/** Loads a gallery and makes its index over all rows at once, as pgvector advises for a first load. */
async function load(pool, gallery, faces) {
  const table = await tableOf(pool, gallery.name);
  await pool.query(`drop index mobilefacenet.${table}_embedding`);
  const loadSeconds = await timeSeconds(async () => {
    for (let begin = 0; begin < faces.length; begin += ROWS_AT_ONCE) {
      await gallery.enrolAll(faces.slice(begin, begin + ROWS_AT_ONCE));
    }
  });
  const client = await pool.connect();
  await client.query("set maintenance_work_mem = '512MB'");
  const make = `create index ${table}_embedding on mobilefacenet.${table} using hnsw (embedding vector_ip_ops)`;
  const indexSeconds = await timeSeconds(() => client.query(make));
  client.release();
  await pool.query(`analyze mobilefacenet.${table}`);
  const sizes = await pool.query(
    `select pg_total_relation_size('mobilefacenet.${table}') as all,
      pg_relation_size('mobilefacenet.${table}_embedding') as index`,
  );
  const megabytes = ['all', 'index'].map((key) => (Number(sizes.rows[0][key]) / 1e6).toFixed(0));
  return [loadSeconds.toFixed(0), indexSeconds.toFixed(0), ...megabytes];
}

/** Faces that are added one statement at a time to the index that is there. */
async function timeEnrolments(gallery, faces) {
  const seconds = await timeSeconds(async () => {
    for (const enrolment of faces) await gallery.enrolAll([{ ...enrolment, id: `new-${enrolment.id}` }]);
  });
  return (faces.length / seconds).toFixed(0);
}

/** What exact searches find, by the embedded gallery, which is another program. */
async function searchExactly(faces, queries) {
  const engine = await Engine.create();
  const gallery = new Gallery(engine, WEIGHTS, LENGTH);
  gallery.enrolAll(faces);
  const found = gallery.searchAll(queries, { top: TOP });
  gallery.dispose();
  engine.dispose();
  return found;
}

/** Which share of the first so many people the index finds that an exact search finds. */
function recallOf(found, expected, first) {
  const shares = expected.map((matches, at) => {
    const ids = new Set(found[at].slice(0, first).map(({ id }) => id));
    return matches.slice(0, first).filter(({ id }) => ids.has(id)).length / Math.min(first, matches.length);
  });
  return (shares.reduce((sum, share) => sum + share, 0) / shares.length).toFixed(3);
}

function recallColumns(found, expected) {
  return RECALLS.map((first) => recallOf(found, expected, first));
}

export async function benchPostgres({ postgresSizes, queries: count }) {
  const { server, pool } = await openDatabase();
  const builds = [];
  const searches = [];
  for (const size of postgresSizes) {
    const name = `bench-${size}`;
    await dropPostgresGallery(pool, name);
    const gallery = await PostgresGallery.create(pool, name, WEIGHTS, LENGTH);
    const faces = [...makeFaces(size)];
    const columns = await load(pool, gallery, faces);
    const queries = makeQueries(faces, count);
    const expected = await searchExactly(faces, queries);
    for (const searchWidth of SEARCH_WIDTHS) {
      const opened = await PostgresGallery.open(pool, name, { searchWidth });
      const timed = await timeSearches((face) => opened.search(face, { top: TOP }), queries);
      searches.push([size, searchWidth, ...recallColumns(timed.results, expected), ...timed.columns]);
    }
    const few = queries.slice(0, EXACT_SEARCHES);
    const exact = await timeSearches((face) => gallery.search(face, { top: TOP, exact: true }), few);
    const recalls = recallColumns(exact.results, expected.slice(0, EXACT_SEARCHES));
    searches.push([size, 'exact', ...recalls, ...exact.columns]);
    const memory = server.pid ? memoryMb(server.pid).toFixed(0) : '–';
    builds.push([size, ...columns, memory, await timeEnrolments(gallery, faces.slice(0, count))]);
    await dropPostgresGallery(pool, name);
  }
  await pool.end();
  await server.stop();
  const where = process.env.DATABASE_URL ? 'DATABASE_URL' : 'PGlite, WebAssembly, one backend';
  const buildHead = ['faces', 'load s', 'index s', 'disk MB', 'of it index', 'server MB', 'faces/s into the index'];
  const searchHead = ['faces', 'searchWidth', ...RECALLS.map((first) => `recall@${first}`), ...SEARCH_HEAD];
  return [
    { title: `PostgreSQL with pgvector (${where}): building`, head: buildHead, rows: builds },
    { title: 'PostgreSQL with pgvector: searching', head: searchHead, rows: searches },
  ];
}
