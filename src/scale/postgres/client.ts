/** What is used of the package `pg`, how transactions are run on it, and its errors as this package's. */
import { InputError, MobileFaceNetError, UnavailableError } from '../../errors.js';
import { printReason } from '../reason.js';

/** A statement; one with a name is prepared once a connection. */
export interface PostgresQuery {
  readonly text: string;
  readonly values?: unknown[];
  readonly name?: string;
}

/** What a statement gave. */
export interface PostgresResult {
  // biome-ignore lint/suspicious/noExplicitAny: rows are what the statement says, and `pg` calls them any.
  readonly rows: any[];
  readonly rowCount: number | null;
}

/** A connection of the pool, as `pg` has it. */
export interface PostgresClient {
  /** Runs a statement and gives its rows. */
  query(query: PostgresQuery): Promise<PostgresResult>;
  /** Hears of a connection that is lost. */
  on(event: 'error', listener: (error: Error) => void): unknown;
  /** Ends what `on` began. */
  removeListener(event: 'error', listener: (error: Error) => void): unknown;
  /** Gives the connection back; with an error it is closed. */
  release(error?: Error | boolean): void;
}

/**
 * A `Pool` of the package `pg`. Give it a listener for `error`, which it emits when an idle connection is lost: Node
 * ends a process in which nobody listens.
 */
export interface PostgresPool {
  /** Takes a connection, which `release` gives back. */
  connect(): Promise<PostgresClient>;
}

/** SQLSTATEs that say the gallery's table or schema is not there. */
const MISSING = ['42P01', '3F000'];

/** Settings of pgvector for searches; a connection keeps them. */
const SESSION = "set hnsw.iterative_scan = 'strict_order'";

/** Connections that have the settings, with their search width. */
const prepared = new WeakMap<PostgresClient, number>();

/** Whatever `pg` threw as an error of this package; `doing` says what was tried. */
function translate(error: unknown, doing: string): MobileFaceNetError {
  if (error instanceof MobileFaceNetError) return error;
  if (MISSING.includes((error as { code?: string }).code ?? '')) {
    const found = `${doing}: the gallery is not in the database (any more)`;
    return new InputError('NO_GALLERY', `${found}; create it first.`, { cause: error });
  }
  const message = `${doing}: the database cannot do this: ${printReason(error)}; nothing was changed, try again.`;
  return new UnavailableError('DATABASE', message, { cause: error });
}

/** Whether the connection itself is lost, or in a state that nobody knows. */
function isBroken(error: unknown): boolean {
  return !(error instanceof MobileFaceNetError) && !/^[0-9A-Z]{5}$/.test((error as { code?: string }).code ?? '');
}

/** Hears that a connection in use is lost: the query that fails then says so, and unheard it would end the process. */
function hearLoss(): void {}

/**
 * Runs work on a connection of its own. Throws UnavailableError DATABASE for what the database or the connection refuses,
 * InputError NO_GALLERY where the gallery's table is not there.
 */
export async function withClient<T>(
  pool: PostgresPool,
  doing: string,
  work: (client: PostgresClient) => Promise<T>,
): Promise<T> {
  let client: PostgresClient | undefined;
  let failure: unknown;
  try {
    client = await pool.connect();
    client.on('error', hearLoss);
    return await work(client);
  } catch (error) {
    failure = error;
    throw translate(error, doing);
  } finally {
    client?.removeListener('error', hearLoss);
    client?.release(failure !== undefined && isBroken(failure));
  }
}

/** `withClient` in a transaction: all of it is done or, where it throws, nothing. */
export async function withTransaction<T>(
  pool: PostgresPool,
  doing: string,
  work: (client: PostgresClient) => Promise<T>,
): Promise<T> {
  return withClient(pool, doing, async (client) => {
    await client.query({ text: 'begin' });
    try {
      const result = await work(client);
      await client.query({ text: 'commit' });
      return result;
    } catch (error) {
      // Where the connection is lost the database rolls back by itself.
      if (!isBroken(error)) await client.query({ text: 'rollback' });
      throw error;
    }
  });
}

/** Settings for searches on a connection, once: how many candidates an index keeps, and results in strict order. */
export async function prepareSearch(client: PostgresClient, searchWidth: number): Promise<void> {
  if (prepared.get(client) === searchWidth) return;
  await client.query({ text: `${SESSION}; set hnsw.ef_search = ${searchWidth}` });
  prepared.set(client, searchWidth);
}
