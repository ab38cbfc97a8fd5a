/** The schema `mobilefacenet` of a database, brought up to date step by step. */
import { UnavailableError } from '../../errors.js';
import { type PostgresClient, type PostgresPool, withTransaction } from './client.js';

/** Any number that nobody else locks: whoever migrates or creates a gallery waits for whoever does. */
const LOCK = 4_203_019_112;

/** The oldest pgvector whose index scans go on until a search has enough. */
const LEAST_PGVECTOR = [0, 8] as const;

/** One statement list a version, in order; never changed once released. */
const MIGRATIONS: readonly string[] = [
  `create table mobilefacenet.galleries (
    gallery integer generated always as identity primary key,
    name text not null unique,
    weights text not null,
    embedding_length integer not null,
    created_at timestamptz not null default now()
  )`,
];

/** Waits until nobody else changes the schema, to the end of the transaction. */
export async function lockSchema(client: PostgresClient): Promise<void> {
  await client.query({ text: 'select pg_advisory_xact_lock($1)', values: [LOCK] });
}

async function requirePgvector(client: PostgresClient): Promise<void> {
  const { rows } = await client.query({ text: "select extversion from pg_extension where extname = 'vector'" });
  const version = String(rows[0]?.extversion ?? '');
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > LEAST_PGVECTOR[0] || (major === LEAST_PGVECTOR[0] && minor >= LEAST_PGVECTOR[1])) return;
  const needed = `${LEAST_PGVECTOR.join('.')} or newer is needed: alter extension vector update`;
  throw new UnavailableError('PGVECTOR', `the database has pgvector ${version || 'nowhere'}; ${needed}.`);
}

/**
 * Makes the schema `mobilefacenet` or brings it up to date, pgvector included, in one transaction. It can be run at any
 * time, by several processes at once; a database that is up to date is left as it is.
 * Throws UnavailableError DATABASE, or PGVECTOR for a version before 0.8.
 */
export async function migratePostgres(pool: PostgresPool): Promise<void> {
  await withTransaction(pool, 'migrating', async (client) => {
    await lockSchema(client);
    await client.query({ text: 'create extension if not exists vector' });
    await requirePgvector(client);
    await client.query({ text: 'create schema if not exists mobilefacenet' });
    await client.query({ text: 'create table if not exists mobilefacenet.migrations (version integer primary key)' });
    const { rows } = await client.query({ text: 'select version from mobilefacenet.migrations' });
    const done = new Set(rows.map(({ version }) => version));
    for (const [index, text] of MIGRATIONS.entries()) {
      if (done.has(index + 1)) continue;
      await client.query({ text });
      await client.query({ text: 'insert into mobilefacenet.migrations values ($1)', values: [index + 1] });
    }
  });
}
