/** What `import` tells of its work: operators read, written and run, what the passes did, counts and sizes. */
import { inferShapes } from '../build/infer.js';
import { countNames } from '../formats/index.js';
import type { Graph } from '../graph/types.js';
import type { Model } from '../model/model.js';
import { foldForStorage, optimise, type PassEffect } from '../passes/index.js';
import { describeGraph, explainGraph, type GraphDocument, type ValueDocument } from './inspect.js';
import { alignRows, formatBytes, formatCounted } from './text.js';
import { explainVerification, type VerificationDocument } from './verifyImport.js';

/** Operators by name with how often each occurs. */
export type OperatorCounts = Readonly<Record<string, number>>;

/** A graph as `inspect` describes it, and how it came about. */
export interface ImportedGraphDocument extends GraphDocument {
  readonly inputs: readonly ValueDocument[];
  readonly outputs: readonly ValueDocument[];
  /** Nodes before the passes. */
  readonly importedNodes: number;
  readonly operators: {
    /** The file's own, by its format's names. */
    readonly source: OperatorCounts;
    /** As written, after the passes below. */
    readonly written: OperatorCounts;
    /** As the engine runs them, after all passes; an activation or addition that is fused has no node of its own. */
    readonly run: OperatorCounts;
  };
  /** The passes in order; those that changed nothing stand there with zeros. */
  readonly passes: readonly PassEffect[];
}

/** What `import --json` prints. */
export interface ImportDocument {
  /** The file that was written; null where the outputs were not as stored, and nothing was written. */
  readonly out: string | null;
  readonly name: string;
  /** The format that was imported. */
  readonly format: Model['format'];
  /** How tensors of two axes or more are stored; vectors are always float32. */
  readonly storage: 'float32' | 'float16';
  /** Size of all files that were read. */
  readonly sourceBytes: number;
  /** Size of the new file. */
  readonly bytes: number;
  /** SHA-256 of the file's tensor section, as in its card. */
  readonly sha256: string;
  readonly graphs: readonly ImportedGraphDocument[];
  /** What `--verify` found; null without it. */
  readonly verified: VerificationDocument | null;
}

function operatorsOf(graph: Graph): OperatorCounts {
  return countNames(graph.nodes.map(({ operator }) => operator));
}

/** Folds a model's graphs for storage and describes each. */
export function foldModel(model: Model): { readonly model: Model; readonly graphs: readonly ImportedGraphDocument[] } {
  const described: ImportedGraphDocument[] = [];
  const graphs = new Map<string, Graph>();
  for (const [name, imported] of model.graphs) {
    const { graph, effects } = foldForStorage(imported);
    const shapes = inferShapes(graph);
    graphs.set(name, graph);
    described.push({
      ...describeGraph(name, graph),
      inputs: graph.inputs.map((input) => ({ name: input.name, shape: input.shape })),
      outputs: graph.outputs.map((output) => ({ name: output, shape: shapes.get(output)! })),
      importedNodes: imported.nodes.length,
      operators: {
        source: model.origin?.operators.get(name) ?? operatorsOf(imported),
        written: operatorsOf(graph),
        run: operatorsOf(optimise(graph)),
      },
      passes: effects,
    });
  }
  return { model: { ...model, graphs }, graphs: described };
}

function explainOperators(counts: OperatorCounts): string {
  return Object.entries(counts)
    .map(([name, count]) => `${count} ${name}`)
    .join(', ');
}

function explainEffects(effects: readonly PassEffect[]): string {
  const shown = effects.filter(({ removed, rewritten }) => removed !== 0 || rewritten > 0);
  const words = shown.map(({ name, removed, rewritten }) => {
    return `${name} (${formatCounted(removed, 'node')} fewer, ${rewritten} changed)`;
  });
  return words.join(', ') || 'none had anything to do';
}

function explainImported(graph: ImportedGraphDocument, source: Graph): string {
  const normalisations = source.nodes.filter(({ operator }) => operator === 'batchNorm').length;
  const folded = normalisations > 0 ? `, ${formatCounted(normalisations, 'batch normalisation')} folded` : '';
  const rows = alignRows([
    ['  read', explainOperators(graph.operators.source)],
    ['  written', explainOperators(graph.operators.written)],
    ['  run', explainOperators(graph.operators.run)],
    ['  passes', explainEffects(graph.passes)],
  ]);
  const count = `  imported from ${formatCounted(graph.importedNodes, 'node')}${folded}`;
  return `${explainGraph(graph)}\n${count}\n${rows}`;
}

/** The document in words. `source` is the model before its passes. */
export function explainImport(document: ImportDocument, source: Model): string {
  const { out, bytes, sourceBytes, storage, verified } = document;
  const size = `${formatBytes(bytes)}, ${storage}; read were ${formatBytes(sourceBytes)}`;
  const head = alignRows([
    ['wrote', out === null ? `nothing: the outputs are not as stored (${size})` : `${out} (${size})`],
    ['name', document.name],
    ['from', document.format],
    ['sha256', document.sha256],
  ]);
  const graphs = document.graphs.map((graph) => explainImported(graph, source.graphs.get(graph.name)!));
  const { embeddingLength, thresholds } = source.card;
  const advice =
    embeddingLength !== undefined && thresholds.length === 0
      ? ['The card has no threshold: pass --threshold to verify, measured with eval.']
      : [];
  return [head, ...graphs, ...(verified ? [explainVerification(verified)] : []), ...advice].join('\n');
}
