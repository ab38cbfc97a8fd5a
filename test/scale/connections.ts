/** Pools and galleries of the tests' database. */
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';
import { dropPostgresGallery, PostgresGallery, type PostgresGalleryOptions } from '../../src/scale/postgres/index.js';
import { type OpenGallery, WEIGHTS } from '../face/gallerySuite.js';

/** A pool of the tests' database; it loses connections in some tests, and says so to nobody. */
export function openPool(connectionString = inject('databaseUrl'), options: pg.PoolConfig = {}): pg.Pool {
  const pool = new pg.Pool({ connectionString, max: 4, ...options });
  return pool.on('error', () => {});
}

/** A name that no other gallery of the database has. */
export function newName(): string {
  return `test-${randomBytes(6).toString('hex')}`;
}

/** An empty gallery of its own, dropped when it is closed. */
export async function openGallery(
  pool: pg.Pool,
  embeddingLength: number,
  options: PostgresGalleryOptions = {},
): Promise<OpenGallery<PostgresGallery>> {
  const gallery = await PostgresGallery.create(pool, newName(), WEIGHTS, embeddingLength, options);
  return {
    gallery,
    close: async () => {
      await dropPostgresGallery(pool, gallery.name);
    },
  };
}
