/** `mobilefacenet/postgres`: galleries in PostgreSQL with pgvector, through the caller's pool of the package `pg`. */
export type { PostgresClient, PostgresPool, PostgresQuery, PostgresResult } from './client.js';
export { dropPostgresGallery, listPostgresGalleries, type PostgresGalleryEntry } from './galleries.js';
export {
  type PostgresEnrolment,
  PostgresGallery,
  type PostgresGalleryOptions,
  type PostgresSearchOptions,
} from './gallery.js';
export { migratePostgres } from './migrations.js';
