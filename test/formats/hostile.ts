/**
 * One property-test body for the model formats: files damaged by someone who knows the format. A parser may refuse them
 * with an error of this package, or accept what is consistent; anything else is a failure. No test framework here, so
 * that long runs can use it from the command line.
 */
import fc from 'fast-check';
import { inferShapes } from '../../src/build/infer.js';
import { MobileFaceNetError, ModelError } from '../../src/errors.js';
import { importModel } from '../../src/formats/index.js';
import { exportNative } from '../../src/formats/native.js';
import { parseSafetensors } from '../../src/formats/safetensors.js';
import type { Graph } from '../../src/graph/types.js';
import { kernels } from '../../src/kernels/index.js';
import type { Model } from '../../src/model/model.js';
import { parseCard, printCard } from '../../src/model/parseCard.js';
import { optimise } from '../../src/passes/index.js';
import { lower } from '../../src/plan/lower.js';
import { packGraph } from '../../src/plan/pack.js';
import { elementCount } from '../../src/tensor/shape.js';
import {
  editBytes,
  editHeader,
  editJsonOrText,
  editMetadata,
  editParam,
  edits,
  editText,
  PARAM_WORDS,
} from './damage.js';
import { bin, halves, param, plain, tagged, whole } from './ncnn/files.js';
import { onnxModelSuite, onnxSuite } from './onnx/hostile.js';
import { tfliteSuite } from './tflite/hostile.js';

import { tinyInt8Model } from './tinyInt8.js';
import { tinyCard, tinyModel } from './tinyModel.js';

/** Milliseconds that one file may take. */
export const LONGEST_CASE_MS = 1000;

/** One damaged file; `feed` gives it to its parser and checks what is accepted. */
export interface HostileCase {
  /** The damage, for a failure's report. */
  readonly label: string;
  feed(): void | Promise<void>;
}

/** The damaged files of one format. */
export interface HostileSuite {
  readonly name: string;
  readonly cases: fc.Arbitrary<HostileCase>;
}

/** What a run of a suite met. */
export interface HostileReport {
  readonly name: string;
  readonly runs: number;
  readonly accepted: number;
  /** Number of refusals by error code. */
  readonly refusals: ReadonlyMap<string, number>;
  readonly slowestMs: number;
  /** The damage that took longest. */
  readonly slowestLabel: string;
}

function require(condition: boolean, what: string): void {
  if (!condition) throw new Error(`accepted although ${what}`);
}

/** What is accepted must be consistent; an error of this package here is a failure too. */
function checkAccepted(model: Model): void {
  try {
    checkConsistent(model);
  } catch (cause) {
    throw new Error('accepted although it is not consistent', { cause });
  }
}

/** What a graph that is accepted may still be refused with when it is compiled. */
const REFUSALS_OF_PLANNING = ['NO_KERNEL', 'CONSTANT_OUTPUT', 'PLAN_TOO_LARGE', 'NOT_FINITE', 'BAD_VARIANCE'];

/** Plans a graph as an engine would, so that planning that hangs or crashes is seen. */
function plan(graph: Graph): void {
  try {
    lower(packGraph(optimise(graph), 'plain', kernels));
  } catch (error) {
    if (!(error instanceof ModelError) || !REFUSALS_OF_PLANNING.includes(error.code)) throw error;
  }
}

function checkConsistent(model: Model): void {
  for (const graph of model.graphs.values()) {
    for (const [name, { shape, data }] of graph.tensors) {
      require(elementCount(shape) === data.length, `tensor ${name} has another length than its shape`);
    }
    const shapes = inferShapes(graph);
    for (const output of graph.outputs) require(shapes.has(output), `output ${output} has no shape`);
    plan(graph);
  }
  require(JSON.stringify(parseCard(printCard(model.card), 'card')) === printCard(model.card), 'its card is unstable');
}

const NCNN_PARAM = param(
  'Input data 0 1 data 0=6 1=5 2=3',
  'BinaryOp sub 1 1 data sub 0=1 1=1 2=127.5',
  'Convolution conv 1 1 sub conv 0=4 1=3 3=2 4=-233 5=1 6=108 9=2 -23310=1,0.25',
  'BatchNorm bn 1 1 conv bn 0=4 1=0.001',
  'PReLU prelu 1 1 bn prelu 0=4',
  'Split split 1 2 prelu a b',
  'ConvolutionDepthWise dw 1 1 a dw 0=4 1=3 4=1 6=36 7=4',
  'Scale scale 1 1 dw scale 0=4 1=1',
  'Eltwise sum 2 1 scale b sum 0=1 -23301=2,1.0,0.5',
  'Clip clip 1 1 sum clip 0=0.0 1=6.0',
  'Reshape reshape 1 1 clip reshape 0=-1',
  'Dropout drop 1 1 reshape drop',
  'InnerProduct fc 1 1 drop fc 0=2 1=1 2=72',
);

