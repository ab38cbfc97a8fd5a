/** Writes FlatBuffers, and TFLite files of one step in them, for tests. */

/** A field of a table: its kind and what it holds. */
export type Field =
  | readonly ['uint8' | 'int32' | 'float32', number]
  | readonly ['table', Fields]
  | readonly ['tables', readonly Fields[]]
  | readonly ['int32s' | 'int64s' | 'floats', readonly number[]]
  | readonly ['bytes', Uint8Array]
  | readonly ['text', string];

/** A table: fields by number. */
export type Fields = Readonly<Record<number, Field>>;

/** Bytes that grow. Offsets lead forward only, so whatever refers to something is written before it. */
class Writer {
  bytes: number[] = [];

  align(to: number, after = 0): void {
    while ((this.bytes.length + after) % to !== 0) this.bytes.push(0);
  }

  put(array: ArrayBufferView): void {
    this.bytes.push(...new Uint8Array(array.buffer, array.byteOffset, array.byteLength));
  }

  set32(at: number, value: number): void {
    for (let byte = 0; byte < 4; byte++) this.bytes[at + byte] = (value >>> (8 * byte)) & 255;
  }

  /** Writes a table and what it holds; where it stands. */
  table(fields: Fields): number {
    const entries = Object.entries(fields).map(([number, field]) => [Number(number), field] as const);
    const count = entries.reduce((most, [number]) => Math.max(most, number + 1), 0);
    this.align(4);
    if (count % 2 === 1) this.put(Uint16Array.of(0));
    if ((this.bytes.length + 4 + 2 * count) % 4 !== 0) this.put(Uint16Array.of(0));
    const index = this.bytes.length;
    const places = new Uint16Array(2 + count);
    places[0] = places.byteLength;
    places[1] = 4 + 4 * entries.length;
    for (const [place, [number]] of entries.entries()) places[2 + number] = 4 + 4 * place;
    this.put(places);
    const start = this.bytes.length;
    this.put(Int32Array.of(start - index));
    for (const [, [kind, value]] of entries) {
      if (kind === 'float32') this.put(Float32Array.of(value as number));
      else this.put(Int32Array.of(kind === 'int32' || kind === 'uint8' ? (value as number) : 0));
    }
    for (const [place, [, field]] of entries.entries()) {
      const at = start + 4 + 4 * place;
      const target = this.#child(field);
      if (target !== undefined) this.set32(at, target - at);
    }
    return start;
  }

  #child([kind, value]: Field): number | undefined {
    switch (kind) {
      case 'table':
        return this.table(value);
      case 'tables': {
        this.align(4);
        const start = this.bytes.length;
        this.put(new Int32Array(1 + value.length));
        this.set32(start, value.length);
        for (const [index, fields] of value.entries()) {
          const at = start + 4 + 4 * index;
          this.set32(at, this.table(fields) - at);
        }
        return start;
      }
      case 'int32s':
        return this.#vector(Int32Array.from(value), value.length);
      case 'floats':
        return this.#vector(Float32Array.from(value), value.length);
      case 'int64s':
        return this.#vector(BigInt64Array.from(value, BigInt), value.length);
      case 'bytes':
        return this.#vector(value, value.length);
      case 'text': {
        const text = new TextEncoder().encode(value);
        const start = this.#vector(text, text.length);
        this.bytes.push(0);
        return start;
      }
      default:
        return undefined;
    }
  }

  /** Elements begin at a multiple of 16, as kernels read them in place. */
  #vector(elements: ArrayBufferView, count: number): number {
    this.align(16, 4);
    const start = this.bytes.length;
    this.put(Int32Array.of(count));
    this.put(elements);
    return start;
  }
}

/** A FlatBuffer with an identifier. */
export function flatBuffer(root: Fields, identifier: string): Uint8Array {
  const writer = new Writer();
  writer.put(new Uint8Array(4));
  writer.put(new TextEncoder().encode(identifier));
  writer.set32(0, writer.table(root));
  return Uint8Array.from(writer.bytes);
}

const TYPES = [
  'float32',
  'float16',
  'int32',
  'uint8',
  'int64',
  'string',
  'bool',
  'int16',
  'complex64',
  'int8',
] as const;

/** A tensor of a test file. */
export interface TestTensor {
  readonly shape: readonly number[];
  readonly type?: (typeof TYPES)[number];
  readonly data?: ArrayBufferView;
  readonly scales?: readonly number[];
  readonly zeroPoints?: readonly number[];
  readonly axis?: number;
}

/** One step of a test file: tensors by index. */
export interface TestStep {
  readonly code: number;
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  /** The number of the options' type in the schema's union, and their fields. */
  readonly options?: readonly [type: number, fields: Fields];
}

/** What a test file holds. */
export interface TestFile {
  readonly tensors: readonly TestTensor[];
  readonly steps: readonly TestStep[];
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
}

function tensorFields(
  { shape, type = 'float32', scales, zeroPoints, axis = 0 }: TestTensor,
  index: number,
  buffer: number,
): Fields {
  const quantised = scales
    ? {
        4: [
          'table',
          { 2: ['floats', scales], 3: ['int64s', zeroPoints ?? scales.map(() => 0)], 6: ['int32', axis] },
        ] as const,
      }
    : {};
  return {
    0: ['int32s', shape],
    1: ['uint8', TYPES.indexOf(type)],
    2: ['int32', buffer],
    3: ['text', `t${index}`],
    ...quantised,
  };
}

/** A TFLite file; tensors are called t0, t1 … */
export function tfliteFile({ tensors, steps, inputs, outputs }: TestFile): Uint8Array {
  const held = tensors.filter(({ data }) => data);
  const bytesOf = (data: ArrayBufferView) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const codes = [...new Set(steps.map(({ code }) => code))];
  const graph: Fields = {
    0: ['tables', tensors.map((tensor, index) => tensorFields(tensor, index, held.indexOf(tensor) + 1))],
    1: ['int32s', inputs],
    2: ['int32s', outputs],
    3: [
      'tables',
      steps.map((step) => ({
        0: ['int32', codes.indexOf(step.code)],
        1: ['int32s', step.inputs],
        2: ['int32s', step.outputs],
        ...(step.options ? { 3: ['uint8', step.options[0]], 4: ['table', step.options[1]] } : {}),
      })) as Fields[],
    ],
  };
  const operators = codes.map(
    (code): Fields => ({ 0: ['uint8', Math.min(code, 127)], 2: ['int32', 1], 3: ['int32', code] }),
  );
  const buffers: readonly Fields[] = [{}, ...held.map(({ data }): Fields => ({ 0: ['bytes', bytesOf(data!)] }))];
  return flatBuffer(
    { 0: ['int32', 3], 1: ['tables', operators], 2: ['tables', [graph]], 4: ['tables', buffers] },
    'TFL3',
  );
}
