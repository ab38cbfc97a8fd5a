/** QuantizeLinear and DequantizeLinear of values, and operators that stand for another between the two. */
import { formatShape } from '../../../tensor/shape.js';
import { LINEAR_ATTRIBUTES } from '../foldQuantised.js';
import type { GraphImporter } from '../graphImporter.js';
import type { NodeImporter } from '../nodeImporter.js';
import { type OnnxNode, type Operand, unsupported } from '../onnxNode.js';
import { defineQuantised, dequantised, dequantisedConstant, readQuantisation } from '../quantisation.js';
import { add, mul } from './arithmetic.js';
import { leakyRelu } from './channelwise.js';
import { conv } from './convolution.js';
import { elementwiseImporters } from './elementwise.js';
import { concat } from './move.js';
import { averagePool } from './pooling.js';
import { gemm, matMul } from './product.js';
import { reductionImporters } from './reduction.js';

const quantizeLinear: NodeImporter = {
  operator: 'QuantizeLinear',
  attributes: LINEAR_ATTRIBUTES,
  inputs: [2, 3],
  import(node, graph) {
    node.expectInteger('block_size', 0);
    defineQuantised(node, graph, node.outputs[0]!, node.value(), readQuantisation(node, 1, 2));
  },
};

/** Whether the elements of an operand are uint8; `undefined` for float32 ones. */
function unsignedOf(operand: Operand): boolean | undefined {
  return operand.constant ? undefined : operand.quantised?.unsigned;
}

const dequantizeLinear: NodeImporter = {
  operator: 'DequantizeLinear',
  attributes: LINEAR_ATTRIBUTES,
  inputs: [2, 3],
  int8: 'read',
  import(node, graph) {
    node.expectInteger('block_size', 0);
    const operand = node.operand(0);
    graph.define(
      node.outputs[0]!,
      dequantised(node, graph, operand, readQuantisation(node, 1, 2, unsignedOf(operand))),
    );
  },
};

/** Positions of an operand: its elements, scales and zero points. */
type Place = readonly [elements: number, scales: number, zeroPoints: number];

/** An operand as floating-point numbers; several scales of a constant belong to places along `axis`. */
function floatOperand(node: OnnxNode, graph: GraphImporter, [elements, scales, zeros]: Place, axis: number): Operand {
  const operand = node.operand(elements);
  if (!operand.constant) {
    return dequantised(node, graph, operand, readQuantisation(node, scales, zeros, unsignedOf(operand)));
  }
  const zeroPoints = node.has(zeros) ? node.constant(zeros, 'zero points') : undefined;
  const scale = node.constant(scales, 'scales');
  const constant = dequantisedConstant(node, graph, operand.constant, scale, zeroPoints, axis);
  return { constant, name: graph.freshName(`${node.outputs[0]}.operand${elements}`) };
}

/** An operator that does what another one does to dequantised operands, and quantises its result. */
interface Between {
  readonly operator: string;
  readonly inner: NodeImporter;
  readonly attributes?: readonly string[];
  readonly inputs: readonly [number, number];
  operands(node: OnnxNode, graph: GraphImporter): readonly (Operand | undefined)[];
  /** Positions of the result's scale and zero point. */
  readonly result: readonly [scale: number, zeroPoint: number];
  check?(node: OnnxNode): void;
}

/** What operators keep their elements' order by; only ONNX's own is supported. */
function channelsFirst(node: OnnxNode): void {
  node.expectInteger('channels_last', 0);
}

function between({ operator, inner, attributes = inner.attributes, ...row }: Between): NodeImporter {
  return {
    operator,
    attributes,
    inputs: row.inputs,
    int8: 'read',
    import(node, graph) {
      row.check?.(node);
      const [scale, zeroPoint] = row.result;
      const name = graph.freshName(`${node.outputs[0]}.result`);
      const operands = row.operands(node, graph);
      inner.import(node.on(operands, [name]), graph);
      const made = graph.take(name);
      if (made.constant) unsupported('its result is a constant', 'are computed values');
      if (node.has(scale)) {
        defineQuantised(node, graph, node.outputs[0]!, made.value, readQuantisation(node, scale, zeroPoint));
      } else graph.alias(node, made.value);
    },
  };
}

/** A bias of whole numbers in units of `unit` · input scale · weight scale, as floating-point numbers. */
function floatBias(node: OnnxNode, graph: GraphImporter, index: number, input: number, weights: number, unit = 1) {
  if (!node.has(index)) return undefined;
  const factor = unit * node.constantNumber(input, 'scale');
  const scales = node.constant(weights, 'scales');
  const units = { ...scales, data: Float32Array.from(scales.data, (scale) => scale * factor) };
  const bias = node.constant(index, 'bias');
  if (bias.shape.slice(0, -1).some((length) => length !== 1)) {
    node.refuse(`has a bias of ${formatShape(bias.shape)}`, 'are one number, or one for each output');
  }
  const flat = { ...bias, shape: [bias.data.length] };
  const constant = dequantisedConstant(node, graph, flat, units, undefined, 0);
  return { constant, name: graph.freshName(`${node.outputs[0]}.offsets`) };
}