function ramp(count: number): number[] {
  return Array.from({ length: count }, (_, index) => ((index % 13) - 6) / 8);
}

const NCNN_BIN = bin(
  tagged(...ramp(108)),
  plain(...ramp(4)),
  plain(...ramp(4), ...ramp(4), 1, 2, 3, 4, ...ramp(4)),
  plain(...ramp(4)),
  halves(...ramp(36)),
  plain(...ramp(8)),
  tagged(...ramp(72)),
  plain(...ramp(2)),
);

function nativeSuite(name: string, bytes: Uint8Array): HostileSuite {
  const damage = fc.constantFrom('bytes', 'header', 'graphs', 'card');
  return {
    name,
    cases: fc.tuple(damage, edits).map(([kind, list]) => {
      const damaged =
        kind === 'bytes'
          ? editBytes(bytes, list)
          : editHeader(bytes, (header) =>
              kind === 'header'
                ? editJsonOrText(header, list)
                : editMetadata(header, kind, (text) => editJsonOrText(text, list)),
            );
      return {
        label: `${kind} ${JSON.stringify(list)}`,
        feed: async () => checkAccepted(await importModel([{ name: 'hostile.safetensors', bytes: damaged }])),
      };
    }),
  };
}

function safetensorsSuite(bytes: Uint8Array): HostileSuite {
  return {
    name: 'safetensors',
    cases: edits.map((list) => ({
      label: JSON.stringify(list),
      feed() {
        const damaged = editHeader(bytes, (header) => editJsonOrText(header, list));
        const { tensors, tensorSection } = parseSafetensors(damaged, 'hostile');
        let elements = 0;
        for (const [name, { shape, data }] of tensors) {
          require(elementCount(shape) === data.length, `tensor ${name} has another length than its shape`);
          elements += data.length;
        }
        require(elements * 2 <= tensorSection.length, 'it has more elements than bytes for them');
      },
    })),
  };
}

/** A pair with the layers of detectors and of plain networks. */
const WINDOW_PARAM = param(
  'Input data 0 1 data 0=6 1=7 2=3',
  'Padding pad 1 1 data pad 0=1 1=0 2=1 3=2 4=0 5=0.5',
  'Convolution conv 1 1 pad conv 0=4 1=3 2=1 3=2 4=0 5=1 6=108',
  'Pooling max 1 1 conv max 0=0 1=2 2=1 3=0 5=0',
  'ShuffleChannel shuffle 1 1 max shuffle 0=2',
  'Slice slice 1 2 shuffle one two -23300=2,1,-233 1=0',
  'Sigmoid sigmoid 1 1 one sigmoid',
  'Concat concat 2 1 two sigmoid concat 0=0',
  'Pooling mean 1 1 concat mean 0=1 1=3 2=2 3=1 6=1',
  'Interp interp 1 1 mean interp 0=2 1=2 2=2',
  'Permute permute 1 1 interp permute 0=3',
  'InnerProduct fc 1 1 permute fc 0=2 1=0 2=128',
  'Softmax softmax 1 1 fc softmax 0=0',
);

const WINDOW_BIN = bin(tagged(...ramp(108)), plain(...ramp(4)), tagged(...ramp(128)));

/** A pair with int8 layers of every kind. */
const INT8_PARAM = param(
  'Input data 0 1 data 0=6 1=5 2=3',
  'Convolution conv 1 1 data conv 0=4 1=3 4=1 5=1 6=108 8=102 9=1',
  'Split split 1 2 conv a b',
  'ConvolutionDepthWise dw 1 1 a dw 0=4 1=3 4=1 6=36 7=4 8=101',
  'ConvolutionDepthWise one 1 1 b one 0=4 1=3 4=1 5=1 6=36 7=4 8=2 9=2 -23310=1,0.25',
  'Eltwise sum 2 1 dw one sum 0=1',
  'InnerProduct fc 1 1 sum fc 0=2 1=1 2=240 8=2',
);

