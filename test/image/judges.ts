/** Other people's decoders as judges of files: djpeg, a process a file, and Pillow, one process for all. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import type { ImageError } from '../../src/errors.js';

/** What a decoder says of a file. */
export type Answer =
  | { readonly refused: string }
  | {
      readonly width: number;
      readonly height: number;
      /** RGB. */
      readonly data: Uint8Array;
      /** Warnings that it calls harmless. */
      readonly warnings: readonly string[];
    };

/** Another decoder. */
export interface Judge {
  ask(files: readonly Uint8Array[]): Promise<Answer[]>;
  /** The rule by which we refuse a file that the judge accepts; `undefined` where there is none. */
  stricter(error: ImageError, answer: Answer): string | undefined;
  close(): void;
}

/** Warnings of libjpeg after which the picture is whole. */
const HARMLESS = [
  /^Corrupt JPEG data: \d+ extraneous bytes before marker/,
  /^Unknown Adobe color transform code/,
  /^Warning: unknown JFIF revision number/,
  /^Premature end of JPEG file/,
  /^Invalid SOS parameters for sequential JPEG/,
];
/** All warnings of libjpeg's decoder, as its messages begin. */
const WARNINGS =
  /^(Corrupt JPEG data|Unknown Adobe|Warning: unknown JFIF|Premature end|Invalid SOS|Inconsistent progression)/;
const DJPEG = ['-verbose', '-verbose', '-verbose', '-pnm'];
/** Without vector instructions, whose sums of senseless coefficients saturate where plain code wraps. */
const PLAIN = { JSIMD_FORCENONE: '1' };
const DJPEG_AT_ONCE = 2;
const LONGEST_MS = 20_000;

/** Reads what djpeg wrote: a grey or a colour picture. */
function readPnm(bytes: Buffer, warnings: readonly string[]): Answer {
  const [, kind, width, height] = /^P([56])\s(\d+) (\d+)\s255\s/.exec(bytes.toString('latin1', 0, 40))!.map(Number);
  const pixels = width! * height!;
  const data = bytes.subarray(bytes.length - pixels * (kind === 5 ? 1 : 3));
  const rgb = kind === 5 ? Uint8Array.from({ length: pixels * 3 }, (_, index) => data[Math.floor(index / 3)]!) : data;
  return { width: width!, height: height!, data: rgb, warnings };
}

function askDjpeg(file: Uint8Array): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const child = spawn('djpeg', DJPEG, { timeout: LONGEST_MS, env: { ...process.env, ...PLAIN } });
    const [output, said]: [Buffer[], Buffer[]] = [[], []];
    child.stdout.on('data', (piece) => output.push(piece));
    child.stderr.on('data', (piece) => said.push(piece));
    child.stdin.on('error', () => {});
    child.on('error', () => reject(new Error('djpeg is needed: apt-get install libjpeg-turbo-progs')));
    child.on('close', (code) => {
      const lines = Buffer.concat(said).toString('latin1').split('\n');
      const warnings = lines.filter((line) => WARNINGS.test(line));
      const damage = warnings.find((line) => !HARMLESS.some((harmless) => harmless.test(line)));
      if (damage) resolve({ refused: damage });
      else if (code !== 0 && code !== 2) resolve({ refused: lines.filter(Boolean).at(-1) ?? `exit ${code}` });
      else resolve(readPnm(Buffer.concat(output), warnings));
    });
    child.stdin.end(file);
  });
}

/** Rules by which we refuse files that libjpeg takes, as our messages state them. */
const STRICTER_JPEG: readonly [RegExp, string][] = [
  [/has FF 00 at byte/, 'FF 00 between segments'],
  [/before component \d+ is complete/, 'coefficients that no scan brings'],
  [/scans out of order/, 'scans that repeat or skip bits'],
  [/names component \d+ twice/, 'components of one name'],
  [/too few for its \d+ blocks/, 'scans with fewer bits than blocks'],
  [/is arithmetic-coded/, 'arithmetic coding'],
];

/** libjpeg-turbo's own program. */
export async function jpegJudge(): Promise<Judge> {
  return {
    async ask(files) {
      const answers: Answer[] = [];
      const entries = files.entries();
      const work = async () => {
        for (const [index, file] of entries) answers[index] = await askDjpeg(file);
      };
      await Promise.all(Array.from({ length: DJPEG_AT_ONCE }, work));
      return answers;
    },
    stricter(error) {
      if (error.code === 'TOO_MANY_PIXELS' || error.code === 'TOO_MANY_SCANS') return error.code;
      return STRICTER_JPEG.find(([message]) => message.test(error.message))?.[1];
    },
    close() {},
  };
}

/** Reads files, each after its length, and answers with `width height` and the pixels, or with `0 0` and the error. */
const PILLOW = `
import io, struct, sys, warnings
from PIL import Image
warnings.simplefilter('ignore')
Image.MAX_IMAGE_PIXELS = 1 << 24
source, target = sys.stdin.buffer, sys.stdout.buffer
while header := source.read(4):
    data = source.read(struct.unpack('<I', header)[0])
    try:
        image = Image.open(io.BytesIO(data), formats=['PNG'])
        image.load()
        if image.mode in ('I', 'I;16', 'I;16B'):
            image = image.point(lambda value: value / 256).convert('L')
        size, answer = image.size, image.convert('RGB').tobytes()
    except Exception as error:
        size, answer = (0, 0), f'{type(error).__name__}: {error}'.encode()
    target.write(struct.pack('<III', *size, len(answer)) + answer)
    target.flush()
`;

/** Reads a process's answers one by one. */
class PillowAnswers {
  readonly #child: ChildProcessWithoutNullStreams;
  #bytes = Buffer.alloc(0);
  #wake = () => {};

  constructor(child: ChildProcessWithoutNullStreams) {
    this.#child = child;
    child.stdout.on('data', (piece: Buffer) => {
      this.#bytes = Buffer.concat([this.#bytes, piece]);
      this.#wake();
    });
  }

  async #take(count: number): Promise<Buffer> {
    while (this.#bytes.length < count) await new Promise<void>((resolve) => (this.#wake = resolve));
    const taken = this.#bytes.subarray(0, count);
    this.#bytes = this.#bytes.subarray(count);
    return taken;
  }

  async ask(file: Uint8Array): Promise<Answer> {
    const length = Buffer.alloc(4);
    length.writeUInt32LE(file.length);
    this.#child.stdin.write(Buffer.concat([length, file]));
    const header = await this.#take(12);
    const answer = await this.#take(header.readUInt32LE(8));
    const [width, height] = [header.readUInt32LE(0), header.readUInt32LE(4)];
    return width === 0 ? { refused: answer.toString() } : { width, height, data: answer, warnings: [] };
  }
}

/** Rules by which we refuse files that Pillow takes, as our messages state them. */
const STRICTER_PNG: readonly [RegExp, string][] = [];

/** Pillow, of Debian's python3-pil. */
export async function pngJudge(): Promise<Judge> {
  const child = spawn('/usr/bin/python3', ['-c', PILLOW]);
  child.stderr.pipe(process.stderr);
  const answers = new PillowAnswers(child);
  return {
    async ask(files) {
      const found: Answer[] = [];
      for (const file of files) found.push(await answers.ask(file));
      return found;
    },
    stricter(error) {
      if (error.code === 'TOO_MANY_PIXELS') return error.code;
      return STRICTER_PNG.find(([message]) => message.test(error.message))?.[1];
    },
    close: () => child.stdin.end(),
  };
}
