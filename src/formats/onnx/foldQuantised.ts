/** QuantizeLinear and DequantizeLinear of constants: weights and biases, as whole numbers and back. */
import type { Folder } from './folder.js';
import { type OnnxNode, unsupported } from './onnxNode.js';
import { dequantisedConstant, quantisedConstant } from './quantisation.js';

/** What both operators may say; `saturate` is of types that are not accepted. */
export const LINEAR_ATTRIBUTES = ['axis', 'saturate', 'block_size', 'output_dtype', 'precision'];

/** The axis along which several scales stand; blocks of an axis are not supported. */
function scaleAxis(node: OnnxNode): number {
  const block = node.integer('block_size', 0);
  if (block !== 0) unsupported(`block_size is ${block}`, 'is 0');
  return node.integer('axis', 1);
}

/** Rounds a constant to whole numbers. */
export const quantizeConstant: Folder = {
  attributes: LINEAR_ATTRIBUTES,
  added: true,
  fold: (node, { graph }) => quantisedConstant(node, graph, scaleAxis(node)),
};

/** Makes floating-point numbers of a constant, and remembers the whole ones. */
export const dequantizeConstant: Folder = {
  attributes: LINEAR_ATTRIBUTES,
  added: true,
  fold(node, { graph }) {
    const zeroPoint = node.has(2) ? node.constant(2, 'zero points') : undefined;
    const elements = node.constant(0, 'operands');
    return dequantisedConstant(node, graph, elements, node.constant(1, 'scales'), zeroPoint, scaleAxis(node));
  },
};
