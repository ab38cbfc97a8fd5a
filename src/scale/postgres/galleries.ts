/** The galleries of a database: found and created by name, each with a table of its own for its faces. */
import { InputError, ShapeError } from '../../errors.js';
import { checkWeights } from '../../face/galleryFile.js';
import { describeValue } from '../../model/json.js';
import { type PostgresClient, type PostgresPool, withClient, withTransaction } from './client.js';
import { lockSchema } from './migrations.js';

/** A gallery of a database. */
export interface PostgresGalleryEntry {
  readonly name: string;
  /** SHA-256 of the weights that made its embeddings. */
  readonly weights: string;
  /** Elements of an embedding. */
  readonly embeddingLength: number;
}

/** A gallery with the number that its table is named by. */
export interface StoredGallery extends PostgresGalleryEntry {
  readonly number: number;
}

/** Elements that an HNSW index of pgvector takes. */
const MOST_ELEMENTS = 2000;

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

const COLUMNS = 'select gallery, name, weights, embedding_length from mobilefacenet.galleries';

/** Checks a gallery's name. Throws InputError BAD_NAME. */
export function checkGalleryName(name: unknown): string {
  if (typeof name === 'string' && NAME.test(name)) return name;
  const accepted = '1 to 64 letters A to Z, digits, ".", "_" and "-", the first a letter or digit';
  throw new InputError('BAD_NAME', `a gallery's name is ${describeValue(name)}; accepted are ${accepted}.`);
}

/** The table of a gallery's faces. The number is the database's own. */
export function tableOf(gallery: number): string {
  return `mobilefacenet.faces_${gallery}`;
}

// biome-ignore lint/suspicious/noExplicitAny: rows are what the statement says, and `pg` calls them any.
function readEntry({ gallery, name, weights, embedding_length }: any): StoredGallery {
  return { number: Number(gallery), name, weights, embeddingLength: Number(embedding_length) };
}

async function find(client: PostgresClient, name: string): Promise<StoredGallery | undefined> {
  const { rows } = await client.query({ text: `${COLUMNS} where name = $1`, values: [name] });
  return rows[0] && readEntry(rows[0]);
}

/** Finds a gallery. Throws InputError BAD_NAME, or NO_GALLERY where there is none of this name; UnavailableError DATABASE. */
export async function findGallery(pool: PostgresPool, name: string): Promise<StoredGallery> {
  checkGalleryName(name);
  const found = await withClient(pool, `gallery "${name}"`, (client) => find(client, name));
  if (found) return found;
  throw new InputError('NO_GALLERY', `gallery "${name}": is not in the database; create it first.`);
}

/**
 * Finds a gallery or makes it, with its table and index.
 * Throws InputError BAD_NAME or BAD_HASH, ShapeError VECTOR_LENGTH, UnavailableError DATABASE.
 */
export async function createGallery(pool: PostgresPool, entry: PostgresGalleryEntry): Promise<StoredGallery> {
  const { name, weights, embeddingLength } = entry;
  checkGalleryName(name);
  checkWeights(weights, `gallery "${name}"`);
  if (!Number.isSafeInteger(embeddingLength) || embeddingLength < 1 || embeddingLength > MOST_ELEMENTS) {
    const accepted = `accepted are whole numbers from 1 to ${MOST_ELEMENTS}`;
    throw new ShapeError('VECTOR_LENGTH', `a vector's length is ${embeddingLength}; ${accepted}.`);
  }
  return withTransaction(pool, `creating the gallery "${name}"`, async (client) => {
    await lockSchema(client);
    const known = await find(client, name);
    if (known) return known;
    const { rows } = await client.query({
      text: 'insert into mobilefacenet.galleries (name, weights, embedding_length) values ($1, $2, $3) returning gallery',
      values: [name, weights, embeddingLength],
    });
    const number = Number(rows[0].gallery);
    await client.query({
      text: `create table ${tableOf(number)} (
        face bigint generated always as identity primary key,
        person text not null,
        source text,
        embedding vector(${embeddingLength}) not null,
        unique (person, source)
      );
      create index faces_${number}_embedding on ${tableOf(number)} using hnsw (embedding vector_ip_ops)`,
    });
    return { number, name, weights, embeddingLength };
  });
}

/** All galleries, by name. Throws UnavailableError DATABASE. */
export async function listPostgresGalleries(pool: PostgresPool): Promise<PostgresGalleryEntry[]> {
  const { rows } = await withClient(pool, 'listing galleries', (client) =>
    client.query({ text: `${COLUMNS} order by name` }),
  );
  return rows.map(readEntry).map(({ name, weights, embeddingLength }) => ({ name, weights, embeddingLength }));
}

/** Removes a gallery with everybody in it, and says whether there was one. Throws InputError BAD_NAME, UnavailableError DATABASE. */
export async function dropPostgresGallery(pool: PostgresPool, name: string): Promise<boolean> {
  checkGalleryName(name);
  return withTransaction(pool, `dropping the gallery "${name}"`, async (client) => {
    await lockSchema(client);
    const known = await find(client, name);
    if (!known) return false;
    await client.query({ text: `drop table ${tableOf(known.number)}` });
    await client.query({ text: 'delete from mobilefacenet.galleries where gallery = $1', values: [known.number] });
    return true;
  });
}
