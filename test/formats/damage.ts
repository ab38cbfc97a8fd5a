/** Damage to files by someone who knows their format: edits of bytes, of tokens, of JSON and of `.param` lines. */
import fc from 'fast-check';

/** A change somewhere in a file: where, which, and what goes there. All are reduced modulo what the file has. */
export interface Edit {
  readonly at: number;
  readonly kind: number;
  readonly word: number;
}

/** One to four changes. */
export const edits = fc.array(fc.record({ at: fc.nat(1 << 20), kind: fc.nat(1 << 10), word: fc.nat(1 << 20) }), {
  minLength: 1,
  maxLength: 4,
});

const NUMBERS = [
  '0',
  '1',
  '-1',
  '2',
  '0.5',
  '255',
  '65536',
  '2147483648',
  '4294967296',
  '9007199254740992',
  '-9007199254740993',
  '1e999',
  '1e-999',
  '-233',
  '-234',
  'NaN',
  '',
];

const JSON_WORDS = [
  ...NUMBERS,
  'null',
  'true',
  '{}',
  '[]',
  '[[]]',
  '""',
  '"__proto__"',
  '"constructor"',
  '"dtype"',
  '"F16"',
  '"BF16"',
  '"I64"',
  '"embed"',
  '"embed.slopes"',
  '"data"',
  '"first"',
  '"sum"',
  '"affine"',
  '"batchNorm"',
  '"reshape"',
  '{"__proto__":1}',
  ',',
  ':',
  '"\ud800"',
];

export const PARAM_WORDS = [
  ...NUMBERS,
  'data',
  'a',
  'b',
  'conv',
  'out',
  'Convolution',
  'ConvolutionDepthWise',
  'InnerProduct',
  'BatchNorm',
  'Scale',
  'PReLU',
  'ReLU',
  'Clip',
  'BinaryOp',
  'Eltwise',
  'Split',
  'Dropout',
  'Flatten',
  'Reshape',
  'Input',
  'Pooling',
  '__proto__',
  '0=',
  '6=',
  '7=',
  '-23310=',
  '=',
  '\n',
  ' ',
  '0=268435456',
  '1=65536',
  '2=1e38',
  '4=65536',
  '9=2',
  '-23310=2,1.0,2.0',
  'ReLU x 1 1 out x 0=0.5',
  '0=-1 1=-1 2=-1',
  '7767517',
];

/** Replaces, removes, repeats, inserts or swaps tokens of a text. */
export function editText(text: string, list: readonly Edit[], words: readonly string[]): string {
  const tokens = text.match(/"(?:[^"\\]|\\.)*"|[A-Za-z_][\w.]*|-?\d+(?:\.\d+)?|\s|./gs) ?? [];
  for (const { at, kind, word } of list) {
    const index = at % Math.max(tokens.length, 1);
    const other = word % Math.max(tokens.length, 1);
    const changes = [
      () => tokens.splice(index, 1, words[word % words.length]!),
      () => tokens.splice(index, 1),
      () => tokens.splice(index, 0, words[word % words.length]!),
      () => tokens.splice(index, 0, tokens[other] ?? ''),
      () => tokens.splice(index, 1, tokens[other] ?? ''),
      () => tokens.splice(index, word % 40),
      () => tokens.splice(index, 0, ...tokens.slice(other, other + 40)),
    ];
    changes[kind % changes.length]!();
  }
  return tokens.join('');
}

const JSON_VALUES: readonly unknown[] = [
  0,
  1,
  -1,
  2,
  3,
  5,
  6,
  0.5,
  1e300,
  2 ** 53,
  -(2 ** 53),
  2 ** 31,
  65536,
  128,
  null,
  true,
  '',
  'x',
  '__proto__',
  'constructor',
  'F32',
  'F16',
  'BF16',
  'I64',
  'embed',
  'data',
  'first',
  'second',
  'slopes',
  'embedding',
  'add',
  'relu',
  'affine',
  'flatten',
  'reshape',
  'prelu',
  'none',
  [],
  {},
  [[]],
  [0],
  [1, 1],
  [-1],
  [1, 3, 6, 5],
  [0, 4],
  ['data'],
  { __proto__: null, a: 1 },
];

type Container = Record<string | number, unknown>;

/** Every place of a document: the container and the key in it. */
function places(value: unknown): [Container, string | number][] {
  if (typeof value !== 'object' || value === null) return [];
  const keys = Array.isArray(value) ? value.map((_item, index) => index) : Object.keys(value);
  const container = value as Container;
  return keys.flatMap((key) => [[container, key] as [Container, string | number], ...places(container[key])]);
}

