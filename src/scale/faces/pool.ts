/** A pool of threads that detect and embed faces, so that the event loop of a server stays free. */
import { Worker } from 'node:worker_threads';
import { InputError, UnavailableError } from '../../errors.js';
import type { EmbeddedFace } from '../../face/comparer.js';
import { DEFAULT_PIXEL_LIMIT } from '../../image/decode.js';
import type { ModelCard } from '../../model/card.js';
import {
  type DetectedFaces,
  type DetectTaskOptions,
  type EmbedTaskOptions,
  type FaceTask,
  readError,
  type TaskResult,
  type ThreadFacts,
  type ThreadMessage,
  type ThreadSettings,
} from './messages.js';

/** How a pool is made. */
export interface FacePoolOptions {
  /** Threads, each with networks of its own (about 60 MB and what its largest picture takes); 1 when absent, at most 64. */
  readonly threads?: number | undefined;
  /** Path or address of the embedder's weights; those of this package when absent. */
  readonly model?: string | undefined;
  /** Path or address of the detector's weights; those of this package when absent. */
  readonly detector?: string | undefined;
  /** Pixels (width · height) that a picture may have; 50 million when absent. */
  readonly pixelLimit?: number | undefined;
}

/**
 * A way to stop a task: one that waits is dropped, one that runs is let go, and ended with its thread where it is not
 * done soon; another thread starts then.
 */
export interface Cancellable {
  readonly signal?: AbortSignal | undefined;
}

const MOST_THREADS = 64;

/** Megabytes of JavaScript objects that a thread may hold; pixels and networks are not among them. */
const THREAD_HEAP_MB = 256;

/** How long a task that nobody waits for any more may run: about what starting a thread in its place would cost. */
const GRACE_MS = 500;

/** Starts in a row that may fail before the pool gives up. */
const MOST_FAILED_STARTS = 3;

interface PendingTask {
  readonly task: FaceTask;
  resolve(result: TaskResult): void;
  reject(error: unknown): void;
}

interface Lane {
  readonly worker: Worker;
  readonly ready: Promise<ThreadFacts>;
  pending: PendingTask | undefined;
  /** Ending: it was told to, and takes no task. */
  state: 'starting' | 'ready' | 'ending';
}

/** Threads that all have the same networks. Make one with `FacePool.start`. */
export class FacePool {
  readonly #settings: ThreadSettings;
  readonly #lanes = new Set<Lane>();
  readonly #waiting: PendingTask[] = [];
  #facts: ThreadFacts | undefined;
  #failedStarts = 0;
  #closed = false;

  private constructor(settings: ThreadSettings) {
    this.#settings = settings;
  }