function wholeRamp(count: number): number[] {
  return ramp(count).map((value) => 80 * value);
}

const INT8_BIN = bin(
  whole(...wholeRamp(108)),
  plain(...ramp(4), 100, 200, 300, 0, 60, 40),
  whole(...wholeRamp(36)),
  plain(90, 100, 110, 120, 40, 50),
  tagged(...ramp(36)),
  plain(...ramp(4), 100, 40),
  halves(...ramp(240)),
  plain(...ramp(2), 70, 80, 20),
);

function ncnnSuite(name: string, soundParam: string, soundBin: Uint8Array): HostileSuite {
  const cases = fc.tuple(fc.constantFrom('param', 'bin', 'both'), edits, edits).map(([kind, first, second]) => {
    const broken = first[0]!.at % 8 === 0;
    const edited = broken ? editText(soundParam, first, PARAM_WORDS) : editParam(soundParam, first);
    const text = kind === 'bin' ? soundParam : edited;
    const weights = kind === 'param' ? soundBin : editBytes(soundBin, second);
    const files = [
      { name: 'hostile.param', bytes: new TextEncoder().encode(text) },
      { name: 'hostile.bin', bytes: weights },
    ];
    return {
      label: `${kind} ${JSON.stringify([first, second])}`,
      feed: async () => checkAccepted(await importModel(files)),
    };
  });
  return { name, cases };
}

const cardSuite: HostileSuite = {
  name: 'card',
  cases: edits.map((list) => ({
    label: JSON.stringify(list),
    feed() {
      const card = parseCard(editJsonOrText(printCard(tinyCard), list), 'card');
      require(JSON.stringify(parseCard(printCard(card), 'card')) === printCard(card), 'it does not survive printing');
      require(Object.getPrototypeOf(card) === Object.prototype, 'its prototype is another');
    },
  })),
};

/** All suites of the model formats. */
export async function hostileSuites(): Promise<readonly HostileSuite[]> {
  const bytes = await exportNative(tinyModel(), { storage: 'float16' });
  return [
    safetensorsSuite(bytes),
    nativeSuite('native', bytes),
    nativeSuite('native int8', await exportNative(tinyInt8Model(), { storage: 'float16' })),
    ncnnSuite('ncnn', NCNN_PARAM, NCNN_BIN),
    ncnnSuite('ncnn windows', WINDOW_PARAM, WINDOW_BIN),
    ncnnSuite('ncnn int8', INT8_PARAM, INT8_BIN),
    cardSuite,
    onnxSuite,
    onnxModelSuite(checkAccepted),
    tfliteSuite(checkAccepted),
  ];
}

/** Feeds one case; gives the refusal's code, or `undefined` where it is accepted. Throws for anything else. */
async function outcomeOf({ feed }: HostileCase): Promise<string | undefined> {
  try {
    await feed();
    return undefined;
  } catch (error) {
    if (!(error instanceof MobileFaceNetError)) throw error;
    if (!/^[A-Z][A-Z0-9_]+$/.test(error.code)) throw new Error(`code ${error.code} is none`, { cause: error });
    if (!error.message.endsWith('.') || error.message.includes('\n')) {
      throw new Error(`message is not one sentence: ${error.message}`, { cause: error });
    }
    return error.code;
  }
}

/**
 * Runs a suite and reports what it met. `begins` is called before each case, so that somebody may see one that never
 * ends. Throws fast-check's error, with the seed in it, at the first failure.
 */
export async function runHostile(
  suite: HostileSuite,
  runs: number,
  seed: number,
  begins: () => void = () => {},
): Promise<HostileReport> {
  const refusals = new Map<string, number>();
  let accepted = 0;
  let slowestMs = 0;
  let slowestLabel = '';
  const property = fc.asyncProperty(suite.cases, async (hostile) => {
    begins();
    const begin = performance.now();
    const code = await outcomeOf(hostile);
    const elapsedMs = performance.now() - begin;
    if (elapsedMs > slowestMs) [slowestMs, slowestLabel] = [elapsedMs, hostile.label];
    if (elapsedMs > LONGEST_CASE_MS) throw new Error(`${hostile.label} took ${elapsedMs} ms`);
    if (code === undefined) accepted++;
    else refusals.set(code, (refusals.get(code) ?? 0) + 1);
  });
  await fc.assert(property, { numRuns: runs, seed });
  return { name: suite.name, runs, accepted, refusals, slowestMs, slowestLabel };
}
