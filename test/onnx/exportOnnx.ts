/** Writes a graph as an ONNX file that any ONNX runtime runs. */
import { defaultShapes, type InputShapes, inferShapes } from '../../src/build/infer.js';
import { ModelError } from '../../src/errors.js';
import {
  DATA_TYPES,
  MODEL,
  type NodeMessage,
  type TensorMessage,
  type ValueInfoMessage,
} from '../../src/formats/onnx/messages.js';
import { writeMessage } from '../../src/formats/onnx/protobuf.js';
import type { Attribute, Graph, Node } from '../../src/graph/types.js';
import { checkedNode, type OperatorName } from '../../src/ops/index.js';
import { describeNode } from '../../src/ops/operator.js';
import { elementCount, type Shape } from '../../src/tensor/shape.js';
import type { Tensor } from '../../src/tensor/tensor.js';
import type { ExportContext, OperatorExport } from './exportStep.js';
import { operatorExports } from './operatorExports.js';

/** An operator set, and the first version of the format that knows it. */
interface OperatorSet {
  readonly version: number;
  readonly formatVersion: number;
}

const OPERATOR_SET: OperatorSet = { version: 18, formatVersion: 8 };

/** The first set with means of windows with gaps, and with axes that are padded with themselves. */
const OPERATOR_SET_OF_GAPS: OperatorSet = { version: 19, formatVersion: 9 };

/** The first set that says which windows a pooling has whose number is rounded up. */
const OPERATOR_SET_OF_ROUNDED_POOLS: OperatorSet = { version: 22, formatVersion: 10 };

/** How a graph is written. */
export interface OnnxOptions {
  /** The shapes that the file's values have; by default those that the graph was written for. */
  readonly inputShapes?: InputShapes;
  /** The graph's name in the file. */
  readonly name?: string;
}

/** Collects the nodes and initialisers of a file. */
class OnnxBuilder implements ExportContext {
  readonly nodes: NodeMessage[] = [];
  readonly initialisers = new Map<string, TensorMessage>();
  readonly #graph: Graph;
  readonly #shapes: ReadonlyMap<string, Shape>;
  readonly #names: Set<string>;

  constructor(graph: Graph, shapes: ReadonlyMap<string, Shape>) {
    this.#graph = graph;
    this.#shapes = shapes;
    this.#names = new Set(shapes.keys());
  }

  shapeOf(value: string): Shape {
    return this.#shapes.get(value)!;
  }

  integers(values: readonly number[]): string {
    const name = this.#freshName('integers');
    const rawData = new Uint8Array(BigInt64Array.from(values, BigInt).buffer);
    this.initialisers.set(name, { name, dataType: DATA_TYPES.int64, dims: [values.length], rawData });
    return name;
  }

  floats(shape: Shape, values: readonly number[]): string {
    const name = this.#freshName('floats');
    this.#addFloats(name, shape, Float32Array.from(values));
    return name;
  }

  byChannel(value: string, rank: number): string {
    const axes = Array.from({ length: rank - 2 }, () => 1);
    const tensor = this.#graph.tensors.get(value);
    const count = elementCount(this.shapeOf(value));
    if (axes.length === 0) return tensor ? this.tensor(value) : value;
    const name = this.#freshName(`${value}.byChannel`);
    if (tensor) this.#addFloats(name, [count, ...axes], tensor.data);
    else this.#addNode(name, 'Reshape', [value, this.integers([count, ...axes])], name);
    return name;
  }

  /** Adds one of the graph's tensors under its own name, once. */
  tensor(name: string): string {
    const { shape, data } = this.#graph.tensors.get(name) as Tensor;
    if (!this.initialisers.has(name)) this.#addFloats(name, shape, data);
    return name;
  }

  /** Adds a node of the graph as its chain of ONNX nodes. */
  add(node: Node): void {
    const exporter = operatorExports[node.operator as OperatorName] as OperatorExport<string> | undefined;
    if (!exporter) {
      throw new ModelError('UNSUPPORTED_OPERATOR', `${describeNode(node)}: has no form in ONNX files that is known.`);
    }
    const output = node.outputs[0]!;
    const steps = exporter(checkedNode(node), this);
    let value = node.inputs[0]!;
    for (const [index, { opType, others = [], attributes = {} }] of steps.entries()) {
      const isLast = index === steps.length - 1;
      const made = isLast ? output : this.#freshName(`${output}.${opType.toLowerCase()}`);
      this.#addNode(isLast ? node.name : made, opType, [value, ...others], made, attributes);
      value = made;
    }
  }

  #addNode(
    name: string,
    opType: string,
    input: readonly string[],
    output: string,
    attributes: Readonly<Record<string, object>> = {},
  ): void {
    for (const value of input) if (this.#graph.tensors.has(value)) this.tensor(value);
    const attribute = Object.entries(attributes).map(([key, value]) => ({ name: key, ...value }));
    this.nodes.push({ input, output: [output], name, opType, attribute });
  }

  #addFloats(name: string, dims: Shape, values: Float32Array): void {
    const rawData = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    this.initialisers.set(name, { name, dataType: DATA_TYPES.float, dims, rawData });
  }

  #freshName(base: string): string {
    let name = base;
    for (let count = 2; this.#names.has(name); count++) name = `${base}.${count}`;
    this.#names.add(name);
    return name;
  }
}

function valueInfo(name: string, shape: Shape): ValueInfoMessage {
  const dim = shape.map((dimValue) => ({ dimValue }));
  return { name, type: { tensorType: { elemType: DATA_TYPES.float, shape: { dim } } } };
}

function hasGaps(dilation: Attribute | undefined): boolean {
  return Array.isArray(dilation) && dilation.some((length) => length !== 1);
}

function operatorSetOf({ nodes }: Graph): OperatorSet {
  if (nodes.some(({ attributes }) => attributes.rounding === 'up')) return OPERATOR_SET_OF_ROUNDED_POOLS;
  const isNew = ({ operator, attributes }: Node) =>
    (operator === 'averagePool' && hasGaps(attributes.dilation)) || attributes.mode === 'wrap';
  return nodes.some(isNew) ? OPERATOR_SET_OF_GAPS : OPERATOR_SET;
}

/**
 * Writes a graph as it is, fused activations and residuals as nodes of their own, for fixed shapes. The operator set
 * is 18, or 19 and 22 where poolings need it. Inputs, outputs, nodes and the tensors that convolutions read keep their names. Throws ShapeError for input shapes
 * that the graph cannot take.
 */
export function exportOnnx(graph: Graph, options: OnnxOptions = {}): Uint8Array<ArrayBuffer> {
  const { inputShapes = defaultShapes(graph), name = 'graph' } = options;
  const shapes = inferShapes(graph, inputShapes);
  const builder = new OnnxBuilder(graph, shapes);
  for (const node of graph.nodes) builder.add(node);
  const { version, formatVersion } = operatorSetOf(graph);
  return writeMessage(MODEL, {
    irVersion: formatVersion,
    producerName: 'mobilefacenet',
    opsetImport: [{ domain: '', version }],
    graph: {
      name,
      node: builder.nodes,
      initializer: [...builder.initialisers.values()],
      input: graph.inputs.map((input) => valueInfo(input.name, shapes.get(input.name)!)),
      output: graph.outputs.map((output) => valueInfo(output, shapes.get(output)!)),
    },
  });
}
