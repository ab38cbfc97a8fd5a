/**
 * `npm run conformance -- DIR [--json]`: runs every case of the ONNX project's own tests that is found below DIR and
 * compares with its stored outputs, as the ONNX runner does. Exit 1 where a case fails.
 */
import { parseArgs } from 'node:util';
import { formatReport, runConformance } from './conformance/run.js';

const { values, positionals } = parseArgs({ options: { json: { type: 'boolean' } }, allowPositionals: true });
if (positionals.length !== 1) {
  console.error('conformance: accepted is one folder and --json: npm run conformance -- DIR [--json].');
  process.exit(2);
}
const report = await runConformance(positionals[0]!);
console.log(values.json ? JSON.stringify(report, undefined, 2) : formatReport(report));
if (report.failed > 0 || report.cases.length === 0) process.exitCode = 1;
