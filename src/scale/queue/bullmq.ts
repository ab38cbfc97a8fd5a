/** What is used of the package `bullmq`, and how its server is found. */
import { setTimeout as delay } from 'node:timers/promises';
import { InputError, UnavailableError } from '../../errors.js';
import { loadPeer } from '../loadPeer.js';
import { printReason } from '../reason.js';
import type { ImageJob } from './job.js';

/** What a finished job gives back. */
export interface JobResult {
  /** False where the picture was enrolled for this person before. */
  readonly added: boolean;
}

export interface BullJob {
  readonly id?: string | undefined;
  readonly data: ImageJob;
  readonly failedReason: string;
  readonly attemptsMade: number;
  retry(): Promise<void>;
}

interface JobOptions {
  readonly jobId: string;
  readonly attempts: number;
  readonly backoff: { readonly type: 'exponential'; readonly delay: number };
  readonly removeOnComplete: { readonly age: number; readonly count: number };
}

/** A queue's or a worker's connection to its server. */
export interface BullConnection {
  on(event: 'error', listener: (error: Error) => void): unknown;
  /** Resolves when the server has answered; a server that is away is waited for. */
  waitUntilReady(): Promise<unknown>;
  close(): Promise<void>;
}

export interface BullQueue extends BullConnection {
  addBulk(
    jobs: { readonly name: string; readonly data: ImageJob; readonly opts: JobOptions }[],
  ): Promise<readonly unknown[]>;
  getJobCounts(
    ...types: ('waiting' | 'active' | 'delayed' | 'completed' | 'failed')[]
  ): Promise<{ [type: string]: number }>;
  getFailed(begin: number, last: number): Promise<BullJob[]>;
}

export interface BullWorker extends BullConnection {
  on(event: 'error', listener: (error: Error) => void): unknown;
  on(event: 'completed', listener: (job: BullJob, result: JobResult) => void): unknown;
  on(event: 'failed', listener: (job: BullJob | undefined, error: Error) => void): unknown;
  close(force?: boolean): Promise<void>;
}

interface Connection {
  readonly url: string;
  /** Commands wait for a server that is away instead of failing. */
  readonly maxRetriesPerRequest: null;
  /** Milliseconds to the next try to reach a server that is away; null for none. */
  readonly retryStrategy: () => number | null;
}

export interface Bull {
  readonly Queue: new (name: string, options: { readonly connection: Connection }) => BullQueue;
  readonly Worker: new (
    name: string,
    process: (job: BullJob) => Promise<JobResult>,
    options: {
      readonly connection: Connection;
      readonly concurrency: number;
      readonly lockDuration: number;
      readonly stalledInterval: number;
      readonly maxStalledCount: number;
    },
  ) => BullWorker;
  /** Ends a job without another try. */
  readonly UnrecoverableError: new (
    message: string,
  ) => Error;
}

/** How long a server may take to answer for the first time, and to come back for an orderly end. */
const PATIENCE_MS = 10_000;

const RETRY_MS = 1000;

/** How often a server that stays away is told of. */
const REMIND_MS = 60_000;

const PROTOCOLS = ['redis:', 'rediss:'];

/** The address, which may hold a password, as far as it may be told. */
function parseAddress(url: string): URL {
  const address = URL.canParse(url) ? new URL(url) : undefined;
  if (address?.hostname && PROTOCOLS.includes(address.protocol)) return address;
  const accepted = 'accepted are redis://HOST:PORT and rediss://HOST:PORT, with user, password and database or without';
  throw new InputError('BAD_ADDRESS', `what is given is no address of a Redis server; ${accepted}.`);
}

/** How long a server that is away is waited for: without end, until all is to end. */
export class Patience {
  #endMs = Number.POSITIVE_INFINITY;
  #giveUp: () => void = () => {};
  readonly #givenUp = new Promise<void>((resolve) => {
    this.#giveUp = resolve;
  });

  /** Milliseconds to the next try to reach the server; null for none. */
  retry(): number | null {
    if (performance.now() < this.#endMs) return RETRY_MS;
    this.#giveUp();
    return null;
  }

  /** Closes a connection: in order, or without its server where that stays away. */
  async close(connection: BullConnection): Promise<void> {
    this.#endMs = performance.now() + PATIENCE_MS;
    // A connection that is being made again when it is closed hears of no end by itself.
    await Promise.race([connection.close(), this.#givenUp]);
  }
}

/** Throws InputError BAD_ADDRESS. */
export function connectionTo(url: string, patience: Patience): Connection {
  return { url: parseAddress(url).href, maxRetriesPerRequest: null, retryStrategy: () => patience.retry() };
}

/** Tells of a connection's failures, each once and then now and again while it lasts. */
export function tellFailures(
  connection: BullConnection,
  gallery: string,
  onWarning: ((message: string) => void) | undefined,
): void {
  let told = { message: '', atMs: 0 };
  connection.on('error', (error) => {
    const message = `queue of gallery "${gallery}": ${printReason(error)}`;
    const nowMs = performance.now();
    if (message === told.message && nowMs < told.atMs + REMIND_MS) return;
    told = { message, atMs: nowMs };
    onWarning?.(message);
  });
}

/**
 * Waits until the server has answered for the first time, and closes the connection where it does not.
 * Throws UnavailableError REDIS.
 */
export async function requireServer(connection: BullConnection, url: string): Promise<void> {
  try {
    await new Promise((resolve, reject) => {
      connection.on('error', reject);
      connection.waitUntilReady().then(resolve, reject);
      void delay(PATIENCE_MS, undefined, { ref: false }).then(() => reject(new Error('it does not answer')));
    });
  } catch (cause) {
    // What cannot be reached cannot be closed in order either.
    await connection.close().catch(() => {});
    const { host } = parseAddress(url);
    const message = `the Redis server at ${host} cannot be used: ${printReason(cause)}; start it, or name another.`;
    throw new UnavailableError('REDIS', message, { cause });
  }
}

/** Imports bullmq. Throws UnavailableError MISSING_PEER. */
export function loadBull(): Promise<Bull> {
  return loadPeer<Bull>('bullmq', 'mobilefacenet/queue', ['ioredis']);
}
