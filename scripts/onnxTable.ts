/** Writes docs/onnx.md from the tables of ONNX operators; with --check nothing is written, and exit 1 says it is stale. */
import { readFileSync, writeFileSync } from 'node:fs';
import { folders } from '../src/formats/onnx/foldConstants.js';
import { MOST_MADE_ELEMENTS } from '../src/formats/onnx/graphImporter.js';
import { addedImporters, nodeImporters } from '../src/formats/onnx/operators/index.js';
import { MOST_NODES, NEWEST_OPERATOR_SET, OLDEST_OPERATOR_SET } from '../src/formats/onnx/readModel.js';
import { MOST_AXES } from '../src/tensor/shape.js';

const FILE = 'docs/onnx.md';

/** What of an operator is accepted, where that is not all. */
const LIMITS: Readonly<Record<string, string>> = {
  AveragePool: '1 to 3 axes; windows of padding alone only where padding counts and ceil_mode is 0',
  BatchNormalization: 'constant parameters; not in training',
  Cast: 'computed values to floating-point types, int32, int64 and bool; after the last three only moves and casts',
  Conv: '1 or 2 axes; constant weights',
  ConvInteger: 'constant weights',
  ConvTranspose: '1 or 2 axes; constant weights',
  DequantizeLinear: 'int8, uint8 and, of constants, int32; one scale, several for constants; no blocks',
  Dropout: 'not in training',
  Expand: 'constant shape',
  Gather: 'constant indices',
  MatMulInteger: 'constant weights',
  MaxPool: '1 to 3 axes; no indices; no windows of padding alone',
  Pad: 'constant pads and number; any axis, also below 0; reflected padding shorter than the axis',
  QGemm: 'constant weights and bias',
  QLinearConcat: 'computed values',
  QLinearConv: '1 or 2 axes; constant weights and bias',
  QuantizeLinear: 'to int8 and uint8; one scale, several for constants; no blocks',
  Reshape: 'constant shape, also one that is computed from the shapes of values',
  Resize: 'constant scales and sizes; modes nearest, linear and cubic',
  Slice: 'constant starts, ends, axes and steps',
  Tile: 'constant repeats',
  Upsample: 'constant scales',
};

function list(names: readonly string[]): string {
  return names.map((name) => `\`${name}\``).join(', ') || '–';
}

function rows(): string[] {
  const names = [...new Set([...nodeImporters.keys(), ...folders.keys(), ...addedImporters.keys()])].sort();
  for (const name of Object.keys(LIMITS)) if (!names.includes(name)) throw new Error(`${name} is no operator.`);
  return names.map((name) => {
    const importer = nodeImporters.get(name) ?? addedImporters.get(name);
    const attributes = importer?.attributes ?? folders.get(name)!.attributes;
    const limits = importer ? (LIMITS[name] ?? '') : 'of constants and shapes';
    return `| ${name} | ${list(attributes)} | ${limits} |`;
  });
}

const text = `# ONNX operators
Generated from the importer's tables by \`node scripts/run.js scripts/onnxTable.ts\`; do not edit.

Operator sets ${OLDEST_OPERATOR_SET} to ${NEWEST_OPERATOR_SET}; values of up to ${MOST_AXES} axes, in float32, or in int8 where a file is quantised. Shape arithmetic and everything else that depends on constants and shapes alone is computed when a file is imported. A file may have ${MOST_NODES} nodes, of which 4096 stay when it is folded, and folding may make ${MOST_MADE_ELEMENTS} elements. A node that is not supported is refused by name with what would be accepted, all of a file's at once.

An input of whole numbers is accepted where its values are given with the file (\`inputValues\` of the import's options): it becomes a constant. Floating-point inputs whose values are given stay inputs, and are constants for nodes that need some there, such as the weights of Conv or the scales of Resize. Without given values the first is refused as \`UNSUPPORTED_INPUT\`, and a node that needs a constant by its name.

## Quantised files
Files as onnxruntime's quantisation writes them run on int8 kernels, in both of its forms: QuantizeLinear and DequantizeLinear around operators, or operators such as QLinearConv (those of the domain \`com.microsoft\` are ${[...addedImporters.keys()].sort().join(', ')}). A uint8 value becomes int8 by taking 128 off its elements and its zero point, which is the same arithmetic. Conv, Gemm and MatMul whose input and weights are given as whole numbers, the weights from −127 to 127 once their zero points are off, sum integers; every other operator runs on float32 values between conversions, which is always right. Operators that move or choose elements, MaxPool among them, take int8 values as they are. A layer whose output is rounded at once runs in integers from end to end where 32-bit sums hold it. Results are onnxruntime's to a level of the output for each layer: onnxruntime rounds a quotient of floating-point numbers once, halves to even, and the integer kernels round to eighths of a level first, halves up. Dynamic quantisation (DynamicQuantizeLinear, ConvInteger, MatMulInteger) is computed in float32.

An output of type int8 or uint8 is given out as float32 numbers. Scales are numbers above 0, constant and one for each computed value; 4-bit, 16-bit and 8-bit floating-point elements are refused.

| operator | attributes | accepted |
| --- | --- | --- |
${rows().join('\n')}
`;

let current = '';
try {
  current = readFileSync(FILE, 'utf8');
} catch {
  // The first one.
}
if (current !== text) {
  if (process.argv.includes('--check')) {
    console.error(`${FILE} is stale: run \`node scripts/run.js scripts/onnxTable.ts\`.`);
    process.exitCode = 1;
  } else {
    writeFileSync(FILE, text);
    console.log(`wrote ${FILE}`);
  }
}
