/**
 * The few opcodes of Python's pickle that a tuple of a list of byte strings and a list of truth values needs, and no
 * other: nothing is called, imported or built but tuples, lists, bytes and booleans.
 */
import { InputError } from '../errors.js';

/** What such a pickle can hold. Bytes are views of the file. */
export type Pickled = Uint8Array | boolean | Pickled[];

/** Values that a pickle may build, and marks that may be open at once. */
const MOST_VALUES = 1 << 22;
const MOST_MARKS = 64;

/** The newest protocol; older ones are subsets of it from 2 on. */
const NEWEST_PROTOCOL = 5;

/** Reads little-endian numbers and runs of bytes, never behind the end. */
class Reader {
  offset = 0;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #where: string;

  constructor(bytes: Uint8Array, where: string) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#where = where;
  }

  take(count: number): Uint8Array {
    const begin = this.offset;
    if (!(count <= this.#bytes.length - begin)) {
      const found = `${count} bytes at byte ${begin}, but ends at ${this.#bytes.length}`;
      throw new InputError('PICKLE_TRUNCATED', `${this.#where}: needs ${found}; a complete file is needed.`);
    }
    this.offset = begin + count;
    return this.#bytes.subarray(begin, this.offset);
  }

  byte(): number {
    return this.take(1)[0]!;
  }

  uint32(): number {
    const begin = this.offset;
    this.take(4);
    return this.#view.getUint32(begin, true);
  }

  /** A length of 8 bytes; one beyond all files is caught by `take`. */
  uint64(): number {
    const begin = this.offset;
    this.take(8);
    return Number(this.#view.getBigUint64(begin, true));
  }
}

/** The machine that a pickle is a program for. */
class Machine {
  readonly reader: Reader;
  readonly #where: string;
  #stack: Pickled[] = [];
  /** The stacks below open marks. */
  readonly #below: Pickled[][] = [];
  readonly #memo = new Map<number, Pickled>();
  #values = 0;

  constructor(bytes: Uint8Array, where: string) {
    this.reader = new Reader(bytes, where);
    this.#where = where;
  }

  refuse(found: string): InputError {
    const accepted = 'accepted is a pickled tuple of a list of bytes and a list of booleans';
    return new InputError('BAD_PICKLE', `${this.#where}: ${found} before byte ${this.reader.offset}; ${accepted}.`);
  }

  push(value: Pickled): void {
    if (++this.#values > MOST_VALUES) throw this.refuse(`builds more than ${MOST_VALUES} values`);
    this.#stack.push(value);
  }

  pop(): Pickled {
    const value = this.#stack.pop();
    if (value === undefined) throw this.refuse('takes a value from an empty stack');
    return value;
  }

  mark(): void {
    if (this.#below.length >= MOST_MARKS) throw this.refuse(`opens more than ${MOST_MARKS} marks`);
    this.#below.push(this.#stack);
    this.#stack = [];
  }

  /** What was pushed since the last mark. */
  popMark(): Pickled[] {
    const items = this.#stack;
    const below = this.#below.pop();
    if (!below) throw this.refuse('closes a mark that is not open');
    this.#stack = below;
    return items;
  }

  /** Adds items to the list on top of the stack; what they are is looked at by whoever asked for the pickle. */
  append(items: readonly Pickled[]): void {
    const list = this.#stack.at(-1);
    if (!Array.isArray(list)) throw this.refuse('appends to what is no list');
    for (const item of items) {
      if (Array.isArray(item)) throw this.refuse('puts a list into a list');
      list.push(item);
    }
  }

  remember(index: number): void {
    const value = this.#stack.at(-1);
    if (value === undefined) throw this.refuse('remembers what is not there');
    if (this.#memo.size >= MOST_VALUES) throw this.refuse(`remembers more than ${MOST_VALUES} values`);
    this.#memo.set(index, value);
  }

  recall(index: number): void {
    const value = this.#memo.get(index);
    if (value === undefined) throw this.refuse(`recalls value ${index}, which was not remembered`);
    this.push(value);
  }

  get remembered(): number {
    return this.#memo.size;
  }

  /** The one value that is left. */
  result(): Pickled {
    const value = this.pop();
    if (this.#stack.length > 0 || this.#below.length > 0) throw this.refuse('leaves more than one value');
    return value;
  }
}

/** What each opcode does (Python's pickletools); STOP is not among them. */
const OPCODES: ReadonlyMap<number, (machine: Machine) => void> = new Map(
  [
    ['\x80', protocol],
    ['\x95', (machine: Machine) => void machine.reader.uint64()],
    ['(', (machine: Machine) => machine.mark()],
    [']', (machine: Machine) => machine.push([])],
    ['l', (machine: Machine) => machine.push(flat(machine, machine.popMark()))],
    ['e', (machine: Machine) => machine.append(machine.popMark())],
    ['a', (machine: Machine) => machine.append([machine.pop()])],
    ['t', (machine: Machine) => machine.push(machine.popMark())],
    ['\x86', pair],
    ['\x88', (machine: Machine) => machine.push(true)],
    ['\x89', (machine: Machine) => machine.push(false)],
    ['K', truth],
    ['U', (machine: Machine) => machine.push(machine.reader.take(machine.reader.byte()))],
    ['C', (machine: Machine) => machine.push(machine.reader.take(machine.reader.byte()))],
    ['T', (machine: Machine) => machine.push(machine.reader.take(machine.reader.uint32()))],
    ['B', (machine: Machine) => machine.push(machine.reader.take(machine.reader.uint32()))],
    ['\x8e', (machine: Machine) => machine.push(machine.reader.take(machine.reader.uint64()))],
    ['\x96', (machine: Machine) => machine.push(machine.reader.take(machine.reader.uint64()))],
    ['q', (machine: Machine) => machine.remember(machine.reader.byte())],
    ['r', (machine: Machine) => machine.remember(machine.reader.uint32())],
    ['\x94', (machine: Machine) => machine.remember(machine.remembered)],
    ['h', (machine: Machine) => machine.recall(machine.reader.byte())],
    ['j', (machine: Machine) => machine.recall(machine.reader.uint32())],
  ].map(([code, run]) => [(code as string).charCodeAt(0), run as (machine: Machine) => void]),
);

function protocol(machine: Machine): void {
  const version = machine.reader.byte();
  if (version < 2 || version > NEWEST_PROTOCOL)
    throw machine.refuse(`is of protocol ${version}, not 2 to ${NEWEST_PROTOCOL}`);
}

/** Two values as a tuple. */
function pair(machine: Machine): void {
  const second = machine.pop();
  machine.push([machine.pop(), second]);
}

/** 0 or 1 in place of a boolean. */
function truth(machine: Machine): void {
  const value = machine.reader.byte();
  if (value > 1) throw machine.refuse(`holds the number ${value}`);
  machine.push(value === 1);
}

function flat(machine: Machine, items: Pickled[]): Pickled[] {
  if (items.some(Array.isArray)) throw machine.refuse('puts a list into a list');
  return items;
}

const STOP = '.'.charCodeAt(0);

/**
 * Reads a pickle of protocol 2 to 5 that holds nothing but tuples, lists, bytes, booleans and the numbers 0 and 1.
 * Throws InputError BAD_PICKLE for any other opcode and for programs that make no sense, PICKLE_TRUNCATED.
 */
export function parsePickle(bytes: Uint8Array, where: string): Pickled {
  const machine = new Machine(bytes, where);
  if (bytes[0] !== 0x80) throw machine.refuse('does not begin with a protocol');
  for (;;) {
    const code = machine.reader.byte();
    if (code === STOP) return machine.result();
    const run = OPCODES.get(code);
    if (!run) throw machine.refuse(`has the opcode 0x${code.toString(16).padStart(2, '0')}`);
    run(machine);
  }
}
