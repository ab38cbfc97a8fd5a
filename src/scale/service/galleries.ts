/** Where a service finds its galleries by name: in PostgreSQL, or wherever the caller keeps them. */
import { InputError } from '../../errors.js';
import type { FaceGallery } from '../../face/faceGallery.js';
import type { FacePool } from '../faces/pool.js';
import type { PostgresPool } from '../postgres/client.js';
import { listPostgresGalleries } from '../postgres/galleries.js';
import { PostgresGallery, type PostgresGalleryOptions } from '../postgres/gallery.js';

/** Galleries by name. */
export interface GalleryProvider {
  /** Undefined where there is none of this name. */
  open(name: string): Promise<FaceGallery | undefined>;
  /** Opens a gallery, and makes it where there is none; absent where galleries cannot be made. */
  create?(name: string): Promise<FaceGallery>;
  /** Throws where galleries cannot be reached. */
  check(): Promise<void>;
}

/** Galleries of a database that are kept open; one costs no connection. */
const MOST_OPEN = 1000;

/** The galleries of a database that is up to date (`migratePostgres`), for the embeddings that a pool makes. */
export function postgresGalleries(
  pool: PostgresPool,
  faces: Pick<FacePool, 'weights' | 'embeddingLength'>,
  options: PostgresGalleryOptions = {},
): GalleryProvider {
  const opened = new Map<string, PostgresGallery>();
  const keep = (gallery: PostgresGallery): PostgresGallery => {
    if (opened.size >= MOST_OPEN) opened.clear();
    opened.set(gallery.name, gallery);
    return gallery;
  };
  return {
    async open(name) {
      try {
        return opened.get(name) ?? keep(await PostgresGallery.open(pool, name, options));
      } catch (error) {
        if (error instanceof InputError && error.code === 'NO_GALLERY') return undefined;
        throw error;
      }
    },
    async create(name) {
      return keep(await PostgresGallery.create(pool, name, faces.weights, faces.embeddingLength, options));
    },
    async check() {
      await listPostgresGalleries(pool);
    },
  };
}
