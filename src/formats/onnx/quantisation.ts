/** ONNX's linear quantisation: what scales and zero points of a node say, and the nodes that convert by them. */
import type { Quantisation } from '../../ops/quantise.js';
import { elementCount, type Shape } from '../../tensor/shape.js';
import type { Constant, QuantisedElements } from './constant.js';
import type { GraphImporter } from './graphImporter.js';
import { DATA_TYPES } from './messages.js';
import { type OnnxNode, type Operand, type QuantisedType, unsupported } from './onnxNode.js';

/** What is taken off uint8 elements and their zero points, so that both are int8. */
const UNSIGNED_SHIFT = 128;
/** Whole numbers that a weight of int8 kernels may be. */
const LARGEST_WEIGHT = 127;

/** Refuses scales that are no numbers above 0. Throws ModelError BAD_NODE. */
function checkScales(node: OnnxNode, { kind, data }: Constant, what: string): Float32Array {
  if (kind !== 'float') node.refuse(`${what} are whole numbers`, 'are floating-point numbers');
  const index = data.findIndex((scale) => !(scale > 0 && Number.isFinite(scale)));
  if (index >= 0) node.refuse(`element ${index} of its ${what} is ${data[index]}`, 'are numbers above 0');
  return Float32Array.from(data);
}

/** True for uint8 elements, which are what files without a zero point mean. Gives up other types. */
function isUnsigned(node: OnnxNode, zeroPoint: Constant | undefined): boolean {
  const given = node.integer('output_dtype', 0) || DATA_TYPES.uint8;
  const type = zeroPoint ? (zeroPoint.dataType ?? DATA_TYPES.uint8) : given;
  if (type !== DATA_TYPES.uint8 && type !== DATA_TYPES.int8) {
    unsupported(`it quantises to elements of type ${type}`, 'are int8 and uint8');
  }
  return type === DATA_TYPES.uint8;
}

/**
 * The quantisation of a value from the operands at two positions: one scale, and one zero point or none. `unsigned` is
 * that of the elements where it is known. Throws ModelError BAD_NODE.
 */
export function readQuantisation(
  node: OnnxNode,
  scaleIndex: number,
  zeroIndex: number,
  unsigned?: boolean,
): QuantisedType {
  const scales = checkScales(node, node.constant(scaleIndex, 'scales'), 'scales');
  if (scales.length !== 1) unsupported(`a computed value has ${scales.length} scales`, 'is one, several for constants');
  const zero = node.has(zeroIndex) ? node.constant(zeroIndex, 'zero points') : undefined;
  const isUint8 = unsigned ?? isUnsigned(node, zero);
  const element = zero ? node.constantNumber(zeroIndex, 'zero point') : 0;
  const zeroPoint = element - (isUint8 ? UNSIGNED_SHIFT : 0);
  if (!Number.isInteger(zeroPoint) || zeroPoint < -128 || zeroPoint > 127) {
    node.refuse(`its zero point is ${element}`, isUint8 ? 'are 0 to 255' : 'are −128 to 127');
  }
  return { scale: scales[0]!, zeroPoint, unsigned: isUint8 };
}

/** Batch, channels, rows and columns that int8 kernels take a value's axes for. */
export function imageAxes(shape: Shape): Shape {
  if (shape.length === 4) return shape;
  if (shape.length < 2) return [1, elementCount(shape), 1, 1];
  const [batch = 1, channels = 1, ...rest] = shape;
  return [batch, channels, 1, elementCount(rest)];
}

/** Appends what makes int8 of a float32 value of the graph, and says that an output of the node is that. */
export function defineQuantised(
  node: OnnxNode,
  graph: GraphImporter,
  output: string,
  value: string,
  quantised: QuantisedType,
): void {
  const shape = graph.shape(value);
  const images = graph.reshape(node, value, imageAxes(shape), 'images');
  const { scale, zeroPoint } = quantised;
  const made = graph.append(node, 'quantise', [images], { scale, zeroPoint }, 'int8');
  graph.define(output, { value: made, shape, quantised });
}

/** An int8 operand as float32: appends what makes it so. Throws ModelError BAD_NODE for an operand of another kind. */
export function dequantised(
  node: OnnxNode,
  graph: GraphImporter,
  operand: Operand,
  quantisation: Quantisation,
): Operand & { readonly value: string } {
  if (operand.constant || !operand.quantised) unsupported('it reads float32 values', 'are those of QuantizeLinear');
  const { value, shape } = operand;
  const { scale, zeroPoint } = quantisation;
  const images = graph.append(node, 'dequantise', [value], { scale, zeroPoint }, 'float');
  const int8 = { value, quantisation: { scale, zeroPoint } };
  return { value: graph.reshape(node, images, shape, 'float'), shape, int8 };
}

