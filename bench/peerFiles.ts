/** What the compared engines read: one network with the same weights in each one's format, and the same input. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Engine } from '../src/engine.js';
import { ModelError } from '../src/errors.js';
import { exportNative } from '../src/formats/native.js';
import { parseSafetensors } from '../src/formats/safetensors.js';
import { sha256 } from '../src/formats/sha256.js';
import type { Graph } from '../src/graph/types.js';
import { mobileFaceNet } from '../src/networks/mobileFaceNet.js';
import { seededWeights } from '../src/networks/seededWeights.js';
import { namedWeights } from '../src/networks/weightSource.js';
import { writeNhwc } from '../src/tensor/layout.js';
import { exportOnnx } from '../test/onnx/exportOnnx.js';
import { BenchError } from './benchError.js';
import { channelsLast } from './channelsLast.js';
import { findNetwork } from './options.js';
import { quantiseSeeded } from './quantised.js';
import { root } from './root.js';
import { writeTflite } from './tflite.js';

/** The formats that a comparison may have a model in; `int8` is the native one with whole numbers. */
export type PeerFormat = 'native' | 'int8' | 'onnx' | 'tflite' | 'tfjs';

/** Paths of one network's files. */
export interface PeerFiles {
  /** The network's name in Table 2. */
  readonly network: string;
  readonly models: Readonly<Partial<Record<PeerFormat, string>>>;
  readonly inputs: { readonly NCHW: string; readonly NHWC: string };
}

const WEIGHTS = 'mobilefacenet-student.safetensors';

/** Trained weights in the other engines' formats, as they stand in a folder of models. */
const MODELS = { onnx: 'mobilefacenet.onnx', tflite: 'mobilefacenet.tflite', tfjs: 'mobilefacenet.json' } as const;

function outputFolder(): string {
  const folder = fileURLToPath(new URL('build/peers/', root));
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** Installs the engines into bench/peers where they are missing. */
export function installPeers(): void {
  const folder = fileURLToPath(new URL('bench/peers', root));
  if (existsSync(join(folder, 'node_modules', 'onnxruntime-web'))) return;
  console.error('Installing the compared engines into bench/peers/node_modules (540 MB); this happens once …');
  execFileSync('npm', ['ci', '--prefix', folder, '--ignore-scripts'], { stdio: ['ignore', 2, 2] });
}

/** Writes the input, uniform in (−1, 1), in both layouts. */
function writeInput(folder: string, graph: Graph): PeerFiles['inputs'] {
  const { shape } = graph.inputs[0]!;
  const values = seededWeights()('input', shape).data.map((value) => 10 * value);
  // Three channels take the place of four in `nhwc`; the others' inputs are dense.
  const [, channels = 0, height = 0, width = 0] = shape;
  const padded = new Float32Array(4 * height * width);
  writeNhwc(values, shape, padded);
  const dense = padded.filter((_, index) => index % 4 < channels);
  const [NCHW, NHWC] = [join(folder, 'input-nchw.bin'), join(folder, 'input-nhwc.bin')];
  writeFileSync(NCHW, values);
  writeFileSync(NHWC, dense);
  return { NCHW, NHWC };
}

/** The network in int8: its own noise at the input serves to calibrate, since here speed is compared. */
async function writeInt8(folder: string, name: string, graph: Graph): Promise<string> {
  using engine = await Engine.create();
  return writeNative(folder, `${name}-int8`, await quantiseSeeded(graph, engine));
}

async function writeNative(folder: string, name: string, graph: Graph): Promise<string> {
  const path = join(folder, `${name.replace(/[^A-Za-z0-9]+/g, '-')}.safetensors`);
  const card = { name, thresholds: [], accuracy: [] };
  const model = { format: 'native', graphs: new Map([['embed', graph]]), card } as const;
  writeFileSync(path, await exportNative(model, { storage: 'float32' }));
  return path;
}

/** The trained network: the others' models are taken from a folder, and must name the weights that this one has. */
export async function trainedFiles(modelsFolder: string, weightsFile: string): Promise<PeerFiles> {
  for (const path of [...Object.values(MODELS).map((name) => join(modelsFolder, name)), weightsFile]) {
    if (existsSync(path)) continue;
    const hint = `--models names the folder with ${Object.values(MODELS).join(', ')}, --weights the file ${WEIGHTS}`;
    throw new BenchError('NO_FILE', `${path} is missing, so there is nothing to compare with; ${hint}.`);
  }
  const bytes = readFileSync(weightsFile);
  const hash = await sha256(new Uint8Array(bytes));
  for (const name of Object.values(MODELS)) {
    if (readFileSync(join(modelsFolder, name)).includes(hash)) continue;
    throw new ModelError('OTHER_WEIGHTS', `${name} does not name the SHA-256 of ${weightsFile}, ${hash}.`);
  }
  const graph = mobileFaceNet(namedWeights(parseSafetensors(bytes, weightsFile).tensors));
  const folder = outputFolder();
  const others = Object.entries(MODELS).map(([format, name]) => [format, join(modelsFolder, name)] as const);
  return {
    network: 'MobileFaceNet',
    models: {
      native: await writeNative(folder, 'MobileFaceNet', graph),
      int8: await writeInt8(folder, 'MobileFaceNet', graph),
      ...Object.fromEntries(others),
    },
    inputs: writeInput(folder, graph),
  };
}

/** A network of Table 2 with seeded weights in every format; the engines must be installed. */
export async function seededFiles(name: string): Promise<PeerFiles> {
  const { network, build } = findNetwork(name);
  const graph = build(seededWeights());
  const folder = outputFolder();
  const native = await writeNative(folder, network, graph);
  const path = (ending: string): string => native.replace(/safetensors$/, ending);
  const [onnx, tflite, tfjs, weights] = [path('onnx'), path('tflite'), path('json'), path('bin')];
  const { values, ...other } = channelsLast(graph);
  writeFileSync(onnx, exportOnnx(graph));
  writeFileSync(tflite, writeTflite({ values, ...other }));
  writeFileSync(weights, values);
  writeFileSync(tfjs, JSON.stringify({ weights: basename(weights), layers: other.layers }));
  const int8 = await writeInt8(folder, network, graph);
  return { network, models: { native, int8, onnx, tflite, tfjs }, inputs: writeInput(folder, graph) };
}
