/** Property-test bodies for ONNX files: bytes damaged at random, and messages changed by someone who knows the format. */
import fc from 'fast-check';
import { importModel } from '../../../src/formats/index.js';
import { DATA_LOCATIONS, MODEL, type ModelMessage } from '../../../src/formats/onnx/messages.js';
import { readMessage, writeMessage } from '../../../src/formats/onnx/protobuf.js';
import { quantisedCases } from '../../golden/quantisedCases.js';
import { exportOnnx } from '../../onnx/exportOnnx.js';
import { type Edit, editBytes, edits } from '../damage.js';
import type { HostileSuite } from '../hostile.js';
import { tinyGraph } from '../tinyModel.js';
import { floats, integers, node, onnxMessage, value, weights } from './onnxFile.js';

const SOUND = exportOnnx(tinyGraph());

/** Bytes and entries of all lists of a message, and of the messages in it. */
function sizeOf(item: unknown): number {
  if (item instanceof Uint8Array) return item.length;
  if (typeof item !== 'object' || item === null) return 0;
  const items = Object.values(item);
  return items.reduce<number>((sum, inner) => sum + sizeOf(inner), Array.isArray(item) ? item.length : 0);
}

function feed(bytes: Uint8Array): void {
  const size = sizeOf(readMessage(MODEL, bytes, 'hostile.onnx'));
  if (size > bytes.length) throw new Error(`accepted although it holds ${size} items in ${bytes.length} bytes`);
}

export const onnxSuite: HostileSuite = {
  name: 'onnx messages',
  cases: edits.map((list) => {
    const damaged = editBytes(SOUND, list);
    return { label: JSON.stringify(list), feed: () => feed(damaged) };
  }),
};

/** A network as PyTorch writes it: shape arithmetic, constants of every kind, most of the operators. */
const NETWORK: ModelMessage = onnxMessage({
  inputs: [value('x', ['batch', 3, 6, 5])],
  nodes: [
    node('Sub', ['x', 'mean'], ['pixels']),
    node('Conv', ['pixels', 'w', 'b'], ['conv'], { pads: [1, 1, 1, 1], strides: [2, 1], auto_pad: 'NOTSET', group: 1 }),
    node('BatchNormalization', ['conv', 'b', 'b', 'b', 'v'], ['norm'], { epsilon: { float: 0.01 } }),
    node('PRelu', ['norm', 'slopes'], ['prelu']),
    node('Clip', ['prelu', 'zero', 'six'], ['clip']),
    node('MaxPool', ['clip'], ['pool'], { kernel_shape: [2, 2], ceil_mode: 1 }),
    node('Split', ['pool', 'parts'], ['first', 'second'], { axis: 1 }),
    node('Concat', ['second', 'first'], ['joined'], { axis: 1 }),
    node('Add', ['joined', 'pool'], ['sum']),
    node('Pad', ['sum', 'pads'], ['padded'], { mode: 'reflect' }),
    node('Resize', ['padded', '', 'scales'], ['resized'], { mode: 'nearest' }),
    node('Slice', ['resized', 'one', 'end', 'axis'], ['sliced']),
    node('Transpose', ['sliced'], ['turned'], { perm: [0, 2, 3, 1] }),
    node('Shape', ['turned'], ['shape']),
    node('Gather', ['shape', 'index'], ['batch'], { axis: 0 }),
    node('Unsqueeze', ['batch', 'index1'], ['batch1']),
    node('Concat', ['batch1', 'rest'], ['target'], { axis: 0 }),
    node('Reshape', ['turned', 'target'], ['flat']),
    node('ConstantOfShape', ['one'], ['ones'], { value: floats('', [1], [2]) }),
    node('Mul', ['flat', 'ones'], ['scaled']),
    node('ReduceMean', ['resized'], ['means'], { axes: [2, 3], keepdims: 0 }),
    node('Gemm', ['means', 'm'], ['vector'], { transB: 1, alpha: { float: 0.5 } }),
    node('Softmax', ['vector'], ['y'], { axis: 1 }),
  ],
  outputs: ['y', 'scaled'],
  tensors: [
    floats('mean', [3, 1, 1], [1, 2, 3]),
    weights('w', [4, 3, 3, 3]),
    floats('b', [4], [1, 2, 3, 4]),
    floats('v', [4], [1, 2, 3, 4]),
    floats('slopes', [4, 1, 1], [0.1, 0.2, 0.3, 0.4]),
    floats('zero', [], [0]),
    floats('six', [], [6]),
    integers('parts', [1, 3]),
    integers('pads', [0, 0, 1, 0, 0, 0, 0, 1]),
    floats('scales', [4], [1, 1, 2, 1]),
    integers('one', [1]),
    integers('end', [2n ** 63n - 1n]),
    integers('axis', [-1]),
    integers('index', [0], []),
    integers('index1', [0]),
    integers('rest', [-1]),
    weights('m', [5, 4]),
  ],
});

