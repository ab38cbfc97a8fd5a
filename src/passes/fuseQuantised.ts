/** Int8 layers that files describe in parts: float32 between two int8 values becomes integers from end to end. */
import { inferShapes } from '../build/infer.js';
import type { Graph, Node } from '../graph/types.js';
import { type Quantisation, quantisationAttributes } from '../ops/quantise.js';

import { isReshape } from '../ops/reshape.js';
import { type Shape, sameShape } from '../tensor/shape.js';
import { int8Operator } from './int8Operators.js';
import { FreshNames, type Uses, usesOf } from './uses.js';

/** The value that a node makes by reshapes alone, where nothing else reads what is between. */
function beforeReshapes(value: string, uses: Uses): string {
  let current = value;
  for (;;) {
    const maker = uses.maker(current);
    if (!maker || !isReshape(maker)) return current;
    current = maker.inputs[0]!;
  }
}

function sameQuantisation(a: Quantisation, b: Quantisation): boolean {
  return a.scale === b.scale && a.zeroPoint === b.zeroPoint;
}

/** Rewrites a graph's pairs of float32 values and conversions. */
class QuantisedFusion {
  readonly #graph: Graph;
  readonly #uses: Uses;
  readonly #shapes: ReadonlyMap<string, Shape>;
  readonly #names: FreshNames;

  constructor(graph: Graph) {
    this.#graph = graph;
    this.#uses = usesOf(graph);
    this.#shapes = inferShapes(graph);
    this.#names = new FreshNames(graph);
  }

  /** The int8 value that a `quantise` node makes again from itself, in the same levels. */
  same(node: Node): string | undefined {
    const source = this.#uses.maker(beforeReshapes(node.inputs[0]!, this.#uses));
    if (source?.operator !== 'dequantise') return undefined;
    const [value = ''] = source.inputs;
    const fits = sameQuantisation(quantisationAttributes(node), quantisationAttributes(source));
    return fits && sameShape(this.#shapes.get(value)!, this.#shapes.get(node.outputs[0]!)!) ? value : undefined;
  }

  /** The one int8 operator that an operator on dequantised values and the `quantise` node that alone reads it are. */
  operator(node: Node): readonly Node[] | undefined {
    const value = beforeReshapes(node.inputs[0]!, this.#uses);
    if (!this.#readsAlone(node, value)) return undefined;
    const last = this.#uses.maker(value);
    const added = last && this.#activatedAddition(last);
    const source = added?.addition ?? last;
    if (!source || !sameShape(this.#shapes.get(value)!, this.#shapes.get(node.outputs[0]!)!)) return undefined;
    const row = int8Operator(source, this.#graph, this.#shapes);
    const count = row?.values ?? source.inputs.length;
    const makers = source.inputs.slice(0, count).map((name) => this.#uses.maker(name));
    if (!row || makers.some((maker) => maker?.operator !== 'dequantise')) return undefined;
    const output = quantisationAttributes(node);
    const quantisations = new Map([[source.outputs[0]!, output]]);
    for (const maker of makers) quantisations.set(maker!.outputs[0]!, quantisationAttributes(maker!));
    const before: Node[] = [];
    const inputs = source.inputs.map((name, index) => {
      const maker = makers[index];
      if (!maker) return name;
      const own = quantisations.get(name)!;
      return row.tied && !sameQuantisation(own, output)
        ? this.#requantised(before, maker, own, output)
        : maker.inputs[0]!;
    });
    // A maximum of elements in other levels would be rounded before it is chosen: in that case too the result is the same.
    const attributes = { ...row.attributes(source, (name) => quantisations.get(name)!), ...added?.activation };
    return [...before, { ...source, operator: row.quantised, inputs, outputs: node.outputs, attributes }];
  }

  /** An addition whose result one activation alone reads. */
  #activatedAddition({ operator, inputs, attributes }: Node) {
    const isRelu6 = operator === 'clip' && attributes.least === 0 && attributes.most === 6;
    const addition = this.#uses.maker(inputs[0] ?? '');
    if ((operator !== 'relu' && !isRelu6) || addition?.operator !== 'add' || !this.#uses.readOnce(inputs[0]!)) {
      return undefined;
    }
    return { addition, activation: { activation: isRelu6 ? 'relu6' : 'relu' } };
  }

  /** An int8 value in other levels. */
  #requantised(before: Node[], maker: Node, from: Quantisation, to: Quantisation): string {
    const name = this.#names.take(`${maker.outputs[0]}.requantised`);
    const attributes = {
      inputScale: from.scale,
      inputZeroPoint: from.zeroPoint,
      outputScale: to.scale,
      outputZeroPoint: to.zeroPoint,
      activation: 'none',
    };
    before.push({ name, operator: 'requantise', inputs: [maker.inputs[0]!], outputs: [name], attributes });
    return name;
  }

  /** True where a node reads a value through reshapes that nobody else reads, and nobody else reads the value. */
  #readsAlone(node: Node, value: string): boolean {
    for (let current = node.inputs[0]!; ; current = this.#uses.maker(current)!.inputs[0]!) {
      if (!this.#uses.readOnce(current)) return false;
      if (current === value) return true;
    }
  }
}

/**
 * Lets int8 values pass where a graph makes float32 of them and int8 again: an operator on dequantised values that one
 * `quantise` alone reads rounds once in integers instead, which moves an output by a level at most.
 */
export function fuseQuantised(graph: Graph): Graph {
  if (!graph.nodes.some(({ operator }) => operator === 'quantise')) return graph;
  const fusion = new QuantisedFusion(graph);
  const identical = new Map<string, string>();
  const nodes: Node[] = [];
  for (const node of graph.nodes) {
    const inputs = node.inputs.map((name) => identical.get(name) ?? name);
    if (node.operator === 'quantise') {
      const same = fusion.same(node);
      if (same !== undefined) {
        identical.set(node.outputs[0]!, identical.get(same) ?? same);
        continue;
      }
      const fused = fusion.operator(node);
      if (fused) {
        for (const one of fused) nodes.push({ ...one, inputs: one.inputs.map((name) => identical.get(name) ?? name) });
        continue;
      }
    }
    nodes.push({ ...node, inputs });
  }
  return { ...graph, nodes };
}
