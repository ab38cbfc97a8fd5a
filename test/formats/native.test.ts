import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { GraphBuilder } from '../../src/build/builder.js';
import { referenceValues } from '../../src/build/reference.js';
import { exportNative, importNative } from '../../src/formats/native.js';
import { parseSafetensors, type StoredTensor, writeSafetensors } from '../../src/formats/safetensors.js';
import { sha256 } from '../../src/formats/sha256.js';
import { printGraph } from '../../src/graph/print.js';
import type { Graph } from '../../src/graph/types.js';
import { float32Tensor } from '../../src/tensor/tensor.js';
import { codeOf } from './codeOf.js';
import { tinyCard, tinyGraph, tinyModel } from './tinyModel.js';

type Changes = {
  metadata?: Record<string, string | undefined>;
  tensors?: (tensors: Map<string, StoredTensor>) => void;
};

/** The tiny model's file with its metadata or tensors changed, and the hash kept true. */
async function changedFile({ metadata = {}, tensors = () => undefined }: Changes): Promise<Uint8Array> {
  const file = parseSafetensors(await exportNative(tinyModel(), { storage: 'float32' }), 'file');
  const stored = new Map<string, StoredTensor>(
    [...file.tensors].map(([name, tensor]) => [name, { tensor, storage: 'float32' }]),
  );
  tensors(stored);
  const plain = parseSafetensors(writeSafetensors(stored, new Map()), 'file');
  const card = JSON.parse(file.metadata.get('card')!) as object;
  const all = {
    ...Object.fromEntries(file.metadata),
    card: JSON.stringify({ ...card, sha256: await sha256(plain.tensorSection) }),
  };
  const kept = Object.entries({ ...all, ...metadata }).filter(
    (pair): pair is [string, string] => pair[1] !== undefined,
  );
  return writeSafetensors(stored, new Map(kept));
}

const changedCode = async (changes: Changes) => {
  const bytes = await changedFile(changes);
  return codeOf(() => importNative(bytes, 'file'));
};

/** The graphs' JSON of the tiny model with one value replaced, by path. */
function graphsWith(path: readonly (string | number)[], value: unknown): string {
  const graph = tinyGraph();
  const graphs = structuredClone({ embed: { inputs: graph.inputs, outputs: graph.outputs, nodes: graph.nodes } });
  let at = graphs as unknown as Record<string | number, unknown>;
  for (const key of path.slice(0, -1)) at = at[key] as Record<string | number, unknown>;
  at[path.at(-1)!] = value;
  return JSON.stringify(graphs);
}

describe('native round trip', () => {
  it('gives back graphs, tensors and card', async () => {
    const second = new GraphBuilder();
    second.node('out', 'relu', [second.input('data', [1, 2])]);
    const graphs = new Map<string, Graph>([
      ['embed', tinyGraph()],
      ['embed-2', second.build(['out'])],
    ]);
    const bytes = await exportNative({ format: 'ncnn', graphs, card: tinyCard }, { storage: 'float32' });
    const model = await importNative(bytes, 'file');
    expect(model.format).toBe('native');
    expect([...model.graphs.keys()]).toEqual(['embed', 'embed-2']);
    for (const [name, graph] of graphs) {
      const read = model.graphs.get(name)!;
      expect(printGraph(read)).toBe(printGraph(graph));
      expect(read).toEqual(graph);
    }
    const { tensorSection } = parseSafetensors(bytes, 'file');
    expect(model.card).toEqual({ ...tinyCard, sha256: createHash('sha256').update(tensorSection).digest('hex') });
    expect(await exportNative(model, { storage: 'float32' })).toEqual(bytes);
  });

  it('stores tensors of two axes or more as float16, vectors as float32', async () => {
    const bytes = await exportNative(tinyModel(), { storage: 'float16' });
    const header = new TextDecoder().decode(
      bytes.slice(8, 8 + Number(new DataView(bytes.buffer).getBigUint64(0, true))),
    );
    const types = Object.entries(JSON.parse(header) as Record<string, { dtype?: string }>).map(([name, { dtype }]) => [
      name,
      dtype,
    ]);
    expect(Object.fromEntries(types)).toEqual({
      __metadata__: undefined,
      'embed.first.weights': 'F16',
      'embed.first.bias': 'F32',
      'embed.slopes': 'F32',
      'embed.second.weights': 'F16',
      'embed.pooled.weights': 'F16',
      'embed.fc.weights': 'F16',
    });
    const graph = (await importNative(bytes, 'file')).graphs.get('embed')!;
    expect(graph.tensors).toEqual(tinyGraph().tensors);
    const input = {
      data: float32Tensor(
        [1, 3, 6, 5],
        Array.from({ length: 90 }, (_, index) => Math.sin(index)),
      ),
    };
    expect(referenceValues(graph, input).get('embedding')).toEqual(
      referenceValues(tinyGraph(), input).get('embedding'),
    );
  });
});

