/**
 * MTCNN's three published networks as golden cases. The importer under test reads the ncnn pairs; the ONNX files for the
 * other engine are written here from the floats of the .bin files and the layers of the paper (Zhang et al. 2016, Figure
 * 2), without that importer and without the graphs of this package.
 */
import { existsSync, readFileSync } from 'node:fs';
import { importModel } from '../../src/formats/index.js';
import {
  ATTRIBUTE_TYPES,
  DATA_TYPES,
  MODEL,
  type NodeMessage,
  type TensorMessage,
} from '../../src/formats/onnx/messages.js';
import { writeMessage } from '../../src/formats/onnx/protobuf.js';
import type { Graph } from '../../src/graph/types.js';
import type { GoldenCase } from './goldenCase.js';

const FOLDER = '../shared/models/mtcnn';

/** Whether the networks' files are there. */
export const haveDetectors = existsSync(FOLDER);

function read(file: string): { name: string; bytes: Uint8Array } {
  const name = `${FOLDER}/${file}`;
  return { name, bytes: new Uint8Array(readFileSync(name)) };
}

async function importDetector(name: string): Promise<Graph> {
  const { graphs } = await importModel([read(`${name}.param`), read(`${name}.bin`)]);
  return [...graphs.values()][0]!;
}

/** Nodes, tensors and outputs of an ONNX file in the making, and the floats that are still to be read. */
class HandWritten {
  readonly #floats: Float32Array;
  readonly #nodes: NodeMessage[] = [];
  readonly #tensors: TensorMessage[] = [];
  #offset = 0;

  constructor(bytes: Uint8Array) {
    this.#floats = new Float32Array(bytes.slice().buffer);
  }

  #tensor(name: string, dims: number[]): string {
    const end = this.#offset + dims.reduce((product, length) => product * length, 1);
    const rawData = new Uint8Array(this.#floats.slice(this.#offset, end).buffer);
    this.#tensors.push({ name, dims, dataType: DATA_TYPES.float, rawData });
    this.#offset = end;
    return name;
  }

  /** Weights are stored after four bytes that are 0 for float32. */
  #weights(name: string, dims: number[]): string {
    const tag = this.#floats[this.#offset++];
    if (tag !== 0) throw new Error(`${name}: tag ${tag} where 0 stands for float32.`);
    return this.#tensor(name, dims);
  }

  #node(opType: string, input: string[], output: string, attributes: Record<string, number | number[]> = {}): string {
    const attribute = Object.entries(attributes).map(([name, value]) =>
      typeof value === 'number'
        ? { name, type: ATTRIBUTE_TYPES.int, i: value }
        : { name, type: ATTRIBUTE_TYPES.ints, ints: value },
    );
    this.#nodes.push({ opType, input, output: [output], name: output, attribute });
    return output;
  }

  convolution(name: string, input: string, inputs: number, outputs: number, kernel: number): string {
    const weights = this.#weights(`${name}.w`, [outputs, inputs, kernel, kernel]);
    return this.#node('Conv', [input, weights, this.#tensor(`${name}.b`, [outputs])], name);
  }

  dense(name: string, input: string, inputs: number, outputs: number): string {
    const weights = this.#weights(`${name}.w`, [outputs, inputs]);
    const flat = this.#node('Flatten', [input], `${name}.flat`);
    return this.#node('Gemm', [flat, weights, this.#tensor(`${name}.b`, [outputs])], name, { transB: 1 });
  }

  prelu(input: string, channels: number, axes: number[]): string {
    return this.#node('PRelu', [input, this.#tensor(`${input}.slopes`, [channels, ...axes])], `${input}.prelu`);
  }

  /** Windows that reach over the edge are kept. */
  pool(input: string, kernel: number): string {
    const attributes = { kernel_shape: [kernel, kernel], strides: [2, 2], ceil_mode: 1 };
    return this.#node('MaxPool', [input], `${input}.pool`, attributes);
  }

  softmax(input: string): string {
    return this.#node('Softmax', [input], 'prob1', { axis: 1 });
  }

  write(height: number, width: number, outputs: readonly string[]): Uint8Array {
    if (this.#offset !== this.#floats.length) throw new Error(`${this.#floats.length - this.#offset} floats are left.`);
    const type = (dims: number[]) => {
      const shape = { dim: dims.map((dimValue) => ({ dimValue })) };
      return { type: { tensorType: { elemType: DATA_TYPES.float, shape } } };
    };
    return writeMessage(MODEL, {
      irVersion: 8,
      opsetImport: [{ domain: '', version: 17 }],
      graph: {
        name: 'detector',
        node: this.#nodes,
        initializer: this.#tensors,
        input: [{ name: 'data', ...type([1, 3, height, width]) }],
        output: outputs.map((name) => ({ name, type: { tensorType: { elemType: DATA_TYPES.float } } })),
      },
    });
  }
}

const IMAGE = [1, 1];

function writePnet(height: number, width: number): Uint8Array {
  const file = new HandWritten(read('det1.bin').bytes);
  let value = file.prelu(file.convolution('conv1', 'data', 3, 10, 3), 10, IMAGE);
  value = file.pool(value, 2);
  value = file.prelu(file.convolution('conv2', value, 10, 16, 3), 16, IMAGE);
  value = file.prelu(file.convolution('conv3', value, 16, 32, 3), 32, IMAGE);
  file.softmax(file.convolution('conv4-1', value, 32, 2, 1));
  return file.write(height, width, ['prob1', file.convolution('conv4-2', value, 32, 4, 1)]);
}

function writeRnet(): Uint8Array {
  const file = new HandWritten(read('det2.bin').bytes);
  let value = file.prelu(file.convolution('conv1', 'data', 3, 28, 3), 28, IMAGE);
  value = file.prelu(file.convolution('conv2', file.pool(value, 3), 28, 48, 3), 48, IMAGE);
  value = file.prelu(file.convolution('conv3', file.pool(value, 3), 48, 64, 2), 64, IMAGE);
  value = file.prelu(file.dense('conv4', value, 576, 128), 128, []);
  file.softmax(file.dense('conv5-1', value, 128, 2));
  return file.write(24, 24, ['prob1', file.dense('conv5-2', value, 128, 4)]);
}

function writeOnet(): Uint8Array {
  const file = new HandWritten(read('det3.bin').bytes);
  let value = file.prelu(file.convolution('conv1', 'data', 3, 32, 3), 32, IMAGE);
  value = file.prelu(file.convolution('conv2', file.pool(value, 3), 32, 64, 3), 64, IMAGE);
  value = file.prelu(file.convolution('conv3', file.pool(value, 3), 64, 64, 3), 64, IMAGE);
  value = file.prelu(file.convolution('conv4', file.pool(value, 2), 64, 128, 2), 128, IMAGE);
  value = file.prelu(file.dense('conv5', value, 1152, 256), 256, []);
  file.softmax(file.dense('conv6-1', value, 256, 2));
  const regression = file.dense('conv6-2', value, 256, 4);
  return file.write(48, 48, ['prob1', regression, file.dense('conv6-3', value, 256, 10)]);
}

export const detectorCases: readonly GoldenCase[] = [
  {
    name: 'det1',
    graph: () => importDetector('det1'),
    onnx: () => writePnet(29, 40),
    inputShapes: { data: [1, 3, 29, 40] },
  },
  { name: 'det2', graph: () => importDetector('det2'), onnx: writeRnet },
  { name: 'det3', graph: () => importDetector('det3'), onnx: writeOnet },
];
