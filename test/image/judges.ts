/** Other people's decoders as judges of files: djpeg and libpng, a process a file, and Pillow, one process for all. */
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
  /** Why pixels of a file that both accept mean nothing, so that they may differ; `undefined` where they mean something. */
  senseless?(file: Uint8Array, answer: Answer): Promise<string | undefined>;
  /** Who is asked where we and the judge differ: whoever agrees with us settles it. */
  readonly second?: { readonly name: string; ask(file: Uint8Array): Promise<Answer> };
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
/** Levels by which djpeg's transforms may differ where the coefficients mean something. */
const LARGEST_ROUNDING = 16;
/** Without vector instructions, whose sums of senseless coefficients saturate where plain code wraps. */
const PLAIN = { JSIMD_FORCENONE: '1' };
const DJPEG_AT_ONCE = 2;
const LONGEST_MS = 20_000;

/** Samples of one bit, 1 for black, in rows of whole bytes, as bytes. */
function unpackBits(bits: Uint8Array, width: number, height: number): Uint8Array {
  const rowBytes = Math.ceil(width / 8);
  return Uint8Array.from({ length: width * height }, (_, index) => {
    const x = index % width;
    return ((bits[Math.floor(index / width) * rowBytes + (x >> 3)]! >> (7 - (x & 7))) & 1) === 1 ? 0 : 255;
  });
}

/** Reads a picture as programs for portable pixmaps write them: of bits, grey or in colour, of 8 bits or 16. */
function readPnm(bytes: Buffer, warnings: readonly string[]): Answer {
  const text = bytes.toString('latin1', 0, 60);
  const [header, ...numbers] = /^P([456])\s(\d+) (\d+)\s(?:(\d+)\s)?/.exec(text)!;
  const [kind, width, height, largest] = numbers.map(Number) as [number, number, number, number];
  const size = { width, height, warnings };
  const stored = bytes.subarray(header.length);
  let samples: Uint8Array = stored;
  if (kind === 4) samples = unpackBits(stored, width, height);
  else if (largest > 255) samples = stored.filter((_, index) => index % 2 === 0);
  else if (largest < 255) samples = stored.map((sample) => Math.floor((sample * 255) / largest));
  if (kind === 6) return { ...size, data: samples };
  const data = Uint8Array.from({ length: width * height * 3 }, (_, index) => samples[Math.floor(index / 3)]!);
  return { ...size, data };
}

/** Runs a program on a file: what it wrote, and what it said. */
function runOn(
  file: Uint8Array,
  [program, ...options]: readonly [string, ...string[]],
  origin: string,
): Promise<{ code: number | null; output: Buffer; lines: string[] }> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, options, { timeout: LONGEST_MS, env: { ...process.env, ...PLAIN } });
    const [output, said]: [Buffer[], Buffer[]] = [[], []];
    child.stdout.on('data', (piece) => output.push(piece));
    child.stderr.on('data', (piece) => said.push(piece));
    child.stdin.on('error', () => {});
    child.on('error', () => reject(new Error(`${program} is needed: apt-get install ${origin}`)));
    child.on('close', (code) => {
      resolve({ code, output: Buffer.concat(output), lines: Buffer.concat(said).toString('latin1').split('\n') });
    });
    child.stdin.end(file);
  });
}

async function askDjpeg(file: Uint8Array, ...options: readonly string[]): Promise<Answer> {
  const { code, output, lines } = await runOn(file, ['djpeg', ...DJPEG, ...options], 'libjpeg-turbo-progs');
  const warnings = lines.filter((line) => WARNINGS.test(line));
  const damage = warnings.find((line) => !HARMLESS.some((harmless) => harmless.test(line)));
  if (damage) return { refused: damage };
  if (code !== 0 && code !== 2) return { refused: lines.filter(Boolean).at(-1) ?? `exit ${code}` };
  return readPnm(output, warnings);
}

/** libpng, by a program that lets it read whole files. */
async function askLibpng(file: Uint8Array): Promise<Answer> {
  const { code, output, lines } = await runOn(file, ['pngtopnm'], 'netpbm');
  if (code === 0) return readPnm(output, lines);
  return { refused: lines.find((line) => line.includes('libpng')) ?? `exit ${code}` };
}

/**
 * Whether coefficients are so large that the transform overflows, as damaged ones can be: then djpeg disagrees with itself,
 * and pixels depend on how long the numbers of a processor are.
 */
async function overflows(file: Uint8Array, answer: Answer): Promise<string | undefined> {
  const others = await Promise.all(['float', 'fast'].map((transform) => askDjpeg(file, '-dct', transform)));
  const isApart = (other: Answer) =>
    'data' in answer &&
    'data' in other &&
    answer.data.some((byte, index) => Math.abs(byte - other.data[index]!) > LARGEST_ROUNDING);
  return others.some(isApart) ? 'coefficients beyond any sample, of which djpeg too makes other pixels' : undefined;
}

/** Rules by which we refuse files that libjpeg takes, as our messages state them. */
const STRICTER_JPEG: readonly [RegExp, string][] = [
  [/has FF 00 at byte/, 'FF 00 between segments'],
  [/before component \d+ is complete/, 'coefficients that no scan brings'],
  [/scans out of order/, 'scans that repeat or skip bits'],
  [/names component \d+ twice/, 'components of one name'],
  [/too few for its \d+ blocks/, 'scans with fewer bits than blocks'],
  [/is arithmetic-coded/, 'arithmetic coding'],
  [/has bits that are no code/, 'bits that are no code, in the middle of a scan where djpeg says nothing'],
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
    senseless: overflows,
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
        if image.mode.startswith('I'):
            high = image.convert('I').tobytes()[1::4]
            image = Image.frombytes('L', image.size, high)
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

/** Pillow, of Debian's python3-pil, which takes much; so libpng has the last word. */
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
    second: { name: 'libpng', ask: askLibpng },
    stricter: (error) => (error.code === 'TOO_MANY_PIXELS' ? error.code : undefined),
    close: () => child.stdin.end(),
  };
}
