/** The page's side of calls to a worker. */
import type { CallMessage, Problem, Progress, ReplyMessage } from './messages.js';

/** An error that a worker reported. */
export class CallError extends Error {
  readonly code: string;

  constructor({ code, message }: Problem) {
    super(message);
    this.name = 'CallError';
    this.code = code;
  }
}

interface PendingCall {
  resolve(answer: unknown): void;
  reject(error: CallError): void;
  onProgress(progress: Progress): void;
}

type Calls<Table> = { readonly [Kind in keyof Table]: { readonly request: unknown; readonly answer: unknown } };

/** A worker and the calls that it has not answered yet. */
export class Caller<Table extends Calls<Table>> {
  readonly #worker: Worker;
  readonly #pending = new Map<number, PendingCall>();
  #nextId = 0;

  constructor(script: string) {
    this.#worker = new Worker(new URL(script, import.meta.url), { type: 'module', name: script });
    this.#worker.onmessage = ({ data }: MessageEvent<ReplyMessage>) => this.#receive(data);
    this.#worker.onerror = (event) => {
      this.#rejectAll({ code: 'WORKER_LOST', message: `the worker ended: ${event.message || 'it could not start'}.` });
    };
  }

  /** Rejects with a CallError. */
  call<Kind extends keyof Table & string>(
    kind: Kind,
    request: Table[Kind]['request'],
    onProgress: (progress: Progress) => void = () => {},
  ): Promise<Table[Kind]['answer']> {
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve, reject, onProgress });
      this.#worker.postMessage({ id, kind, request } satisfies CallMessage);
    });
  }

  /** Ends the worker at once; calls without an answer reject with ABORTED. */
  end(): void {
    this.#worker.terminate();
    this.#rejectAll({ code: 'ABORTED', message: 'the work was cancelled.' });
  }

  #receive(reply: ReplyMessage): void {
    const pending = this.#pending.get(reply.id);
    if (!pending) return;
    if ('progress' in reply) {
      pending.onProgress(reply.progress);
      return;
    }
    this.#pending.delete(reply.id);
    if ('problem' in reply) pending.reject(new CallError(reply.problem));
    else pending.resolve(reply.answer);
  }

  #rejectAll(problem: Problem): void {
    for (const { reject } of this.#pending.values()) reject(new CallError(problem));
    this.#pending.clear();
  }
}