  /** Starts the threads and loads their networks. Throws InputError BAD_THREADS and as `FaceVerifier.load` does. */
  static async start(options: FacePoolOptions = {}): Promise<FacePool> {
    const { threads = 1, model, detector, pixelLimit = DEFAULT_PIXEL_LIMIT } = options;
    if (!Number.isInteger(threads) || threads < 1 || threads > MOST_THREADS) {
      const accepted = `accepted are whole numbers from 1 to ${MOST_THREADS}`;
      throw new InputError('BAD_THREADS', `threads is ${threads}; ${accepted}.`);
    }
    const pool = new FacePool({ model, detector, pixelLimit });
    try {
      const facts = await Promise.all(Array.from({ length: threads }, () => pool.#startLane().ready));
      pool.#facts = facts[0]!;
      return pool;
    } catch (error) {
      await pool.close();
      throw error;
    }
  }

  /** The card of the embedder's weights. */
  get card(): ModelCard {
    return this.#facts!.card;
  }

  /** SHA-256 of the embedder's weights, which names its embeddings. */
  get weights(): string {
    return this.#facts!.weights;
  }

  /** Elements of an embedding. */
  get embeddingLength(): number {
    return this.#facts!.embeddingLength;
  }

  /** Threads that work or are ready to. */
  get threads(): number {
    return [...this.#lanes].filter(({ state }) => state === 'ready').length;
  }

  /** Tasks that run now. */
  get running(): number {
    return [...this.#lanes].filter(({ pending }) => pending).length;
  }

  /** Tasks that wait for a thread. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** The faces in a JPEG or PNG file. Throws as `FaceVerifier.detect` does, UnavailableError THREAD_ENDED or DISPOSED, or the signal's reason. */
  async detect(image: Uint8Array, options: DetectTaskOptions & Cancellable = {}): Promise<DetectedFaces> {
    const { signal, minimumFace, turns } = options;
    return (await this.#perform({ kind: 'detect', image, options: { minimumFace, turns } }, signal)) as DetectedFaces;
  }

  /** Embeds the face in a JPEG or PNG file. Throws as `FaceVerifier.embed` does, and as `detect`. */
  async embed(image: Uint8Array, options: EmbedTaskOptions & Cancellable = {}): Promise<EmbeddedFace> {
    const { signal, minimumFace, turns, face, input, mirror } = options;
    const task: FaceTask = { kind: 'embed', image, options: { minimumFace, turns, face, input, mirror } };
    return (await this.#perform(task, signal)) as EmbeddedFace;
  }

  /** Ends all threads. Tasks that are not done are refused with UnavailableError DISPOSED. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const { reject } of this.#waiting.splice(0)) reject(this.#disposed());
    await Promise.all([...this.#lanes].map(({ worker }) => worker.terminate()));
  }

  #disposed(): UnavailableError {
    return new UnavailableError('DISPOSED', 'the pool was closed; start a new one.');
  }

  #perform(task: FaceTask, signal: AbortSignal | undefined): Promise<TaskResult> {
    if (this.#closed) throw this.#disposed();
    signal?.throwIfAborted();
    return new Promise((resolve, reject) => {
      const abort = () => this.#abort(pending, signal!.reason);
      const done = () => signal?.removeEventListener('abort', abort);
      const pending: PendingTask = {
        task,
        resolve: (result) => {
          done();
          resolve(result);
        },
        reject: (error) => {
          done();
          reject(error);
        },
      };
      signal?.addEventListener('abort', abort, { once: true });
      this.#waiting.push(pending);
      this.#hand();
    });
  }

  #abort(pending: PendingTask, reason: unknown): void {
    const at = this.#waiting.indexOf(pending);
    if (at >= 0) this.#waiting.splice(at, 1);
    pending.reject(reason);
    const lane = [...this.#lanes].find((candidate) => candidate.pending === pending);
    if (!lane) return;
    // A network that runs hears nothing: where it does not end soon its thread does, and `#lost` starts another.
    setTimeout(() => {
      if (lane.pending !== pending) return;
      lane.state = 'ending';
      void lane.worker.terminate();
    }, GRACE_MS);
  }

  /** Gives waiting tasks to threads that are free. */
  #hand(): void {
    for (const lane of this.#lanes) {
      if (lane.state !== 'ready' || lane.pending) continue;
      const pending = this.#waiting.shift();
      if (!pending) return;
      lane.pending = pending;
      lane.worker.postMessage(pending.task);
    }
  }

  #startLane(): Lane {
    const worker = new Worker(new URL('./faceThread.js', import.meta.url), {
      workerData: this.#settings,
      resourceLimits: { maxOldGenerationSizeMb: THREAD_HEAP_MB },
    });
    let tell: (facts: ThreadFacts) => void;
    let refuse: (error: unknown) => void;
    const ready = new Promise<ThreadFacts>((resolve, reject) => {
      tell = resolve;
      refuse = reject;
    });
    ready.catch(() => {});
    const lane: Lane = { worker, ready, pending: undefined, state: 'starting' };
    this.#lanes.add(lane);
    worker.on('message', (message: ThreadMessage) => {
      if ('ready' in message) {
        lane.state = 'ready';
        this.#failedStarts = 0;
        tell(message.ready);
      } else if (lane.state === 'starting' && 'error' in message) {
        refuse(readError(message.error));
        void worker.terminate();
      } else this.#answer(lane, message);
      this.#hand();
    });
    let failure: Error | undefined;
    worker.on('error', (error) => {
      failure = error;
    });
    worker.on('exit', () => {
      const reason = `its thread ended: ${failure?.message ?? 'it was stopped'}`;
      const error = new UnavailableError('THREAD_ENDED', `the picture cannot be worked on, ${reason}.`, {
        cause: failure,
      });
      refuse(error);
      this.#lost(lane, this.#closed ? this.#disposed() : error);
    });
    return lane;
  }

  #answer(lane: Lane, message: ThreadMessage): void {
    const { pending } = lane;
    lane.pending = undefined;
    if (!pending) return;
    if ('error' in message) pending.reject(readError(message.error));
    else if ('result' in message) pending.resolve(message.result);
  }

  /** A thread has ended: what it did fails, and another takes its place. */
  #lost(lane: Lane, error: UnavailableError): void {
    this.#lanes.delete(lane);
    lane.pending?.reject(error);
    if (lane.state === 'starting') this.#failedStarts++;
    // Before the first start has succeeded, `start` says what is wrong.
    if (this.#closed || !this.#facts) return;
    if (this.#failedStarts < MOST_FAILED_STARTS) this.#startLane();
    else if (this.#lanes.size === 0) {
      this.#closed = true;
      for (const { reject } of this.#waiting.splice(0)) reject(error);
    }
  }
}
