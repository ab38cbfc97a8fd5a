/** A gallery in PostgreSQL: rows with an HNSW index of pgvector over inner products. */
import { InputError, ShapeError } from '../../errors.js';
import {
  type Enrolment,
  type FaceEmbedding,
  type FaceGallery,
  type GalleryCounts,
  type GalleryMatch,
  type GalleryOwner,
  type GallerySearchOptions,
  readSearchOptions,
  requireSameWeights,
} from '../../face/faceGallery.js';
import { checkId, isId } from '../../face/galleryFile.js';
import { normaliseEmbedding } from '../../face/match.js';
import { type PostgresClient, type PostgresPool, prepareSearch, withClient, withTransaction } from './client.js';
import { createGallery, findGallery, type StoredGallery, tableOf } from './galleries.js';

/** How a gallery is searched, unless a search says otherwise. */
export interface PostgresGalleryOptions {
  /** Candidates that a search through the index keeps (`hnsw.ef_search`), 1 to 1000; 100 when absent. More find more. */
  readonly searchWidth?: number | undefined;
}

/** Whom a search gives, and how it looks. */
export interface PostgresSearchOptions extends GallerySearchOptions {
  /** Looks at every row instead of the index: slower by far in a large gallery, and misses nobody. */
  readonly exact?: boolean | undefined;
}

/** A face that is to be enrolled, and what it was taken from. */
export interface PostgresEnrolment extends Enrolment {
  /** A name for the picture, such as its hash: a person's face from a source that is there already is not added again. */
  readonly source?: string | undefined;
}

const DEFAULT_SEARCH_WIDTH = 100;
const MOST_SEARCH_WIDTH = 1000;

/** Rows of one statement. */
const ROWS_AT_ONCE = 1000;

/** Rows that are fetched for each person asked for, since one person may have several. */
const ROWS_PER_PERSON = 4;

/** The index gives up after so many rows by default (`hnsw.max_scan_tuples` is 20,000); searches for more are exact. */
const MOST_INDEX_ROWS = 10_000;

/** How far a search goes when people with many embeddings fill it. */
const WIDENING = 4;

/** A vector as pgvector reads it. */
function printVector(vector: Float32Array): string {
  return `[${vector.join(',')}]`;
}

/**
 * The best embedding of each person among the nearest rows. `+ 0` hides the order from the index. The last two columns
 * tell how many rows were seen, and the least similarity among them.
 */
function searchText(table: string, exact: boolean): string {
  return `select person, max(similarity) as similarity, sum(count(*)) over () as rows, min(min(similarity)) over () as least
    from (
      select person, -(embedding <#> $1) as similarity from ${table}
      order by (embedding <#> $1)${exact ? ' + 0' : ''} limit $2
    ) nearest
    group by person order by similarity desc, min(person) limit $3`;
}

/** People by id in a table of a database. Make one with `create` or `open`; the pool stays the caller's. */
export class PostgresGallery implements FaceGallery {
  readonly name: string;
  /** SHA-256 of the weights that made all embeddings here. */
  readonly weights: string;
  /** Elements of an embedding. */
  readonly embeddingLength: number;
  readonly #pool: PostgresPool;
  readonly #table: string;
  /** Begins the names of prepared statements, which belong to a connection. */
  readonly #prefix: string;
  readonly #searchWidth: number;

  private constructor(pool: PostgresPool, { number, ...entry }: StoredGallery, options: PostgresGalleryOptions) {
    const { searchWidth = DEFAULT_SEARCH_WIDTH } = options;
    if (!Number.isInteger(searchWidth) || searchWidth < 1 || searchWidth > MOST_SEARCH_WIDTH) {
      const accepted = `accepted are whole numbers from 1 to ${MOST_SEARCH_WIDTH}`;
      throw new InputError('BAD_OPTION', `searchWidth is ${searchWidth}; ${accepted}.`);
    }
    this.name = entry.name;
    this.weights = entry.weights;
    this.embeddingLength = entry.embeddingLength;
    this.#pool = pool;
    this.#table = tableOf(number);
    this.#prefix = `mobilefacenet_${number}`;
    this.#searchWidth = searchWidth;
  }

  /**
   * Opens a gallery that exists. Throws InputError BAD_NAME or BAD_OPTION, or NO_GALLERY where there is none;
   * UnavailableError DATABASE.
   */
  static async open(pool: PostgresPool, name: string, options: PostgresGalleryOptions = {}): Promise<PostgresGallery> {
    return new PostgresGallery(pool, await findGallery(pool, name), options);
  }

  /**
   * Opens a gallery, and makes it where there is none; `migratePostgres` comes first.
   * Throws InputError BAD_NAME, BAD_HASH or BAD_OPTION, or OTHER_WEIGHTS for one that exists with other weights;
   * ShapeError VECTOR_LENGTH; UnavailableError DATABASE.
   */
  static async create(
    pool: PostgresPool,
    name: string,
    weights: string,
    embeddingLength: number,
    options: PostgresGalleryOptions = {},
  ): Promise<PostgresGallery> {
    const stored = await createGallery(pool, { name, weights, embeddingLength });
    requireSameWeights(weights, stored.weights);
    return new PostgresGallery(pool, stored, options);
  }