/** The places along an axis that belong to each element, and how many there are; one for all where scales are single. */
function placeOf({ shape }: Constant, axis: number): (index: number) => number {
  const length = shape[axis] ?? 1;
  const inner = elementCount(shape.slice(axis + 1));
  return (index) => Math.floor(index / inner) % length;
}

function wholeElements(data: Float64Array, scales: Float32Array, axis: number): QuantisedElements | undefined {
  if (!data.every((value) => Math.abs(value) <= LARGEST_WEIGHT)) return undefined;
  return { data: Int8Array.from(data), scales, axis };
}

/**
 * A constant of whole numbers as float32, (q − zero point) · scale, by one scale or one for each place along an axis.
 * Throws ModelError BAD_NODE for scales and zero points that do not fit it.
 */
export function dequantisedConstant(
  node: OnnxNode,
  graph: GraphImporter,
  elements: Constant,
  scale: Constant,
  zeroPoint: Constant | undefined,
  givenAxis: number,
): Constant {
  if (elements.kind !== 'integer') node.refuse('it dequantises floating-point numbers', 'are whole numbers');
  const scales = checkScales(node, scale, 'scales');
  const single = scales.length === 1;
  const axis = single ? 0 : node.axis(givenAxis, elements.shape.length);
  if (!single && scales.length !== elements.shape[axis]) {
    node.refuse(`it has ${scales.length} scales`, `are 1, or ${elements.shape[axis]} for axis ${axis}`);
  }
  if (zeroPoint && (zeroPoint.kind !== 'integer' || ![1, scales.length].includes(zeroPoint.data.length))) {
    node.refuse(`it has ${zeroPoint.data.length} zero points`, `are 1 or ${scales.length} whole numbers`);
  }
  graph.spend(2 * elements.data.length, node.where);
  const place = single ? () => 0 : placeOf(elements, axis);
  const zeros = zeroPoint?.data ?? [0];
  const zeroAt = zeros.length === 1 ? () => 0 : place;
  const whole = Float64Array.from(elements.data, (value, index) => value - zeros[zeroAt(index)]!);
  const data = Float32Array.from(whole, (value, index) => value * scales[place(index)]!);
  const quantised = wholeElements(whole, scales, axis);
  const constant: Constant = { kind: 'float', shape: elements.shape, data };
  return quantised ? { ...constant, quantised } : constant;
}

/** min(max(nearest(x / scale) + zero point, least), most) of a constant, ties to even. */
export function quantisedConstant(node: OnnxNode, graph: GraphImporter, givenAxis: number): Constant {
  const { kind, shape, data } = node.constant(0, 'operands');
  if (kind !== 'float') node.refuse('it quantises whole numbers', 'are floating-point numbers');
  const scales = checkScales(node, node.constant(1, 'scales'), 'scales');
  const zero = node.has(2) ? node.constant(2, 'zero points') : undefined;
  const unsigned = isUnsigned(node, zero);
  const axis = scales.length === 1 ? 0 : node.axis(givenAxis, shape.length);
  const zeros = zero?.data ?? [0];
  const fits = [1, scales.length].includes(zeros.length) && (scales.length === 1 || scales.length === shape[axis]);
  if (!fits) node.refuse(`it has ${scales.length} scales and ${zeros.length} zero points`, 'are as many as its axis');
  graph.spend(data.length, node.where);
  const place = placeOf({ kind, shape, data }, axis);
  const [least, most] = unsigned ? [0, 255] : [-128, 127];
  const whole = Float64Array.from(data, (value, index) => {
    const at = place(index);
    const quotient = Math.fround(value / scales[scales.length === 1 ? 0 : at]!);
    const floor = Math.floor(quotient);
    const rest = quotient - floor;
    const nearest = rest < 0.5 || (rest === 0.5 && floor % 2 === 0) ? floor : floor + 1;
    return Math.min(Math.max(nearest + zeros[zeros.length === 1 ? 0 : at]!, least), most);
  });
  return { kind: 'integer', shape, data: whole, dataType: unsigned ? DATA_TYPES.uint8 : DATA_TYPES.int8 };
}
