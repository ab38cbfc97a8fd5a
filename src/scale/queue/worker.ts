/** The consumer's side of a queue: pictures are read, embedded and enrolled, each exactly once. */
import { createHash } from 'node:crypto';
import { ImageError, InputError, MobileFaceNetError, ShapeError, UnavailableError } from '../../errors.js';
import { readInputFile } from '../../files/local.js';
import type { EmbedTaskOptions } from '../faces/messages.js';
import type { FacePool } from '../faces/pool.js';
import { checkGalleryName } from '../postgres/galleries.js';
import type { PostgresGallery } from '../postgres/gallery.js';
import {
  type Bull,
  type BullJob,
  type BullWorker,
  connectionTo,
  type JobResult,
  loadBull,
  Patience,
  requireServer,
  tellFailures,
} from './bullmq.js';
import { type ImageJob, queueNameOf } from './job.js';

/** What a worker needs. The pool and the gallery stay the caller's. */
export interface ImageWorkerOptions extends EmbedTaskOptions {
  /** The address of Redis, `redis://…`. */
  readonly redis: string;
  readonly pool: FacePool;
  readonly gallery: PostgresGallery;
  /** Pictures in work at a time; twice the pool's threads when absent, so that reading and storing cost no thread. */
  readonly concurrency?: number | undefined;
  /** Bytes of a picture that are read; 32 MiB when absent. */
  readonly mostBytes?: number | undefined;
  /** Time for one picture; 60,000 when absent. */
  readonly timeoutMs?: number | undefined;
  /** After how long the pictures of a worker that was killed are given to another; 30,000 when absent. */
  readonly stalledAfterMs?: number | undefined;
  /** Hears of each picture that was set aside or will be tried again. */
  readonly onFailure?: ((failure: ImageFailure) => void) | undefined;
  /** Hears of a server that is away; the work goes on when it is back. */
  readonly onWarning?: ((message: string) => void) | undefined;
}

/** A picture that could not be enrolled. */
export interface ImageFailure {
  readonly name: string;
  readonly code: string;
  /** True where the picture itself is at fault: it is set aside at once. */
  readonly isFinal: boolean;
}

/** What a worker has done since it started. */
export interface WorkerCounts {
  readonly enrolled: number;
  /** Enrolled before from the same bytes. */
  readonly duplicates: number;
  /** Tries that failed, whether or not more will follow. */
  readonly failures: number;
  /** Pictures a second, of the time since the start. */
  readonly rate: number;
}

const DEFAULT_MOST_BYTES = 32 * 1024 * 1024;
const DEFAULT_TIMEOUT_MS = 60_000;
const DEFAULT_STALLED_AFTER_MS = 30_000;

/** How often a picture's worker may be killed: a picture that kills whoever takes it ends aside too. */
const MOST_STALLS = 10;

/** Codes of errors that another try may not meet; all others of pictures and input stay what they are. */
const TRANSIENT = ['FILE_UNREADABLE', 'NO_GALLERY'];

function isFinal(error: unknown): boolean {
  const isOfPicture = error instanceof ImageError || error instanceof ShapeError || error instanceof InputError;
  return isOfPicture && !TRANSIENT.includes(error.code);
}

/** The bytes of a job's picture. Throws as `readInputFile` does. */
async function readImage({ name, image }: ImageJob, mostBytes: number): Promise<Uint8Array> {
  if (image !== undefined) return Buffer.from(image, 'base64');
  return readInputFile(name, 'the path of an image is needed', { mostBytes });
}

/** Takes pictures from a gallery's queue. Make one with `ImageWorker.start`, and close it. */
export class ImageWorker {
  readonly #worker: BullWorker;
  readonly #patience = new Patience();
  readonly #beginMs = performance.now();
  #enrolled = 0;
  #duplicates = 0;
  #failures = 0;

  private constructor(bull: Bull, options: ImageWorkerOptions) {
    const { redis, gallery, pool, onFailure } = options;
    const lockDuration = options.stalledAfterMs ?? DEFAULT_STALLED_AFTER_MS;
    const name = queueNameOf(checkGalleryName(gallery.name));
    this.#worker = new bull.Worker(name, (job) => this.#process(bull, job, options), {
      connection: connectionTo(redis, this.#patience),
      concurrency: options.concurrency ?? 2 * pool.threads,
      lockDuration,
      stalledInterval: lockDuration,
      maxStalledCount: MOST_STALLS,
    });
    this.#worker.on('completed', (_, { added }) => {
      if (added) this.#enrolled++;
      else this.#duplicates++;
    });
    this.#worker.on('failed', (job, error) => {
      this.#failures++;
      const code = /^[A-Z][A-Z_0-9]*(?=: )/.exec(error.message)?.[0] ?? 'FAILED';
      onFailure?.({ name: job?.data.name ?? '', code, isFinal: error instanceof bull.UnrecoverableError });
    });
  }

  /**
   * Starts to take pictures when the server has answered; one that goes away later is waited for.
   * Throws UnavailableError MISSING_PEER or REDIS, InputError OTHER_WEIGHTS or BAD_ADDRESS.
   */
  static async start(options: ImageWorkerOptions): Promise<ImageWorker> {
    const { pool, gallery } = options;
    if (pool.weights !== gallery.weights) {
      const found = `gallery "${gallery.name}" is of the weights ${gallery.weights}, the pool's are ${pool.weights}`;
      throw new InputError('OTHER_WEIGHTS', `${found}; only those of the same can be compared.`);
    }
    const started = new ImageWorker(await loadBull(), options);
    await requireServer(started.#worker, options.redis);
    tellFailures(started.#worker, gallery.name, options.onWarning);
    return started;
  }

  /** What this worker has done so far. */
  counts(): WorkerCounts {
    const done = this.#enrolled + this.#duplicates;
    const rate = done / ((performance.now() - this.#beginMs) / 1000);
    return { enrolled: this.#enrolled, duplicates: this.#duplicates, failures: this.#failures, rate };
  }

  /**
   * Takes no more pictures, and is done when those in work are. A server that is away is waited for 10 seconds; another
   * worker is given then what was not told to it.
   */
  close(): Promise<void> {
    return this.#patience.close(this.#worker);
  }

  async #process(bull: Bull, job: BullJob, options: ImageWorkerOptions): Promise<JobResult> {
    try {
      return await this.#enrol(job.data, options);
    } catch (error) {
      const code = error instanceof MobileFaceNetError ? error.code : 'INTERNAL';
      const reason = `${code}: ${error instanceof Error ? error.message : String(error)}`;
      throw isFinal(error) ? new bull.UnrecoverableError(reason) : new Error(reason, { cause: error });
    }
  }

  /** The gallery takes a person's picture once, so a job that was done before its worker was killed changes nothing. */
  async #enrol(job: ImageJob, options: ImageWorkerOptions): Promise<JobResult> {
    const { pool, gallery, mostBytes = DEFAULT_MOST_BYTES, timeoutMs = DEFAULT_TIMEOUT_MS } = options;
    const { minimumFace, turns, face, input, mirror } = options;
    const bytes = await readImage(job, mostBytes);
    const source = createHash('sha256').update(bytes).digest('hex');
    const signal = AbortSignal.timeout(timeoutMs);
    const embedded = await pool.embed(bytes, { minimumFace, turns, face, input, mirror, signal }).catch((error) => {
      if (!signal.aborted) throw error;
      throw new UnavailableError('TIMED_OUT', `${job.name}: took longer than ${timeoutMs} ms.`, { cause: error });
    });
    return { added: (await gallery.enrolAll([{ id: job.id, face: embedded, source }])) > 0 };
  }
}