const INTEGERS: readonly number[] = [
  0,
  1,
  -1,
  2,
  3,
  7,
  255,
  2 ** 31,
  2 ** 32,
  2 ** 40,
  2 ** 53,
  -(2 ** 53),
  2 ** 62,
  -(2 ** 63),
];
const WORDS = [
  '',
  'x',
  'y',
  'conv',
  'w',
  'flat',
  'Conv',
  'Reshape',
  'If',
  'Loop',
  'Shape',
  'Add',
  'axes',
  'shape',
  'value',
];
const LOCATIONS = ['/etc/passwd', '../w', 'w.bin', 'a/../../w', 'C:/w', ''];
const BYTES = [new Uint8Array(0), new Uint8Array(7), new Uint8Array(64).fill(0xff), new Uint8Array(4096)];

type Place = readonly [holder: Record<string, unknown> | unknown[], key: string | number];

/** Every field and entry of a message, and of the messages in it. */
function placesOf(item: unknown, places: Place[] = []): Place[] {
  if (typeof item !== 'object' || item === null || item instanceof Uint8Array) return places;
  for (const key of Array.isArray(item) ? item.keys() : Object.keys(item)) {
    places.push([item as Record<string, unknown>, key]);
    placesOf((item as Record<string | number, unknown>)[key], places);
  }
  return places;
}

/** Another value of the same kind, or nothing, or another part of the file. */
function changed(found: unknown, other: unknown, { kind, word }: Edit): unknown {
  if (kind % 5 === 0 && typeof other === typeof found && Array.isArray(other) === Array.isArray(found)) return other;
  if (typeof found === 'number') return INTEGERS[word % INTEGERS.length];
  if (typeof found === 'string') return WORDS[word % WORDS.length];
  if (found instanceof Uint8Array) return BYTES[word % BYTES.length];
  if (!Array.isArray(found))
    return kind % 3 === 0
      ? {
          ...(found as object),
          dataLocation: DATA_LOCATIONS.external,
          externalData: [{ key: 'location', value: LOCATIONS[word % LOCATIONS.length] }],
        }
      : found;
  const at = word % (found.length + 1);
  const changes = [
    () => found.toSpliced(at, 1),
    () => found.toSpliced(at, 0, found[word % Math.max(found.length, 1)] ?? 0),
    () => [...found].reverse(),
    () => found.slice(0, at),
    () => [...found, ...found],
  ];
  return changes[kind % changes.length]!();
}

function editMessage(message: ModelMessage, list: readonly Edit[]): Uint8Array<ArrayBuffer> {
  const copy = structuredClone(message);
  for (const edit of list) {
    const places = placesOf(copy);
    const [holder, key] = places[edit.at % places.length]!;
    const [otherHolder, otherKey] = places[edit.word % places.length]!;
    const at = holder as Record<string | number, unknown>;
    const other = (otherHolder as Record<string | number, unknown>)[otherKey];
    at[key] = changed(at[key], structuredClone(other), edit);
  }
  return writeMessage(MODEL, copy);
}

/** A message that cannot be written, because an edit moved a value to where another kind stands, is no case. */
function written(message: ModelMessage, list: readonly Edit[]): Uint8Array<ArrayBuffer> {
  try {
    return editMessage(message, list);
  } catch {
    return writeMessage(MODEL, message);
  }
}

/** Quantised networks in both forms, and that network. */
const NETWORKS: readonly ModelMessage[] = [
  NETWORK,
  ...quantisedCases
    .filter(({ name }) => /residual block|all that follows|ConvInteger/.test(name))
    .map(({ name, onnx }) => readMessage(MODEL, onnx!(), name)),
];

/** Whole models; `check` looks at what is accepted. */
export function onnxModelSuite(check: (model: Awaited<ReturnType<typeof importModel>>) => void): HostileSuite {
  return {
    name: 'onnx',
    cases: fc.tuple(fc.nat(3), fc.constantFrom(...NETWORKS.keys()), edits).map(([kind, network, list]) => {
      const message = NETWORKS[network]!;
      const bytes = kind === 0 ? editBytes(writeMessage(MODEL, message), list) : written(message, list);
      return {
        label: `${kind === 0 ? 'bytes' : 'messages'} of ${network} ${JSON.stringify(list)}`,
        feed: async () => check(await importModel([{ name: 'hostile.onnx', bytes }])),
      };
    }),
  };
}
