/** `import FILE`: a model of another format as one native file, batch normalisation folded. */
import { InputError } from '../errors.js';
import { exportNative, importNative } from '../formats/index.js';
import type { Graph } from '../graph/types.js';
import type { Model } from '../model/model.js';
import { passes } from '../passes/index.js';
import { defineCommand, type Outcome } from './command.js';
import { writeOutputFile } from './files.js';
import { addCardOptions, type CardOptions, importOptionsOf } from './importOptions.js';
import { describeGraph, explainGraph, type GraphDocument } from './inspect.js';
import { loadModel } from './models.js';
import { alignRows, formatBytes, formatCounted } from './text.js';

interface ImportCommandOptions extends CardOptions {
  readonly out: string;
  readonly name?: string;
  readonly float16?: boolean;
}

/** What `import --json` prints. */
export interface ImportDocument {
  readonly out: string;
  readonly name: string;
  /** The format that was imported. */
  readonly format: Model['format'];
  /** How tensors of two axes or more are stored; vectors are always float32. */
  readonly storage: 'float32' | 'float16';
  /** Size of the file. */
  readonly bytes: number;
  /** SHA-256 of the file's tensor section, as in its card. */
  readonly sha256: string;
  /** As `inspect` describes them, with the nodes before folding. */
  readonly graphs: readonly (GraphDocument & { readonly importedNodes: number })[];
}

/** The passes that a file needs; fusing is the engine's, so that files do not depend on how it fuses. */
const FILE_PASSES: readonly string[] = ['joinChannelShuffle', 'dropFlatten', 'foldBatchNorm', 'dropDead'];

const NATIVE_ENDING = /\.safetensors$/i;

function fold(graph: Graph): Graph {
  return passes.filter(({ name }) => FILE_PASSES.includes(name)).reduce((current, pass) => pass.apply(current), graph);
}

function countOperators(graph: Graph, operator: string): number {
  return graph.nodes.filter((node) => node.operator === operator).length;
}

function explainFolding(graph: Graph): string {
  const normalisations = countOperators(graph, 'batchNorm');
  const folded = normalisations > 0 ? `, ${formatCounted(normalisations, 'batch normalisation')} folded` : '';
  return `imported from ${formatCounted(graph.nodes.length, 'node')}${folded}`;
}

function explain(document: ImportDocument, source: Model): string {
  const head = alignRows([
    ['wrote', `${document.out} (${formatBytes(document.bytes)}, ${document.storage})`],
    ['name', document.name],
    ['from', document.format],
    ['sha256', document.sha256],
  ]);
  const graphs = document.graphs.map(
    (graph) => `${explainGraph(graph)}\n  ${explainFolding(source.graphs.get(graph.name)!)}`,
  );
  const { embeddingLength, thresholds } = source.card;
  const advice =
    embeddingLength !== undefined && thresholds.length === 0
      ? ['The card has no threshold: pass --threshold to verify, measured with eval.']
      : [];
  return [head, ...graphs, ...advice].join('\n');
}

async function importFile(files: readonly string[], options: ImportCommandOptions): Promise<Outcome> {
  if (!NATIVE_ENDING.test(options.out)) {
    throw new InputError(
      'BAD_OPTION',
      `option --out is "${options.out}"; accepted is a name that ends in .safetensors.`,
    );
  }
  const model = await loadModel(files, importOptionsOf(options));
  const folded: Model = {
    ...model,
    graphs: new Map([...model.graphs].map(([name, graph]) => [name, fold(graph)])),
    card: options.name === undefined ? model.card : { ...model.card, name: options.name },
  };
  const storage = options.float16 ? 'float16' : 'float32';
  const bytes = await exportNative(folded, { storage });
  const { card } = await importNative(bytes, options.out);
  await writeOutputFile(options.out, bytes);
  const document: ImportDocument = {
    out: options.out,
    name: card.name,
    format: model.format,
    storage,
    bytes: bytes.length,
    sha256: card.sha256!,
    graphs: [...model.graphs].map(([name, graph]) => ({
      ...describeGraph(name, folded.graphs.get(name)!),
      importedNodes: graph.nodes.length,
    })),
  };
  return { document, text: explain(document, model) };
}

export const importCommand = defineCommand<ImportCommandOptions>({
  name: 'import',
  summary: 'convert a model to one native file, batch normalisation folded',
  declare(command) {
    command
      .argument(
        '<file...>',
        'an .onnx file, an ncnn .param (its .bin beside it, or named too), three of them as a detector, or a native file',
      )
      .requiredOption('--out <file>', 'the file to write, named *.safetensors; an existing one is replaced')
      .option('--name <name>', "the model's name in its card (default: the imported one)")
      .option('--float16', 'store weights as float16: half the size');
    addCardOptions(command);
  },
  run: importFile,
});
