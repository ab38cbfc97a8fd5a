/** How operators other than layers become operators on int8 values: one row each. */
import { type Attributes, type Graph, isNode, type Node } from '../graph/types.js';
import { type Quantisation, quantisedBy } from '../ops/quantise.js';
import type { Shape } from '../tensor/shape.js';
import { quantisationOf } from './chooseQuantisation.js';
import { isRelu6 } from './uses.js';

/** What int8 values mean, by the name of their float32 form. */
export type QuantisationOf = (value: string) => Quantisation;

/** One operator on float32 values and its form on int8 ones. */
interface Int8Operator {
  readonly operator: string;
  readonly quantised: string;
  /** Inputs that are values; those after them are tensors. All inputs by default. */
  readonly values?: number;
  /** Whether it moves elements, so that all its values have one quantisation. */
  readonly tied?: boolean;
  /** Nodes that have an int8 form; all by default. */
  accepts?(node: Node): boolean;
  attributes(node: Node, quantisationOf: QuantisationOf): Attributes;
}

function inputAndOutput({ inputs, outputs }: Node, of: QuantisationOf): Attributes {
  return { ...quantisedBy('input', of(inputs[0]!)), ...quantisedBy('output', of(outputs[0]!)) };
}

function move(operator: string, quantised: string, accepts?: Int8Operator['accepts']): Int8Operator {
  return { operator, quantised, tied: true, ...(accepts && { accepts }), attributes: (node) => node.attributes };
}

function mean(operator: string, quantised: string): Int8Operator {
  return { operator, quantised, attributes: (node, of) => ({ ...node.attributes, ...inputAndOutput(node, of) }) };
}

function activation(operator: string, name: string, accepts?: Int8Operator['accepts']): Int8Operator {
  const attributes = (node: Node, of: QuantisationOf): Attributes => ({
    ...inputAndOutput(node, of),
    activation: name,
  });
  return { operator, quantised: 'requantise', values: 1, ...(accepts && { accepts }), attributes };
}

const TABLE: readonly Int8Operator[] = [
  move('maxPool', 'quantisedMaxPool'),
  move('concat', 'quantisedConcat'),
  move('slice', 'quantisedSlice', (node) => isNode(node, 'slice') && node.attributes.step === 1),
  move('channelShuffle', 'quantisedChannelShuffle'),
  mean('averagePool', 'quantisedAveragePool'),
  mean('globalAveragePool', 'quantisedGlobalAveragePool'),
  activation('relu', 'relu'),
  activation('clip', 'relu6', isRelu6),
  activation('prelu', 'prelu'),
  {
    operator: 'add',
    quantised: 'quantisedAddition',
    attributes: ({ inputs, outputs }, of) => ({
      ...quantisedBy('a', of(inputs[0]!)),
      ...quantisedBy('b', of(inputs[1]!)),
      ...quantisedBy('output', of(outputs[0]!)),
      activation: 'none',
    }),
  },
];

/** Whether a value has an int8 form: those have four axes, and a vector stands as an image of one pixel. */
export function hasInt8Form(shape: Shape): boolean {
  return shape.length === 4 || shape.length === 2;
}

/** The row of a node that has an int8 form. */
export function int8Operator(node: Node, graph: Graph, shapes: ReadonlyMap<string, Shape>): Int8Operator | undefined {
  const row = TABLE.find(({ operator }) => operator === node.operator);
  const fits = node.inputs.every((name, index) => {
    const isValue = index < (row?.values ?? node.inputs.length);
    return isValue !== graph.tensors.has(name) && (!isValue || hasInt8Form(shapes.get(name)!));
  });
  return row && fits && (row.accepts?.(node) ?? true) ? row : undefined;
}

/** The union of what some quantisations reach. */
function joined(quantisations: readonly Quantisation[]): Quantisation {
  const least = quantisations.map(({ scale, zeroPoint }) => scale * (-128 - zeroPoint));
  const most = quantisations.map(({ scale, zeroPoint }) => scale * (127 - zeroPoint));
  return quantisationOf(Math.min(...least), Math.max(...most));
}

/** The quantisation of every value, one for all values that nodes tie together; `kept` nodes tie nothing. */
export function tieQuantisations(
  graph: Graph,
  shapes: ReadonlyMap<string, Shape>,
  own: ReadonlyMap<string, Quantisation>,
  kept: ReadonlySet<string>,
): ReadonlyMap<string, Quantisation> {
  const groups = new Map<string, Set<string>>();
  const groupOf = (name: string): Set<string> => groups.get(name) ?? new Set([name]);
  for (const node of graph.nodes) {
    if (kept.has(node.name) || !int8Operator(node, graph, shapes)?.tied) continue;
    const members = new Set([...node.inputs, ...node.outputs].flatMap((name) => [...groupOf(name)]));
    for (const name of members) groups.set(name, members);
  }
  const chosen = new Map(
    [...new Set(groups.values())].map((members) => {
      return [members, joined([...members].map((name) => own.get(name)!))] as const;
    }),
  );
  return new Map([...own].map(([name, quantisation]) => [name, chosen.get(groups.get(name)!) ?? quantisation]));
}
