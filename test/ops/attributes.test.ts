/** Attributes as data: the types that follow from them, the check, the stored form, and a table that tells all. */
import { describe, expect, expectTypeOf, it } from 'vitest';
import { GraphBuilder } from '../../src/build/builder.js';
import { printGraphJson, readGraphJson } from '../../src/formats/graphJson.js';
import { isNode, type Node } from '../../src/graph/types.js';
import { accepted } from '../../src/ops/attributes.js';
import { checkedNode, type OperatorOptions, operators } from '../../src/ops/index.js';
import { nodeOf } from './node.js';

const window = { kernel: [2, 2], stride: [2, 2], padding: [0, 0, 0, 0], rounding: 'down' } as const;

describe('types', () => {
  it('of attributes follow from their rules', () => {
    type Convolution = Node<'convolution'>['attributes'];
    expectTypeOf<Convolution['stride']>().toEqualTypeOf<readonly [number, number]>();
    expectTypeOf<Convolution['groups']>().toEqualTypeOf<number>();
    expectTypeOf<Convolution['activation']>().toEqualTypeOf<'none' | 'relu' | 'relu6' | 'prelu'>();
    expectTypeOf<Node<'maxPool'>['attributes']['dilation']>().toEqualTypeOf<readonly [number, number]>();
    expectTypeOf<Node<'pad'>['attributes']['value']>().toEqualTypeOf<number | undefined>();
  });

  it('refuse a misspelt attribute, a missing one and one of another type', () => {
    const options: OperatorOptions<'maxPool'> = window;
    // @ts-expect-error: "strides" is no attribute.
    const misspelt: OperatorOptions<'maxPool'> = { ...window, strides: [1, 1] };
    // @ts-expect-error: "axis" is missing.
    const missing: OperatorOptions<'softmax'> = {};
    // @ts-expect-error: an axis is a number.
    const wrong: OperatorOptions<'softmax'> = { axis: '1' };
    // @ts-expect-error: a node of another operator has no stride.
    const read = (node: Node<'softmax'>) => node.attributes.stride;
    expect([options, misspelt, missing, wrong, read]).toHaveLength(5);
  });

  it('of a node follow from its operator', () => {
    const node: Node = checkedNode(nodeOf('softmax', { axis: 1 }));
    if (!isNode(node, 'softmax', 'concat')) throw new Error('not a softmax');
    expectTypeOf(node.attributes.axis).toEqualTypeOf<number>();
    expect(isNode(node, 'concat')).toBe(false);
    expect(isNode(undefined, 'concat')).toBe(false);
  });
});

describe('defaults', () => {
  it('are filled in, and left out of what is stored', () => {
    const given = nodeOf('maxPool', window);
    expect(checkedNode(given).attributes).toEqual({ ...window, dilation: [1, 1] });
    expect(checkedNode(checkedNode(given))).toEqual(checkedNode(given));
    const whole = nodeOf('softmax', { axis: 1 });
    expect(checkedNode(whole)).toBe(whole);
    const builder = new GraphBuilder();
    const graph = builder.build([builder.node('output', 'maxPool', [builder.input('input', [1, 2, 4, 4])], window)]);
    const json = JSON.parse(JSON.stringify(printGraphJson(graph)));
    expect(json.nodes[0].attributes).toEqual(window);
    expect(checkedNode(readGraphJson(json, new Map(), 'file').nodes[0]!)).toEqual(graph.nodes[0]);
  });
});

describe('rules', () => {
  it('say what each attribute means and accepts', () => {
    const rules = operators.flatMap(({ name, attributes }) =>
      Object.entries(attributes).map(([key, rule]) => [`${name}.${key}`, rule] as const),
    );
    expect(rules.length).toBeGreaterThan(60);
    for (const [name, rule] of rules) {
      expect(rule.meaning, name).toMatch(/\w/);
      expect(accepted(rule), name).toMatch(/\w/);
      if (rule.presence === 'defaulted') expect(rule.fallback, name).toBeDefined();
    }
  });

  it('belong to words of the operator that has them', () => {
    for (const { name, attributes } of operators) {
      for (const { when } of Object.values(attributes)) {
        if (!when) continue;
        for (const word of when[1]) expect(attributes[when[0]]?.words, name).toContain(word);
      }
    }
  });
});
