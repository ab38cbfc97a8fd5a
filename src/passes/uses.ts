/** What passes ask of a graph: which node makes a value, who reads it, and which names are free. */
import { type Graph, isNode, type Node } from '../graph/types.js';

/** The nodes of a graph by the values that they make, and how often each value is read. */
export interface Uses {
  /** The node that makes a value; `undefined` for inputs and tensors. */
  maker(value: string): Node | undefined;
  /** True where one node reads the value once, and the graph's caller does not. */
  readOnce(value: string): boolean;
}

/** Counts the readers of every value. */
export function usesOf(graph: Graph): Uses {
  const makers = new Map<string, Node>();
  const readers = new Map<string, number>();
  for (const node of graph.nodes) {
    for (const name of node.outputs) makers.set(name, node);
    for (const name of node.inputs) readers.set(name, (readers.get(name) ?? 0) + 1);
  }
  const outputs = new Set(graph.outputs);
  return {
    maker: (value) => makers.get(value),
    readOnce: (value) => readers.get(value) === 1 && !outputs.has(value),
  };
}

/** True for the operators that take a bias, an activation and a residual into their own stores. */
export function hasEpilogue(node: Node): node is Node<'convolution' | 'fullyConnected'> {
  return isNode(node, 'convolution', 'fullyConnected');
}

/** True for a convolution or fully connected layer whose stores hold the bare sum: no activation, no residual yet. */
export function isLinear(node: Node): node is Node<'convolution' | 'fullyConnected'> {
  return hasEpilogue(node) && node.attributes.activation === 'none';
}

/** True for the clip that is ReLU6. */
export function isRelu6(node: Node): boolean {
  return isNode(node, 'clip') && node.attributes.least === 0 && node.attributes.most === 6;
}

/** A copy of a node's inputs with one of them set; inputs between are absent. */
export function withInput(inputs: readonly string[], index: number, name: string): string[] {
  const result = Array.from({ length: Math.max(inputs.length, index + 1) }, (_, position) => inputs[position] ?? '');
  result[index] = name;
  return result;
}

/** The names that a graph defines, and new ones beside them. */
export class FreshNames {
  readonly #names: Set<string>;
  /** By base: the number that the next name is tried with. */
  readonly #next = new Map<string, number>();

  constructor(graph: Graph) {
    this.#names = new Set([...graph.inputs.map(({ name }) => name), ...graph.tensors.keys()]);
    for (const node of graph.nodes) for (const name of node.outputs) this.#names.add(name);
  }

  /** Takes a name that starts with `base` and is not yet there: the base itself, or the base with a number. */
  take(base: string): string {
    let number = this.#next.get(base) ?? 1;
    let name: string;
    do {
      name = number === 1 ? base : `${base}.${number}`;
      number++;
    } while (this.#names.has(name));
    this.#next.set(base, number);
    this.#names.add(name);
    return name;
  }
}

/** Copies of one tensor that a pass makes; a file could have a large tensor that thousands of layers share. */
const MOST_COPIES = 16;

/** The tensors that a pass has made changed copies of. */
export class Copies {
  readonly #counts = new Map<string, number>();

  /** Counts one more copy of a tensor; false where there are enough already. */
  take(tensor: string): boolean {
    const count = (this.#counts.get(tensor) ?? 0) + 1;
    if (count > MOST_COPIES) return false;
    this.#counts.set(tensor, count);
    return true;
  }
}
