/** The producer's side of a queue: pictures go in, and what became of them comes out. */
import { setTimeout as delay } from 'node:timers/promises';
import { InputError } from '../../errors.js';
import { checkGalleryName } from '../postgres/galleries.js';
import { type BullQueue, connectionTo, loadBull, Patience, requireServer, tellFailures } from './bullmq.js';
import { createJob, type ImageJob, jobIdOf, type QueuedImage, queueNameOf } from './job.js';

/** How a queue is opened. */
export interface ImageQueueOptions {
  /** The address of Redis, `redis://…`. It must keep what it acknowledged (`appendonly yes`) and evict nothing. */
  readonly redis: string;
  /** The gallery that the pictures are for; each has a queue of its own. */
  readonly gallery: string;
  /** How often a picture is tried where something other than the picture fails; 5 when absent. */
  readonly attempts?: number | undefined;
  /** Pause before the second try, doubled with each; 1000 when absent. */
  readonly retryDelayMs?: number | undefined;
  /** Pictures that may wait in Redis: the producer pauses above; 10,000 when absent. */
  readonly mostWaiting?: number | undefined;
  /** Hears of a server that is away; the work goes on when it is back. */
  readonly onWarning?: ((message: string) => void) | undefined;
}

/** How pictures are added. */
export interface AddOptions {
  /** Checked between pictures. */
  readonly signal?: AbortSignal | undefined;
  /** Hears how many pictures were handed over so far. */
  readonly onProgress?: ((queued: number) => void) | undefined;
}

/** How many pictures are where. */
export interface QueueCounts {
  /** Not begun. */
  readonly waiting: number;
  /** In work. */
  readonly active: number;
  /** Waiting for another try. */
  readonly delayed: number;
  /** Enrolled, among the last that Redis remembers. */
  readonly completed: number;
  /** Set aside. */
  readonly failed: number;
}

/** A picture that was set aside. */
export interface FailedImage {
  readonly id: string;
  /** The picture's path or name. */
  readonly name: string;
  /** Of the error, such as NOT_AN_IMAGE or NO_FACE. */
  readonly code: string;
  readonly message: string;
  readonly attempts: number;
}

const DEFAULT_ATTEMPTS = 5;
const DEFAULT_RETRY_DELAY_MS = 1000;
const DEFAULT_MOST_WAITING = 10_000;

/** Pictures that are handed over at a time. */
const JOBS_AT_ONCE = 100;
const LOOK_AGAIN_MS = 100;

/** Finished jobs that Redis remembers, so that a producer that starts again queues none of them twice. */
const REMEMBERED = { age: 24 * 3600, count: 100_000 };

/** Failed jobs that are fetched at a time. */
const FAILED_AT_ONCE = 1000;

/** `CODE: message`, as jobs keep why they failed. */
const REASON = /^([A-Z][A-Z_0-9]*): (.*)$/s;

function readCount(name: string, value: number, least: number): number {
  if (Number.isSafeInteger(value) && value >= least) return value;
  throw new InputError('BAD_OPTION', `${name} is ${value}; accepted are whole numbers from ${least}.`);
}

type QueueSettings = ReturnType<typeof readSettings>;

function readSettings({ attempts, retryDelayMs, mostWaiting }: ImageQueueOptions) {
  return {
    attempts: readCount('attempts', attempts ?? DEFAULT_ATTEMPTS, 1),
    retryDelayMs: readCount('retryDelayMs', retryDelayMs ?? DEFAULT_RETRY_DELAY_MS, 0),
    mostWaiting: readCount('mostWaiting', mostWaiting ?? DEFAULT_MOST_WAITING, 1),
  };
}

/** A gallery's queue of pictures. Make one with `ImageQueue.open`, and close it. */
export class ImageQueue {
  readonly #queue: BullQueue;
  readonly #settings: QueueSettings;
  readonly #patience: Patience;

  private constructor(queue: BullQueue, settings: QueueSettings, patience: Patience) {
    this.#queue = queue;
    this.#settings = settings;
    this.#patience = patience;
  }

