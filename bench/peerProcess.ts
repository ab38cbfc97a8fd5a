/** Engines in processes of their own: kept alive and run by message, or fresh for one output. */
import { type ChildProcess, fork, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { BenchError } from './benchError.js';
import { root } from './root.js';

/** How one engine is started. */
export interface PeerStart {
  /** What it is called in the table. */
  readonly engine: string;
  /** The module in bench/peers that starts it. */
  readonly module: string;
  readonly model: string;
  readonly threads: number;
  /** Files of the same input, by layout. */
  readonly inputs: { readonly NCHW: string; readonly NHWC: string };
  /** What this engine alone takes. */
  readonly options: { readonly wide?: boolean; readonly build?: string };
  /** The Node that it runs on, and its options. */
  readonly node: string;
  readonly nodeOptions: readonly string[];
}

/** How long an engine may take to start, or to answer. */
const TIMEOUT_MS = 120_000;

/** Bytes of what a process wrote to stderr that are kept for the message. */
const KEPT_STDERR = 4000;

function argument({ module, model, threads, inputs, options }: PeerStart): string {
  return JSON.stringify({ module, model, threads, inputs, ...options });
}

function script(name: string): string {
  return fileURLToPath(new URL(`bench/peers/${name}`, root));
}

function failure({ engine, threads }: PeerStart, reason: string, stderr: string): BenchError {
  const line = /^\w*Error.*$/m.exec(stderr)?.[0] ?? stderr.trim().split('\n').at(-1) ?? '';
  const said = line === '' ? '' : `: ${line.replace(/\.$/, '')}`;
  return new BenchError('PEER_FAILED', `${engine} with threads ${threads} ${reason}${said}.`);
}

function keepStderr(child: ChildProcess): () => string {
  let kept = '';
  child.stderr!.setEncoding('utf8').on('data', (text: string) => {
    kept = (kept + text).slice(-KEPT_STDERR);
  });
  return () => kept;
}

interface Ready {
  readonly version: string;
  readonly output: readonly number[];
}

/** One engine that stays, so that rounds go from process to process. */
export class PeerProcess {
  readonly #child: ChildProcess;
  readonly #start: PeerStart;
  readonly #stderr: () => string;

  private constructor(start: PeerStart) {
    const { node, nodeOptions } = start;
    this.#start = start;
    this.#child = fork(script('serve.mjs'), [argument(start)], {
      execPath: node,
      execArgv: [...nodeOptions],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    this.#stderr = keepStderr(this.#child);
  }

  /** Starts an engine and gives it with its version and first output. Throws BenchError PEER_FAILED. */
  static async start(start: PeerStart): Promise<{ peer: PeerProcess } & Ready> {
    const peer = new PeerProcess(start);
    const ready = await peer.#answer<Ready>('does not start');
    return { peer, ...ready };
  }

  /** Runs the engine and gives the durations of all but the first calls. Throws BenchError PEER_FAILED. */
  async run(warmUps: number, runs: number): Promise<readonly number[]> {
    this.#child.send({ warmUps, runs });
    const { durationsMs } = await this.#answer<{ durationsMs: readonly number[] }>('does not run');
    return durationsMs;
  }

  /** Ends the process. */
  stop(): void {
    this.#child.kill('SIGKILL');
  }

  #answer<T>(reason: string): Promise<T> {
    return new Promise((resolve, reject) => {
      const forget = (): void => {
        clearTimeout(timer);
        this.#child.off('error', fail).off('close', fail).off('message', hear);
      };
      const fail = (): void => {
        forget();
        this.stop();
        reject(failure(this.#start, reason, this.#stderr()));
      };
      const hear = (message: unknown): void => {
        forget();
        resolve(message as T);
      };
      const timer = setTimeout(fail, TIMEOUT_MS);
      this.#child.on('error', fail).on('close', fail).on('message', hear);
    });
  }
}

/** What a fresh process took. */
export interface FirstRun {
  /** From the start of the process to its first output. */
  readonly startMs: number;
  readonly peakMb: number;
}

/** Starts an engine in a fresh process and waits for its first output. Throws BenchError PEER_FAILED. */
export function measureFirstRun(start: PeerStart): Promise<FirstRun> {
  return new Promise((resolve, reject) => {
    const begin = performance.now();
    const child = spawn(start.node, [...start.nodeOptions, script('first.mjs'), argument(start)], {
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: TIMEOUT_MS,
    });
    const stderr = keepStderr(child);
    let startMs = Number.NaN;
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (data: string) => {
      if (text === '') startMs = performance.now() - begin;
      text += data;
      // It has said all; some runtimes now and then do not come to their end by themselves.
      if (/^\n\d+\n$/.test(text)) child.kill('SIGKILL');
    });
    child.once('error', () => reject(failure(start, 'does not start', stderr())));
    child.once('close', () => {
      const peakMb = (Number(text) * 1024) / 1e6;
      if (peakMb > 0) resolve({ startMs, peakMb });
      else reject(failure(start, 'does not start', stderr()));
    });
  });
}