describe('exportNative', () => {
  const withGraph = (graph: Graph) => ({ ...tinyModel(), graphs: new Map([['other', graph]]) });

  it('refuses batch normalisation that is not folded', async () => {
    const builder = new GraphBuilder();
    const ones = builder.tensor('ones', float32Tensor([2], [1, 1]));
    builder.node('norm', 'batchNorm', [builder.input('data', [1, 2]), ones, ones, ones, ones], { epsilon: 0 });
    expect(await codeOf(() => exportNative(withGraph(builder.build(['norm'])), { storage: 'float32' }))).toBe(
      'NOT_FOLDED',
    );
  });

  it('refuses values that float16 cannot hold, and takes them as float32', async () => {
    const builder = new GraphBuilder();
    const weights = builder.tensor('weights', float32Tensor([1, 2], [1, -65505]));
    builder.node('out', 'fullyConnected', [builder.input('data', [1, 2]), weights], { activation: 'none' });
    const model = withGraph(builder.build(['out']));
    expect(await codeOf(() => exportNative(model, { storage: 'float16' }))).toBe('FLOAT16_RANGE');
    expect(await codeOf(() => exportNative(model, { storage: 'float32' }))).toBe('accepted');
  });

  it('refuses what it would not read', async () => {
    const renamed = { ...tinyModel(), graphs: new Map([['a.b', tinyGraph()]]) };
    expect(await codeOf(() => exportNative(renamed, { storage: 'float32' }))).toBe('BAD_NAME');
    expect(await codeOf(() => exportNative({ ...tinyModel(), graphs: new Map() }, { storage: 'float32' }))).toBe(
      'NO_GRAPH',
    );
    const other = { ...tinyModel(), card: { ...tinyCard, embeddingLength: 5 } };
    expect(await codeOf(() => exportNative(other, { storage: 'float32' }))).toBe('CARD_MISMATCH');
  });
});