  /**
   * Opens the queue when its server has answered; one that goes away later is waited for.
   * Throws UnavailableError MISSING_PEER or REDIS, InputError BAD_NAME, BAD_ADDRESS or BAD_OPTION.
   */
  static async open(options: ImageQueueOptions): Promise<ImageQueue> {
    const name = queueNameOf(checkGalleryName(options.gallery));
    const { Queue } = await loadBull();
    const settings = readSettings(options);
    const patience = new Patience();
    const queue = new Queue(name, { connection: connectionTo(options.redis, patience) });
    await requireServer(queue, options.redis);
    tellFailures(queue, options.gallery, options.onWarning);
    return new ImageQueue(queue, settings, patience);
  }

  /**
   * Hands pictures over, and pauses while too many wait. One that is in the queue already, or was done within the last
   * day, is not queued again: a producer that was ended can simply start again. Gives how many were handed over.
   * Throws InputError BAD_ID or JOB_TOO_LARGE, the signal's reason, and what the source throws.
   */
  async add(
    images: Iterable<QueuedImage> | AsyncIterable<QueuedImage>,
    { signal, onProgress }: AddOptions = {},
  ): Promise<number> {
    let queued = 0;
    let batch: ImageJob[] = [];
    const flush = async (): Promise<void> => {
      await this.#untilRoom(signal);
      await this.#queue.addBulk(await Promise.all(batch.map((data) => this.#describe(data))));
      queued += batch.length;
      batch = [];
      onProgress?.(queued);
    };
    for await (const image of images) {
      batch.push(createJob(image));
      if (batch.length >= Math.min(JOBS_AT_ONCE, this.#settings.mostWaiting)) await flush();
    }
    if (batch.length > 0) await flush();
    return queued;
  }

  /** How many pictures wait, are in work, are done and are set aside. */
  async counts(): Promise<QueueCounts> {
    const found = await this.#queue.getJobCounts('waiting', 'active', 'delayed', 'completed', 'failed');
    const { waiting = 0, active = 0, delayed = 0, completed = 0, failed = 0 } = found;
    return { waiting, active, delayed, completed, failed };
  }

  /** Pictures that were set aside, with the reason of each, newest first. */
  async *failures(): AsyncGenerator<FailedImage> {
    for (let begin = 0; ; begin += FAILED_AT_ONCE) {
      const jobs = await this.#queue.getFailed(begin, begin + FAILED_AT_ONCE - 1);
      for (const { data, failedReason, attemptsMade } of jobs) {
        const [, code = 'FAILED', message = failedReason] = REASON.exec(failedReason) ?? [];
        yield { id: data.id, name: data.name, code, message, attempts: attemptsMade };
      }
      if (jobs.length < FAILED_AT_ONCE) return;
    }
  }

  /** Queues every picture that was set aside again; gives how many. */
  async retryFailures(): Promise<number> {
    let retried = 0;
    for (;;) {
      const jobs = await this.#queue.getFailed(0, JOBS_AT_ONCE - 1);
      if (jobs.length === 0) return retried;
      await Promise.all(jobs.map((job) => job.retry()));
      retried += jobs.length;
    }
  }

  /** Ends the connection; pictures in the queue stay there. A server that is away is waited for 10 seconds. */
  close(): Promise<void> {
    return this.#patience.close(this.#queue);
  }

  async #describe(data: ImageJob) {
    return {
      name: 'image',
      data,
      opts: {
        jobId: await jobIdOf(data),
        attempts: this.#settings.attempts,
        backoff: { type: 'exponential' as const, delay: this.#settings.retryDelayMs },
        removeOnComplete: REMEMBERED,
      },
    };
  }

  async #untilRoom(signal: AbortSignal | undefined): Promise<void> {
    for (;;) {
      signal?.throwIfAborted();
      const { waiting, delayed } = await this.counts();
      if (waiting + delayed < this.#settings.mostWaiting) return;
      await delay(LOOK_AGAIN_MS);
    }
  }
}
