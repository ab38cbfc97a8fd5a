/** Starting a worker thread from code that is part of this JavaScript: Node's threads, or web workers elsewhere. */
import type { Worker as NodeWorker } from 'node:worker_threads';
import { builtin } from '../builtin.js';
import type { WorkerMessage, WorkerStart } from './worker.js';

/** A started worker, whatever the runtime. */
export interface WorkerThread {
  /** Keeps the process alive while a task runs in the background, and lets it end otherwise. */
  hold(held: boolean): void;
  /** Resolves when the thread runs no more, as far as the runtime tells. */
  terminate(): Promise<void>;
}

/** What the pool wants to hear. */
export interface WorkerListener {
  message(message: WorkerMessage): void;
  /** The worker ended or could not start. */
  ended(reason: string): void;
}

interface NodeProcess {
  readonly versions?: { readonly node?: string; readonly deno?: string; readonly bun?: string };
}

function nodeThreads(): typeof import('node:worker_threads') | undefined {
  const { process } = globalThis as { process?: NodeProcess };
  const { node, deno, bun } = process?.versions ?? {};
  return node && !deno && !bun ? builtin('worker_threads') : undefined;
}

function startNodeWorker(worker: NodeWorker, start: WorkerStart, listener: WorkerListener): WorkerThread {
  worker.on('message', (message: WorkerMessage) => listener.message(message));
  worker.on('error', (error) => listener.ended(String(error)));
  worker.on('exit', (code) => listener.ended(`it exited with code ${code}`));
  worker.postMessage(start);
  worker.unref();
  return {
    hold: (held) => (held ? worker.ref() : worker.unref()),
    async terminate() {
      await worker.terminate();
    },
  };
}

const NOT_ISOLATED =
  'shared memory may not be sent to them, since the page is not cross-origin isolated: serve it with the headers ' +
  'Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp';

function isIsolated(): boolean {
  return (globalThis as { crossOriginIsolated?: boolean }).crossOriginIsolated !== false;
}

function startWebWorker(url: string | URL, start: WorkerStart, listener: WorkerListener): WorkerThread {
  const worker = new Worker(url, { type: 'module', name: 'mobilefacenet' });
  worker.onmessage = ({ data }: MessageEvent<WorkerMessage>) => listener.message(data);
  worker.onerror = (event) => listener.ended(event.message || 'it could not start');
  worker.onmessageerror = () => listener.ended('its messages cannot be read');
  try {
    worker.postMessage(start);
  } catch (cause) {
    worker.terminate();
    throw isIsolated() ? cause : new Error(NOT_ISOLATED, { cause });
  }
  return { hold: () => {}, terminate: async () => worker.terminate() };
}

/**
 * Starts a worker that runs `code`, or the script at `url` where one is given (a page whose policy forbids `blob:`
 * workers). Throws what the runtime throws where it has no workers or cannot post shared memory.
 */
export function startWorker(
  code: string,
  url: string | URL | undefined,
  start: WorkerStart,
  listener: WorkerListener,
): WorkerThread {
  const threads = nodeThreads();
  if (threads) {
    const worker = url ? new threads.Worker(new URL(url)) : new threads.Worker(code, { eval: true });
    return startNodeWorker(worker, start, listener);
  }
  if (url) return startWebWorker(url, start, listener);
  const blob = URL.createObjectURL(new Blob([code], { type: 'text/javascript' }));
  const release = (): void => URL.revokeObjectURL(blob);
  const releasing: WorkerListener = {
    message(message) {
      release();
      listener.message(message);
    },
    ended(reason) {
      release();
      listener.ended(reason);
    },
  };
  try {
    return startWebWorker(blob, start, releasing);
  } catch (error) {
    release();
    throw error;
  }
}