/** Of one operand: x, its scale and zero point, then the result's. */
function mapped(operator: string, inner: NodeImporter, isPool = false): NodeImporter {
  return between({
    operator,
    inner,
    ...(isPool ? { attributes: [...inner.attributes, 'channels_last'], check: channelsFirst } : {}),
    inputs: [4, 5],
    operands: (node, graph) => [floatOperand(node, graph, [0, 1, 2], 1)],
    result: [3, 4],
  });
}

/** Of two operands with a scale and a zero point each. */
function paired(operator: string, inner: NodeImporter): NodeImporter {
  const places: readonly Place[] = [
    [0, 1, 2],
    [3, 4, 5],
  ];
  return between({
    operator,
    inner,
    attributes: [],
    inputs: [7, 8],
    operands: (node, graph) => places.map((place) => floatOperand(node, graph, place, -1)),
    result: [6, 7],
  });
}

const qLinearConv = between({
  operator: 'QLinearConv',
  inner: conv,
  inputs: [8, 9],
  operands: (node, graph) => [
    floatOperand(node, graph, [0, 1, 2], 1),
    floatOperand(node, graph, [3, 4, 5], 0),
    floatBias(node, graph, 8, 1, 4),
  ],
  result: [6, 7],
});

const qGemm = between({
  operator: 'QGemm',
  inner: gemm,
  attributes: ['alpha', 'transA', 'transB'],
  inputs: [6, 9],
  operands: (node, graph) => [
    floatOperand(node, graph, [0, 1, 2], 1),
    floatOperand(node, graph, [3, 4, 5], node.integer('transB', 0) === 0 ? 1 : 0),
    floatBias(node, graph, 6, 1, 4, node.float('alpha', 1)),
  ],
  result: [7, 8],
});

/** Scale and zero point of the result first, then each operand with its own. */
const qLinearConcat = between({
  operator: 'QLinearConcat',
  inner: concat,
  inputs: [5, 1 << 10],
  operands(node, graph) {
    const rest = node.operands.length - 2;
    if (rest % 3 !== 0) node.refuse(`has ${node.operands.length} inputs`, 'are 2 and 3 for each operand');
    return Array.from({ length: rest / 3 }, (_, index) => {
      return floatOperand(node, graph, [3 * index + 2, 3 * index + 3, 3 * index + 4], 0);
    });
  },
  result: [0, 1],
});

function importerNamed(importers: readonly NodeImporter[], name: string): NodeImporter {
  return importers.find(({ operator }) => operator === name)!;
}

/** Those of ONNX itself. */
export const quantisedImporters: readonly NodeImporter[] = [
  quantizeLinear,
  dequantizeLinear,
  qLinearConv,
  paired('QLinearMatMul', matMul),
];

/** Those that onnxruntime adds, in the domain com.microsoft. */
export const microsoftImporters: readonly NodeImporter[] = [
  quantizeLinear,
  dequantizeLinear,
  qGemm,
  paired('QLinearAdd', add),
  paired('QLinearMul', mul),
  qLinearConcat,
  mapped('QLinearGlobalAveragePool', importerNamed(reductionImporters, 'GlobalAveragePool'), true),
  mapped('QLinearAveragePool', averagePool, true),
  mapped('QLinearSigmoid', importerNamed(elementwiseImporters, 'Sigmoid')),
  mapped('QLinearLeakyRelu', leakyRelu),
];

/**
 * Runs an operator that moves or chooses elements on int8 values: on what they mean, whose result has their quantisation
 * and so the same elements.
 */
export function importKept(node: OnnxNode, graph: GraphImporter, importer: NodeImporter): void {
  const first = node.operand(0);
  if (first.constant || !first.quantised) unsupported('its first input is no int8 value', 'are all of one kind');
  const { quantised } = first;
  const operands = node.operands.map((operand) => {
    if (operand?.constant && importer.operator === 'Concat') unsupported('it joins constants', 'are int8 values');
    if (!operand || operand.constant || !operand.quantised) return operand;
    const { scale, zeroPoint } = operand.quantised;
    if (scale !== quantised.scale || zeroPoint !== quantised.zeroPoint) {
      unsupported('it joins values of several quantisations', 'are those of one');
    }
    return dequantised(node, graph, operand, quantised);
  });
  const names = node.outputs.map((name) => (name === '' ? '' : graph.freshName(`${name}.kept`)));
  importer.import(node.on(operands, names), graph);
  for (const [index, name] of names.entries()) {
    if (name === '') continue;
    const made = graph.take(name);
    if (made.constant) unsupported('its result is a constant', 'are computed values');
    defineQuantised(node, graph, node.outputs[index]!, made.value, quantised);
  }
}
