/** Convolutions and products of whole numbers, and the quantisation that is chosen while a network runs. */
import { elementCount, type Shape } from '../../../tensor/shape.js';
import type { Constant } from '../constant.js';
import type { GraphImporter } from '../graphImporter.js';
import type { NodeImporter } from '../nodeImporter.js';
import { type OnnxNode, type Operand, unsupported } from '../onnxNode.js';
import { dequantised, dequantisedConstant } from '../quantisation.js';
import { conv } from './convolution.js';
import { matMul } from './product.js';
import { appendReduction } from './reduction.js';
import { appendPair, numberTerm, operandTerm, type Term, valueTerm } from './term.js';

const ONE: Constant = { kind: 'float', shape: [], data: Float32Array.of(1) };

/** The weights with their zero points taken off; several belong to places along `axis`. */
function centredWeights(node: OnnxNode, graph: GraphImporter, axis: number): Operand {
  const zeroPoints = node.has(3) ? node.constant(3, 'zero points') : undefined;
  const weights = node.constant(1, 'weights');
  const count = zeroPoints?.data.length ?? 1;
  const scales = count === 1 ? ONE : { ...ONE, shape: [count], data: new Float32Array(count).fill(1) };
  const constant = dequantisedConstant(node, graph, weights, scales, zeroPoints, axis);
  return { constant, name: graph.freshName(`${node.outputs[0]}.centred`) };
}

/** The input with its zero point taken off: an int8 value, or whole numbers that are computed. */
function centredInput(node: OnnxNode, graph: GraphImporter): Operand {
  const operand = node.operand(0);
  if (operand.constant) unsupported('its input is a constant', 'is a computed value');
  if (operand.quantised) {
    const zeroPoint = node.has(2) ? node.constantNumber(2, 'zero point') : 0;
    return dequantised(node, graph, operand, {
      scale: 1,
      zeroPoint: zeroPoint - (operand.quantised.unsigned ? 128 : 0),
    });
  }
  if (!node.has(2)) return operand;
  const centred = appendPair(
    node,
    graph,
    'subtract',
    operandTerm(node, graph, 0),
    operandTerm(node, graph, 2),
    'centred',
  );
  return { value: centred, shape: graph.shape(centred) };
}

/** Sums of 32 bits; a result is whole numbers that float32 rounds beyond 2²⁴. */
function integer(operator: string, inner: NodeImporter, axis: number): NodeImporter {
  return {
    operator,
    attributes: inner.attributes,
    inputs: [2, 4],
    wholeNumbers: 'moved',
    int8: 'read',
    import(node, graph) {
      const operands = [centredInput(node, graph), centredWeights(node, graph, axis)];
      const name = graph.freshName(`${node.outputs[0]}.sums`);
      inner.import(node.on(operands, [name]), graph);
      const made = graph.take(name);
      if (made.constant) unsupported('its result is a constant', 'are computed values');
      graph.alias(node, made.value);
      graph.markWhole(made.value);
    },
  };
}

/** Steps of uint8. */
const STEPS = 255;
/** Least normal number: a step that is no less can be divided by. */
const LEAST_NORMAL = 2 ** -126;

/** The range of a value from 0 down and up, in units of the step between two of its 256 levels; all are one number. */
function dynamicRange(node: OnnxNode, graph: GraphImporter): { readonly scale: Term; readonly zeroPoint: Term } {
  const value = node.value();
  const axes = node.shape().map((_, axis) => axis);
  const reached = (operation: 'largest' | 'smallest') => {
    const bounded = operation === 'largest' ? 'greatest' : 'least';
    const found = valueTerm(node, graph, appendReduction(node, graph, operation, value, axes, false, operation));
    return valueTerm(node, graph, appendPair(node, graph, bounded, found, numberTerm(node, graph, 0), bounded));
  };
  const [largest, smallest] = [reached('largest'), reached('smallest')];
  const range = valueTerm(node, graph, appendPair(node, graph, 'subtract', largest, smallest, 'range'));
  const share = valueTerm(
    node,
    graph,
    appendPair(node, graph, 'divide', range, numberTerm(node, graph, STEPS), 'share'),
  );
  // Of zeros alone; their quotients are then 0 and no NaN.
  const steps = appendPair(node, graph, 'greatest', share, numberTerm(node, graph, LEAST_NORMAL), 'steps');
  const place = appendPair(node, graph, 'divide', smallest, valueTerm(node, graph, steps), 'place');
  const turned = graph.append(node, 'unary', [place], { operation: 'negative' }, 'turned');
  const rounded = graph.append(node, 'unary', [turned], { operation: 'round' }, 'rounded');
  return { scale: valueTerm(node, graph, steps), zeroPoint: valueTerm(node, graph, rounded) };
}

function aliasAt(node: OnnxNode, graph: GraphImporter, index: number, value: string, shape: Shape): void {
  const name = node.outputs[index] ?? '';
  if (name === '') return;
  graph.define(name, { value: graph.reshape(node, value, shape, 'number'), shape });
}

/** Scale and zero point by the value's own range, and the value in whole numbers from 0 to 255, which stay float32. */
const dynamicQuantizeLinear: NodeImporter = {
  operator: 'DynamicQuantizeLinear',
  attributes: [],
  inputs: [1, 1],
  outputs: 3,
  import(node, graph) {
    if (elementCount(node.shape()) === 0) node.refuse('its input is empty', 'are values with elements');
    const { scale, zeroPoint } = dynamicRange(node, graph);
    const value = valueTerm(node, graph, node.value());
    const quotient = appendPair(node, graph, 'divide', value, scale, 'quotient');
    const rounded = graph.append(node, 'unary', [quotient], { operation: 'round' }, 'whole');
    const placed = appendPair(node, graph, 'add', valueTerm(node, graph, rounded), zeroPoint, 'placed');
    const elements = graph.append(node, 'clip', [placed], { least: 0, most: STEPS }, 'elements');
    aliasAt(node, graph, 0, elements, node.shape());
    aliasAt(node, graph, 1, scale.as([]), []);
    aliasAt(node, graph, 2, zeroPoint.as([]), []);
    graph.markWhole(elements);
    graph.markWhole(zeroPoint.as([]));
  },
};

/** Every one of them. */
export const integerImporters: readonly NodeImporter[] = [
  integer('ConvInteger', conv, 0),
  integer('MatMulInteger', matMul, 1),
  dynamicQuantizeLinear,
];
