/** `import FILE`: a model of another format as one native file, batch normalisation folded, checked where asked. */
import { Option } from 'commander';
import { InputError } from '../errors.js';
import { readModelFiles } from '../files/models.js';
import { checkOutputs } from '../files/outputs.js';
import { writeOutputFile } from '../files/writing.js';
import { exportNative, importModel, importNative } from '../formats/index.js';
import type { Model } from '../model/model.js';
import { defineCommand, type Outcome } from './command.js';
import { addCardOptions, type CardOptions, importOptionsOf } from './importOptions.js';
import { explainImport, foldModel, type ImportDocument } from './importReport.js';
import { addForceOption, parseNumber } from './options.js';
import { verifyImport } from './verifyImport.js';

interface ImportCommandOptions extends CardOptions {
  readonly out: string;
  readonly name?: string;
  readonly float16?: boolean;
  readonly verify?: string;
  readonly tolerance: number;
  readonly force?: boolean;
}

const NATIVE_ENDING = /\.safetensors$/i;

/** The exit code where outputs are not as stored. */
const DIFFERS = 1;

async function importModelFiles(paths: readonly string[], options: ImportCommandOptions): Promise<Outcome> {
  if (!NATIVE_ENDING.test(options.out)) {
    throw new InputError(
      'BAD_OPTION',
      `option --out is "${options.out}"; accepted is a name that ends in .safetensors.`,
    );
  }
  const given = importOptionsOf(options);
  const files = await readModelFiles(paths, given);
  const inputs = [...paths, ...files.map(({ name }) => name), options.verify];
  await checkOutputs([{ path: options.out, kind: 'model' }], inputs, options.force);
  const source = await importModel(files, given);
  const { model, graphs } = foldModel(source);
  const named: Model = options.name === undefined ? model : { ...model, card: { ...model.card, name: options.name } };
  const storage = options.float16 ? 'float16' : 'float32';
  const bytes = await exportNative(named, { storage });
  const written = await importNative(bytes, options.out);
  const { verify, tolerance } = options;
  const verified =
    verify === undefined ? null : await verifyImport(written, source.origin?.normalisation, verify, tolerance);
  const passed = verified?.passed ?? true;
  if (passed) await writeOutputFile(options.out, bytes);
  const document: ImportDocument = {
    out: passed ? options.out : null,
    name: written.card.name,
    format: source.format,
    storage,
    sourceBytes: files.reduce((sum, file) => sum + file.bytes.length, 0),
    bytes: bytes.length,
    sha256: written.card.sha256!,
    graphs,
    verified,
  };
  return { document, text: explainImport(document, source), exitCode: passed ? 0 : DIFFERS };
}

export const importCommand = defineCommand<ImportCommandOptions>({
  name: 'import',
  summary: 'convert a model to one native file, batch normalisation folded',
  declare(command) {
    command
      .argument(
        '<file...>',
        'an .onnx or .tflite file, an ncnn .param (its .bin beside it, or named too), three of them as a detector, or a native file',
      )
      .requiredOption('--out <file>', 'the file to write, named *.safetensors; an existing one is replaced')
      .option('--name <name>', "the model's name in its card (default: the imported one)")
      .option('--float16', 'store weights as float16: half the size')
      .option(
        '--verify <reference>',
        'run the new file on stored inputs and compare the outputs: a .safetensors file with both by name, or an ONNX ' +
          'test_data_set folder; where they differ nothing is written and the exit code is 1',
      )
      .addOption(
        new Option(
          '--tolerance <share>',
          'how far an output may be from the stored one, as a share of its largest value',
        )
          .argParser((text) => parseNumber(text, '--tolerance', 0, 1))
          .default(1e-3),
      );
    addForceOption(command);
    addCardOptions(command);
  },
  run: importModelFiles,
});
