/** The service as users run it: a process of its own, and what is said to it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { program } from './workers.js';

export const KEY = 'a-key-that-only-tests-know';

export interface ServiceProcess {
  readonly address: string;
  readonly child: ChildProcess;
  /** What it has logged so far. */
  log(): string;
  /** Resident memory in megabytes, as Linux counts it. */
  memoryMb(): number;
  /** Asks it to end, and gives its exit code. */
  end(): Promise<number | null>;
}

export async function startService(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<ServiceProcess> {
  const child = spawn(process.execPath, [program, 'serve', '--port', '0', ...args], {
    env: { ...process.env, MOBILEFACENET_API_KEYS: `another-key-of-the-tests,${KEY}`, DATABASE_URL: '', ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let log = '';
  const address = await new Promise<string>((resolve, reject) => {
    child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      log += text;
      const found = /"event":"listening","address":"([^"]+)"/.exec(log)?.[1];
      if (found) resolve(found);
    });
    child.once('exit', () => reject(new Error(`The service ended: ${log}`)));
  });
  return {
    address,
    child,
    log: () => log,
    memoryMb: () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))![1]) / 1024,
    async end() {
      const exit = once(child, 'exit');
      child.kill('SIGTERM');
      const [code] = await exit;
      return code;
    },
  };
}

/** An answer: its status, and its body where that is JSON. */
export interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests say what they expect.
  readonly body: any;
  readonly headers: Headers;
}

/** Sends a request with the key, and reads the answer whole. */
export async function ask(
  service: ServiceProcess,
  method: string,
  path: string,
  body?: object | Uint8Array | string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  const isBytes = body instanceof Uint8Array;
  const type = isBytes ? 'image/png' : 'application/json';
  const sent = body === undefined || isBytes || typeof body === 'string' ? body : JSON.stringify(body);
  const response = await fetch(`${service.address}${path}`, {
    method,
    headers: { authorization: `Bearer ${KEY}`, ...(sent === undefined ? {} : { 'content-type': type }), ...headers },
    ...(sent === undefined ? {} : { body: sent as BodyInit }),
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json');
  return { status: response.status, body: isJson ? JSON.parse(text) : text, headers: response.headers };
}
