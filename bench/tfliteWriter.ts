/** TFLite files by tensors and operators, laid out as TensorFlow's schema.fbs says, version 3. */
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { Shape } from '../src/tensor/shape.js';
import { root } from './root.js';

/** What of the flatbuffers package in bench/peers is used. */
interface Builder {
  space: number;
  readonly bb: { bytes(): Uint8Array };
  createString(text: string): number;
  startVector(elementBytes: number, count: number, alignmentBytes: number): void;
  addInt32(value: number): void;
  addOffset(offset: number): void;
  endVector(): number;
  startObject(fields: number): void;
  addFieldInt8(field: number, value: number, otherwise: number): void;
  addFieldInt32(field: number, value: number, otherwise: number): void;
  addFieldOffset(field: number, offset: number, otherwise: number): void;
  endObject(): number;
  finish(table: number, identifier: string): void;
  asUint8Array(): Uint8Array<ArrayBuffer>;
}

/** BuiltinOperator. */
export const OPERATORS = {
  add: 0,
  averagePool: 1,
  concat: 2,
  convolution: 3,
  depthwise: 4,
  maxPool: 17,
  relu: 19,
  reshape: 22,
  pad: 34,
  transpose: 39,
  mean: 40,
  prelu: 54,
} as const;

/** BuiltinOptions: the type of each operator's options. */
export const OPTIONS = {
  convolution: 1,
  depthwise: 2,
  pool: 5,
  concat: 10,
  add: 11,
  reshape: 17,
  reducer: 27,
} as const;

const FLOAT32 = 0;
const INT32 = 2;

/** A field of a table: its number, and a value of one of the kinds that are used. */
type FieldValue = { readonly int8: number } | { readonly int32: number } | { readonly offset: number };

/** Options of an operator; `undefined` where it has none. */
export interface OperatorOptions {
  readonly type: number;
  readonly fields: Readonly<Record<number, FieldValue>>;
}

/** Collects tensors and operators and writes the file. */
export class TfliteWriter {
  readonly #builder: Builder;
  readonly #buffers: number[] = [];
  readonly #tensors: number[] = [];
  readonly #operators: number[] = [];
  readonly #codes: number[] = [];
  readonly #values = new Map<string, number>();

  /** `valuesBytes` is the size of all constant data. The flatbuffers package must be installed in bench/peers. */
  constructor(valuesBytes: number) {
    const folder = fileURLToPath(new URL('bench/peers/package.json', root));
    const { Builder } = createRequire(folder)('flatbuffers') as { Builder: new (bytes: number) => Builder };
    // Files are written from their end; large enough at once, so that a whole tensor can be set.
    this.#builder = new Builder(2 * valuesBytes + (1 << 22));
    // Buffer 0 is the empty one, of tensors without constant data.
    this.#buffers.push(this.#table(1, {}));
  }

  /** Adds a value that operators make, or the input. */
  value(name: string, shape: Shape): number {
    const tensor = this.#tensor(name, shape, FLOAT32, 0);
    this.#values.set(name, tensor);
    return tensor;
  }

  find(name: string): number {
    return this.#values.get(name)!;
  }

  floats(name: string, shape: Shape, data: Float32Array): number {
    return this.#constant(name, shape, FLOAT32, data);
  }

  integers(name: string, shape: Shape, data: readonly number[]): number {
    return this.#constant(name, shape, INT32, Int32Array.from(data));
  }

  operator(code: number, inputs: readonly number[], output: number, options?: OperatorOptions): void {
    if (!this.#codes.includes(code)) this.#codes.push(code);
    const fields = {
      0: { int32: this.#codes.indexOf(code) },
      1: { offset: this.#integerVector(inputs) },
      2: { offset: this.#integerVector([output]) },
    };
    const extra = options && { 3: { int8: options.type }, 4: { offset: this.#table(7, options.fields) } };
    this.#operators.push(this.#table(9, { ...fields, ...extra }));
  }

  integerVector(values: readonly number[]): number {
    return this.#integerVector(values);
  }

  finish(input: number, output: number): Uint8Array<ArrayBuffer> {
    const subgraph = this.#table(5, {
      0: { offset: this.#offsetVector(this.#tensors) },
      1: { offset: this.#integerVector([input]) },
      2: { offset: this.#integerVector([output]) },
      3: { offset: this.#offsetVector(this.#operators) },
    });
    const codes = this.#codes.map((code) => this.#table(4, { 0: { int8: code }, 2: { int32: 1 }, 3: { int32: code } }));
    const model = this.#table(5, {
      0: { int32: 3 },
      1: { offset: this.#offsetVector(codes) },
      2: { offset: this.#offsetVector([subgraph]) },
      4: { offset: this.#offsetVector(this.#buffers) },
    });
    this.#builder.finish(model, 'TFL3');
    return this.#builder.asUint8Array().slice();
  }

  #constant(name: string, shape: Shape, type: number, data: Float32Array | Int32Array): number {
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    this.#builder.startVector(1, bytes.length, 16);
    this.#builder.space -= bytes.length;
    this.#builder.bb.bytes().set(bytes, this.#builder.space);
    const vector = this.#builder.endVector();
    this.#buffers.push(this.#table(1, { 0: { offset: vector } }));
    return this.#tensor(name, shape, type, this.#buffers.length - 1);
  }

  #tensor(name: string, shape: Shape, type: number, buffer: number): number {
    const fields = {
      0: { offset: this.#integerVector(shape) },
      1: { int8: type },
      2: { int32: buffer },
      3: { offset: this.#builder.createString(name) },
    };
    this.#tensors.push(this.#table(4, fields));
    return this.#tensors.length - 1;
  }

  #table(fieldCount: number, fields: Readonly<Record<number, FieldValue>>): number {
    this.#builder.startObject(fieldCount);
    for (const [field, value] of Object.entries(fields)) {
      if ('offset' in value) this.#builder.addFieldOffset(Number(field), value.offset, 0);
      else if ('int8' in value) this.#builder.addFieldInt8(Number(field), value.int8, 0);
      else this.#builder.addFieldInt32(Number(field), value.int32, 0);
    }
    return this.#builder.endObject();
  }

  #integerVector(values: readonly number[]): number {
    this.#builder.startVector(4, values.length, 4);
    for (const value of [...values].reverse()) this.#builder.addInt32(value);
    return this.#builder.endVector();
  }

  #offsetVector(offsets: readonly number[]): number {
    this.#builder.startVector(4, offsets.length, 4);
    for (const offset of [...offsets].reverse()) this.#builder.addOffset(offset);
    return this.#builder.endVector();
  }
}
