/** Worker processes as users run them, and pictures for them. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { decodeImage } from '../../src/image/decode.js';
import { encodePng } from '../../src/image/encodePng.js';

/** The command line of the package as it is installed beside the tests. */
export const program = fileURLToPath(new URL('node_modules/mobilefacenet/dist/cli.js', import.meta.url));

const samples = fileURLToPath(new URL('../../samples/', import.meta.url));

/** A sample's bytes. */
export function readSample(name: string): Uint8Array {
  return new Uint8Array(readFileSync(join(samples, name)));
}

/** As many different aligned crops as asked for: a sample with its first pixels changed. */
export async function makeCrops(count: number): Promise<Uint8Array[]> {
  const crop = await decodeImage(readSample('aligned-a-1.png'), 'sample');
  return Promise.all(
    Array.from({ length: count }, (_, index) => {
      const data = crop.data.slice();
      data[0] = index & 0xff;
      data[1] = index >> 8;
      return encodePng({ ...crop, data });
    }),
  );
}

/** Pictures that cannot be enrolled, by the code of the reason. */
export async function makePoison(): Promise<[string, Uint8Array][]> {
  const [whole] = await makeCrops(1);
  const grey = new Uint8Array(200 * 200 * 3).fill(128);
  const huge = whole!.slice();
  // The header claims 20,000 × 10,000 pixels, with the checksum that belongs to it.
  new DataView(huge.buffer).setUint32(16, 20_000);
  new DataView(huge.buffer).setUint32(20, 10_000);
  new DataView(huge.buffer).setUint32(29, crc32(huge.subarray(12, 29)));
  return [
    ['NOT_AN_IMAGE', new TextEncoder().encode('no image')],
    ['NOT_AN_IMAGE', new Uint8Array(0)],
    ['TRUNCATED_IMAGE', whole!.subarray(0, whole!.length / 2)],
    ['TOO_MANY_PIXELS', huge],
    ['NO_FACE', await encodePng({ data: grey, width: 200, height: 200, channels: 3 })],
  ];
}

/** The checksum of PNG chunks. */
function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return (crc ^ 0xffffffff) >>> 0;
}

/** Writes pictures into a folder of their own, named by `names`. */
export function writePictures(pictures: readonly Uint8Array[], nameOf: (index: number) => string): string {
  const folder = mkdtempSync(join(tmpdir(), 'mobilefacenet-scale-'));
  for (const [index, bytes] of pictures.entries()) writeFileSync(join(folder, nameOf(index)), bytes);
  return folder;
}

/** A worker process; `ended` gives its exit code and what it printed. */
export interface WorkerProcess {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** What it has said on stderr so far. */
  stderr(): string;
}

/** A command that ends by itself: its exit code, null where it had to be ended, and what it printed. */
export type Ended = { readonly code: number | null; readonly stdout: string; readonly stderr: string };

/** How long a command may take that is to end by itself. */
const PATIENCE_MS = 60_000;

type Environment = Readonly<Record<string, string>>;

function start(file: string, args: readonly string[], env: Environment, timeout?: number): WorkerProcess {
  const child = spawn(process.execPath, [file, ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout,
  });
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      output[name] += text;
    });
  }
  const ended = once(child, 'close').then(([code]): Ended => ({ code, ...output }));
  return { child, ended, stderr: () => output.stderr };
}

/** Runs a command to its end. */
export function runProgram(args: readonly string[], env: Environment, file = program): Promise<Ended> {
  return start(file, args, env, PATIENCE_MS).ended;
}

export function startWorker(args: readonly string[], env: Environment): WorkerProcess {
  return start(program, ['worker', '--json', ...args], env);
}