/** Edits values, names and lists of a well-formed document, which stays well-formed. */
function editJson(text: string, list: readonly Edit[]): string {
  const document = { root: JSON.parse(text) as unknown };
  for (const { at, kind, word } of list) {
    const all = places(document.root);
    if (all.length === 0) break;
    const [container, key] = all[at % all.length]!;
    const [source, sourceKey] = all[word % all.length]!;
    const value = container[key];
    const copy = structuredClone(source[sourceKey]);
    const changes = [
      () => (container[key] = structuredClone(JSON_VALUES[word % JSON_VALUES.length])),
      () => (container[key] = copy),
      () => (container[key] = typeof value === 'number' ? value + (word % 5) - 2 : value),
      () => (container[key] = typeof value === 'number' ? value * (word % 5) : copy),
      () => (Array.isArray(container) ? container.splice(Number(key), 1) : delete container[key]),
      () =>
        Array.isArray(container)
          ? container.splice(Number(key), 0, copy)
          : Object.assign(container, { [`${key}x`]: copy }),
    ];
    changes[kind % changes.length]!();
  }
  return JSON.stringify(document.root);
}

/** Edits lines and words of a `.param`; three times out of four the counts are made true again. */
export function editParam(text: string, list: readonly Edit[]): string {
  const [magic, , ...lines] = text.trimEnd().split('\n');
  for (const { at, kind, word } of list) {
    const index = at % Math.max(lines.length, 1);
    const other = word % Math.max(lines.length, 1);
    const words = (lines[index] ?? '').split(' ');
    const position = (at >> 5) % words.length;
    const number = /^(-?\d+)=(-?[\d.]+)$/.exec(words[position]!);
    const replaceWord = (replacement: string) => {
      words[position] = replacement;
      lines[index] = words.join(' ');
    };
    const changes = [
      () => replaceWord(PARAM_WORDS[word % PARAM_WORDS.length]!),
      () => replaceWord(number ? `${number[1]}=${NUMBERS[word % NUMBERS.length]}` : words[word % words.length]!),
      () => replaceWord(number ? `${number[1]}=${Number(number[2]) + (word % 5) - 2}` : `${words[position]}x`),
      () => replaceWord(number ? `${word % 20}=${number[2]}` : (lines[other] ?? '').split(' ')[position % 6]!),
      () => lines.splice(index, 1),
      () => lines.splice(index, 0, (lines[other] ?? '').replace(/^(\S+) (\S+)/, '$1 $2x')),
      () => ([lines[index], lines[other]] = [lines[other]!, lines[index]!]),
      () => lines.push(`ReLU extra${lines.length} 1 1 ${words[4]} extra${lines.length}`),
    ];
    changes[kind % changes.length]!();
  }
  const honest = list[0]!.word % 4 !== 0;
  const blobs = lines.flatMap((line) => {
    const [, , inputs, outputs, ...rest] = line.split(' ');
    return rest.slice(Number(inputs), Number(inputs) + Number(outputs));
  });
  return [magic, `${honest ? lines.length : 13} ${honest ? new Set(blobs).size : 14}`, ...lines, ''].join('\n');
}

const INTERESTING_BYTES = [0, 1, 0x20, 0x7b, 0x7f, 0x80, 0xc0, 0xff];

/** Overwrites, cuts, removes and inserts bytes. */
export function editBytes(bytes: Uint8Array, list: readonly Edit[]): Uint8Array {
  let result = Uint8Array.from(bytes);
  for (const { at, kind, word } of list) {
    const index = at % Math.max(result.length, 1);
    const value = INTERESTING_BYTES[word % INTERESTING_BYTES.length]!;
    const changes = [
      () => result.fill(value, index, index + 1),
      () => result.fill(value, index, index + 4),
      () => result.fill(value, index & ~7, (index & ~7) + 8),
      () => result.map((byte, position) => (position === index ? byte ^ (1 << (word & 7)) : byte)),
      () => result.slice(0, index),
      () => Uint8Array.from([...result.slice(0, index), ...result.slice(index + 1 + (word & 7))]),
      () => Uint8Array.from([...result.slice(0, index), value, ...result.slice(index)]),
    ];
    result = changes[kind % changes.length]!();
  }
  return result;
}

/** Takes a safetensors file apart, edits its header's text and gives it a true length again. */
export function editHeader(bytes: Uint8Array, edit: (header: string) => string): Uint8Array {
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  const text = new TextEncoder().encode(edit(new TextDecoder().decode(bytes.slice(8, 8 + length))));
  const result = new Uint8Array(8 + text.length + bytes.length - 8 - length);
  new DataView(result.buffer).setBigUint64(0, BigInt(text.length), true);
  result.set(text, 8);
  result.set(bytes.slice(8 + length), 8 + text.length);
  return result;
}

/** Edits well-formed JSON, and once in eight times its text. */
export function editJsonOrText(text: string, list: readonly Edit[]): string {
  return list[0]!.word % 8 === 0 ? editText(text, list, JSON_WORDS) : editJson(text, list);
}

/** Edits one metadata text inside a header. */
export function editMetadata(header: string, key: string, edit: (text: string) => string): string {
  const parsed = JSON.parse(header) as { __metadata__: Record<string, string> };
  parsed.__metadata__[key] = edit(parsed.__metadata__[key]!);
  return JSON.stringify(parsed);
}