  async enrol(id: string, face: FaceEmbedding): Promise<void> {
    await this.enrolAll([{ id, face }]);
  }

  /**
   * Adds faces in one transaction: all are there afterwards, or where it throws, none. Gives how many were added:
   * those whose source their person has already are not.
   * Throws as `FaceGallery.enrol` does, InputError BAD_SOURCE, and UnavailableError DATABASE.
   */
  async enrolAll(enrolments: readonly PostgresEnrolment[]): Promise<number> {
    const rows = enrolments.map(({ id, face, source }) => ({
      id: checkId(id, this.name),
      source: source === undefined ? null : this.#checkSource(source),
      vector: this.#vectorOf(face),
    }));
    const doing = `gallery "${this.name}": enrolling`;
    if (rows.length <= ROWS_AT_ONCE) return withClient(this.#pool, doing, (client) => this.#insert(client, rows));
    return withTransaction(this.#pool, doing, async (client) => {
      let added = 0;
      for (let begin = 0; begin < rows.length; begin += ROWS_AT_ONCE) {
        added += await this.#insert(client, rows.slice(begin, begin + ROWS_AT_ONCE));
      }
      return added;
    });
  }

  async remove(id: string): Promise<boolean> {
    if (!isId(id)) return false;
    const { rowCount } = await this.#run('removing', 'remove', `delete from ${this.#table} where person = $1`, [id]);
    return rowCount! > 0;
  }

  /** As `FaceGallery.search`; also UnavailableError DATABASE. Through the index it may miss people: raise `searchWidth`. */
  async search(face: FaceEmbedding, options: PostgresSearchOptions = {}): Promise<GalleryMatch[]> {
    const { top, threshold } = readSearchOptions(options);
    const vector = this.#vectorOf(face);
    return withClient(this.#pool, `gallery "${this.name}": searching`, async (client) => {
      await prepareSearch(client, this.#searchWidth);
      for (let limit = top * ROWS_PER_PERSON; ; limit *= WIDENING) {
        const exact = options.exact || limit > MOST_INDEX_ROWS;
        const { rows } = await client.query({
          name: `${this.#prefix}_${exact ? 'exact' : 'search'}`,
          text: searchText(this.#table, exact),
          values: [vector, limit, top],
        });
        const isAll = rows.length === 0 || Number(rows[0].rows) < limit || rows[0].least < threshold;
        if (!isAll && rows.length < top) continue;
        return rows
          .map(({ person, similarity }) => ({ id: person, similarity: Math.min(1, Math.max(-1, similarity)) }))
          .filter(({ similarity }) => similarity >= threshold);
      }
    });
  }

  searchAll(faces: readonly FaceEmbedding[], options: PostgresSearchOptions = {}): Promise<GalleryMatch[][]> {
    return Promise.all(faces.map((face) => this.search(face, options)));
  }

  async list(): Promise<GalleryOwner[]> {
    const text = `select person, count(*) as embeddings from ${this.#table} group by person order by min(face)`;
    const { rows } = await this.#run('listing', 'list', text, []);
    return rows.map(({ person, embeddings }) => ({ id: person, embeddings: Number(embeddings) }));
  }

  /** How many people and embeddings it holds. */
  async count(): Promise<GalleryCounts> {
    const text = `select count(distinct person) as people, count(*) as embeddings from ${this.#table}`;
    const { rows } = await this.#run('counting', 'count', text, []);
    return { people: Number(rows[0].people), embeddings: Number(rows[0].embeddings) };
  }

  #run(doing: string, name: string, text: string, values: unknown[]) {
    return withClient(this.#pool, `gallery "${this.name}": ${doing}`, (client) =>
      client.query({ name: `${this.#prefix}_${name}`, text, values }),
    );
  }

  async #insert(
    client: PostgresClient,
    rows: readonly { readonly id: string; readonly source: string | null; readonly vector: string }[],
  ): Promise<number> {
    const { rowCount } = await client.query({
      name: `${this.#prefix}_enrol`,
      text: `insert into ${this.#table} (person, source, embedding)
        select person, source, embedding::vector
        from unnest($1::text[], $2::text[], $3::text[]) with ordinality as row (person, source, embedding, place)
        order by place
        on conflict (person, source) do nothing`,
      values: [rows.map(({ id }) => id), rows.map(({ source }) => source), rows.map(({ vector }) => vector)],
    });
    return rowCount!;
  }

  #vectorOf({ embedding, weights }: FaceEmbedding): string {
    requireSameWeights(weights, this.weights);
    const unit = normaliseEmbedding(embedding);
    if (unit.length === this.embeddingLength) return printVector(unit);
    const found = `an embedding has ${unit.length} elements`;
    throw new ShapeError('VECTOR_LENGTH', `${found}; those of this gallery have ${this.embeddingLength}.`);
  }

  #checkSource(source: string): string {
    try {
      return checkId(source, this.name);
    } catch (cause) {
      throw new InputError('BAD_SOURCE', `a source cannot be used: ${(cause as Error).message}`, { cause });
    }
  }
}
