/** Nodes whose operands are all constants, computed at import by the operators' own references. */
import { inferShapes, nodeShapes } from '../../build/infer.js';
import { referenceValues } from '../../build/reference.js';
import type { Graph } from '../../graph/types.js';
import { operatorOf } from '../../ops/index.js';
import { elementCount } from '../../tensor/shape.js';
import type { ReferenceTensor } from '../../tensor/tensor.js';
import type { Constant } from './constant.js';
import { GraphImporter } from './graphImporter.js';
import type { NodeMessage } from './messages.js';
import type { NodeImporter } from './nodeImporter.js';
import { OnnxNode, unsupported } from './onnxNode.js';

/** Elements that one computed by a reference counts for: it takes about as much longer than copying. */
const COST = 4;

/** What a reference's run costs, in elements. */
function workOf(graph: Graph): number {
  const shapes = inferShapes(graph);
  let work = 0;
  for (const node of graph.nodes) {
    const inputs = nodeShapes(node, shapes);
    const outputs = node.outputs.map((name) => shapes.get(name)!);
    work += operatorOf(node).multiplyAdds(node, inputs, outputs);
    for (const shape of [...inputs, ...outputs]) work += shape ? elementCount(shape) : 0;
  }
  return work;
}

function constantOf(node: OnnxNode, { shape, data }: ReferenceTensor, isWhole: boolean): Constant {
  if (!isWhole) return { kind: 'float', shape, data: Float32Array.from(data) };
  const index = data.findIndex((value) => !Number.isSafeInteger(value));
  if (index >= 0) node.refuse(`gives ${data[index]}`, 'are whole numbers to 2⁵³');
  return { kind: 'integer', shape, data };
}

/**
 * Imports a node of constants into a graph of its own and runs that; its outputs are constants of `graph`. Gives up
 * whole numbers where the operator would round them. Throws ModelError TOO_LARGE where that takes too long.
 */
export function foldByReference(
  message: NodeMessage,
  node: OnnxNode,
  importer: NodeImporter,
  graph: GraphImporter,
): void {
  const isWhole = node.operands[0]?.constant?.kind === 'integer';
  if (isWhole && !importer.wholeNumbers) unsupported('it computes with whole numbers', 'are floating-point numbers');
  const inner = new GraphImporter(graph.file, []);
  const inputs = new Map<string, ReferenceTensor>();
  const operands = node.operands.map((operand, index) => {
    if (!operand?.constant) return undefined;
    const name = `operand ${index}`;
    inner.input(name, operand.constant.shape, operand.constant);
    const { shape, data } = operand.constant;
    inputs.set(name, { elementType: 'float64', shape, data: Float64Array.from(data) });
    return inner.find(name);
  });
  importer.import(new OnnxNode(message, operands, node.operatorSet, importer.attributes, graph.file), inner);
  const names = node.outputs.filter((name) => name !== '');
  const computed = names.filter((name) => inner.find(name)?.constant === undefined);
  const made = inner.graph(computed);
  graph.spend(COST * workOf(made), node.where);
  const values = referenceValues(made, Object.fromEntries(inputs));
  for (const [index, name] of node.outputs.entries()) {
    if (name === '') continue;
    const known = inner.find(name)?.constant;
    graph.defineConstant(node, known ?? constantOf(node, values.get(name)!, isWhole), index);
  }
}
