/** What is used of the package `bullmq`. */
import { loadPeer } from '../loadPeer.js';
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

export interface BullQueue {
  addBulk(
    jobs: { readonly name: string; readonly data: ImageJob; readonly opts: JobOptions }[],
  ): Promise<readonly unknown[]>;
  getJobCounts(
    ...types: ('waiting' | 'active' | 'delayed' | 'completed' | 'failed')[]
  ): Promise<{ [type: string]: number }>;
  getFailed(begin: number, last: number): Promise<BullJob[]>;
  on(event: 'error', listener: (error: Error) => void): unknown;
  close(): Promise<void>;
}

export interface BullWorker {
  on(event: 'error', listener: (error: Error) => void): unknown;
  on(event: 'completed', listener: (job: BullJob, result: JobResult) => void): unknown;
  on(event: 'failed', listener: (job: BullJob | undefined, error: Error) => void): unknown;
  close(force?: boolean): Promise<void>;
}

interface Connection {
  readonly url: string;
  /** Commands wait for a server that is away instead of failing. */
  readonly maxRetriesPerRequest: null;
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

export function connectionTo(url: string): Connection {
  return { url, maxRetriesPerRequest: null };
}

/** Imports bullmq. Throws RuntimeError MISSING_PEER. */
export function loadBull(): Promise<Bull> {
  return loadPeer<Bull>('bullmq', 'mobilefacenet/queue', ['ioredis']);
}