describe('importNative', () => {
  it('finds a single flipped bit of the tensors', async () => {
    const bytes = await exportNative(tinyModel(), { storage: 'float32' });
    bytes[bytes.length - 7]! ^= 1;
    expect(await codeOf(() => importNative(bytes, 'file'))).toBe('DAMAGED');
  });

  it('refuses every truncation', async () => {
    const bytes = await exportNative(tinyModel(), { storage: 'float16' });
    for (let length = 0; length < bytes.length; length += 97) {
      expect(await codeOf(() => importNative(bytes.subarray(0, length), 'file'))).not.toBe('accepted');
    }
  });

  it('says that PyTorch drops the graph', async () => {
    const bytes = writeSafetensors(new Map(), new Map([['format', 'pt']]));
    expect(await codeOf(() => importNative(bytes, 'file'))).toBe('NO_GRAPH');
    await expect(importNative(bytes, 'file')).rejects.toThrow('PyTorch drops the graph');
  });

  it.each<[string, Changes['metadata'], string]>([
    ['another version', { format_version: '2' }, 'FORMAT_VERSION'],
    ['no graphs', { graphs: undefined }, 'NO_GRAPH'],
    ['no card', { card: undefined }, 'NO_GRAPH'],
    ['an empty list of graphs', { graphs: '{}' }, 'NO_GRAPH'],
    ['graphs that are no JSON', { graphs: '{' }, 'BAD_JSON'],
    ['a graph twice', { graphs: '{"embed":{},"embed":{}}' }, 'DUPLICATE_NAME'],
    ['a graph with a dot in its name', { graphs: '{"a.b":{}}' }, 'BAD_NAME'],
    ['a graph named __proto__', { graphs: '{"__proto__":{}}' }, 'BAD_NAME'],
    ['tensors of no graph', { graphs: '{"other":{}}' }, 'UNKNOWN_TENSOR'],
    ['a card without hash', { card: JSON.stringify(tinyCard) }, 'NO_HASH'],
    ['a card with another hash', { card: JSON.stringify({ ...tinyCard, sha256: '0'.repeat(64) }) }, 'DAMAGED'],
  ])('refuses %s', async (_name, metadata, code) => {
    expect(await changedCode({ metadata: metadata! })).toBe(code);
  });

  it.each<[string, readonly (string | number)[], unknown, string]>([
    ['inputs that are no list', ['embed', 'inputs'], {}, 'BAD_JSON'],
    ['an input of seven axes', ['embed', 'inputs', 0, 'shape'], [1, 3, 6, 5, 1, 1, 1], 'BAD_JSON'],
    ['an input of 0 rows', ['embed', 'inputs', 0, 'shape'], [1, 3, 0, 5], 'BAD_JSON'],
    ['an input of 2⁵³ rows', ['embed', 'inputs', 0, 'shape'], [1, 3, 2 ** 53, 5], 'BAD_JSON'],
    ['an input of 2⁶⁰ elements', ['embed', 'inputs', 0, 'shape'], [2 ** 20, 3, 2 ** 20, 2 ** 20], 'TOO_LARGE'],
    ['an input of another size', ['embed', 'inputs', 0, 'shape'], [1, 3, 7, 5], 'NODE_SHAPE'],
    ['a name that is too long', ['embed', 'nodes', 0, 'name'], 'x'.repeat(300), 'BAD_JSON'],
    ['an unknown operator', ['embed', 'nodes', 0, 'operator'], 'constructor', 'UNKNOWN_OPERATOR'],
    ['an unknown attribute', ['embed', 'nodes', 3, 'attributes'], { least: 0, most: 6, other: 1 }, 'UNKNOWN_ATTRIBUTE'],
    ['a missing attribute', ['embed', 'nodes', 3, 'attributes'], { least: 0 }, 'BAD_ATTRIBUTE'],
    ['an attribute of null', ['embed', 'nodes', 3, 'attributes', 'most'], null, 'BAD_JSON'],
    ['a list of texts', ['embed', 'nodes', 0, 'attributes', 'stride'], ['1', '1'], 'BAD_JSON'],
    ['groups of 2⁵³', ['embed', 'nodes', 4, 'attributes', 'groups'], 2 ** 53, 'BAD_ATTRIBUTE'],
    ['a cycle', ['embed', 'nodes', 0, 'inputs', 0], 'sum', 'UNDEFINED_VALUE'],
    ['a value read too early', ['embed', 'nodes', 1, 'inputs', 0], 'embedding', 'UNDEFINED_VALUE'],
    ['a value defined twice', ['embed', 'nodes', 1, 'outputs', 0], 'first', 'DUPLICATE_NAME'],
    ['two outputs of one', ['embed', 'nodes', 1, 'outputs'], ['second', 'extra'], 'OUTPUT_COUNT'],
    ['an output of nothing', ['embed', 'outputs', 0], 'nothing', 'UNDEFINED_VALUE'],
    ['no output', ['embed', 'outputs'], [], 'NO_OUTPUT'],
    ['an output other than the card says', ['embed', 'outputs', 0], 'pooled', 'CARD_MISMATCH'],
    ['an unknown field', ['embed', 'nodes', 0, 'comment'], 'x', 'UNKNOWN_FIELD'],
  ])('refuses a graph with %s', async (_name, path, value, code) => {
    expect(await changedCode({ metadata: { graphs: graphsWith(path, value) } })).toBe(code);
  });

  it('refuses weights that are not finite, empty or of no graph', async () => {
    const put = (name: string, shape: number[], data: number[]) => (tensors: Map<string, StoredTensor>) => {
      tensors.set(name, { tensor: float32Tensor(shape, data), storage: 'float32' });
    };
    expect(await changedCode({ tensors: put('embed.slopes', [5], [1, 2, 3, Number.NaN, 5]) })).toBe('NOT_FINITE');
    expect(await changedCode({ tensors: put('embed.slopes', [0], []) })).toBe('BAD_SHAPE');
    expect(await changedCode({ tensors: put('embed.slopes', [4], [1, 2, 3, 4]) })).toBe('NODE_SHAPE');
    expect(await changedCode({ tensors: put('loose', [1], [1]) })).toBe('UNKNOWN_TENSOR');
    expect(await changedCode({ tensors: (tensors) => tensors.delete('embed.slopes') })).toBe('UNDEFINED_VALUE');
  });

  it('names file, graph and node', async () => {
    const bytes = await changedFile({
      metadata: { graphs: graphsWith(['embed', 'nodes', 3, 'attributes'], { least: 0 }) },
    });
    await expect(importNative(bytes, 'm.safetensors')).rejects.toThrow(
      'm.safetensors, graph "embed": node "clipped" (clip): most is missing; accepted is a finite number.',
    );
  });
});

const own = new URL('../../../shared/own/mobilefacenet-student.safetensors', import.meta.url);

describe.skipIf(!existsSync(own))('weights without a graph (skipped where ../shared is absent)', () => {
  it('are refused with the reason', async () => {
    expect(await codeOf(() => importNative(readFileSync(own), 'student'))).toBe('NO_GRAPH');
  });
});
