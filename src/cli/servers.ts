/** The servers that some commands work with: their addresses on the command line, and pools of connections to them. */
import { type Command, Option } from 'commander';
import { InputError } from '../errors.js';
import { loadPeer } from '../scale/loadPeer.js';
import type { PostgresPool } from '../scale/postgres/index.js';

/** What is used of the package `pg`. */
interface PgPool extends PostgresPool {
  on(event: 'error', listener: (error: Error) => void): unknown;
  end(): Promise<void>;
}
interface PgPoolOptions {
  readonly connectionString: string;
  readonly max: number;
  readonly connectionTimeoutMillis: number;
}
type PgModule = { readonly Pool: new (options: PgPoolOptions) => PgPool };

/** How long the process may go on when everything is ended. */
const LEFTOVER_MS = 1000;

/** How long a connection is waited for. */
const PATIENCE_MS = 10_000;

export interface DatabaseOption {
  readonly database?: string;
}

export interface RedisOption {
  readonly redis?: string;
}

/** `--database URL`. */
export function addDatabaseOption(command: Command): void {
  command.addOption(new Option('--database <url>', 'PostgreSQL with pgvector, postgres://…').env('DATABASE_URL'));
}

/** `--redis URL`. */
export function addRedisOption(command: Command): void {
  command.addOption(new Option('--redis <url>', 'Redis, redis://…').env('REDIS_URL').default('redis://127.0.0.1:6379'));
}

/** Refuses a missing address. Throws InputError NO_DATABASE. */
export function requireDatabase({ database }: DatabaseOption): string {
  if (database) return database;
  throw new InputError('NO_DATABASE', 'no database is named; pass --database URL or set DATABASE_URL.');
}

/** A pool of connections. Throws UnavailableError MISSING_PEER. */
export async function openPostgresPool(connectionString: string, connections: number): Promise<PgPool> {
  const pg = await loadPeer<PgModule & { readonly default?: PgModule }>('pg', 'a gallery in PostgreSQL');
  const options = { connectionString, max: connections, connectionTimeoutMillis: PATIENCE_MS };
  const pool = new (pg.default ?? pg).Pool(options);
  // A lost connection is the next query's error.
  return pool.on('error', () => {}) as PgPool;
}

/** What is to be ended in any case, the last first. */
export class Closers {
  readonly #ends: (() => Promise<unknown>)[] = [];

  /** Ends a thing when all end. */
  add<T>(thing: T, end: (thing: T) => Promise<unknown>): T {
    this.#ends.push(() => end(thing));
    return thing;
  }

  async close(): Promise<void> {
    for (const end of this.#ends.splice(0).reverse()) await end();
    // What a client of a server that is away has left running does not hold up the end of the process.
    setTimeout(() => process.exit(), LEFTOVER_MS).unref();
  }
}

/** Prints an event as one line of JSON on stderr. */
export function logEvent(event: string, fields: object = {}): void {
  process.stderr.write(`${JSON.stringify({ time: new Date().toISOString(), event, ...fields })}\n`);
}

/** Resolves at the first SIGTERM or SIGINT; a second one ends the process at once. */
export function untilAskedToEnd(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      let asked = 0;
      process.on(signal, () => {
        if (asked++ > 0) process.exit(128);
        resolve(signal);
      });
    }
  });
}
