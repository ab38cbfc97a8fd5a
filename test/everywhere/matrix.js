/** The matrix as a table in Markdown, and its place between two markers in the README. */
import { readFileSync, writeFileSync } from 'node:fs';

const BEGIN = '<!-- matrix: npm run test:everywhere -->';
const END = '<!-- /matrix -->';

function describe({ state, result, reason }) {
  if (state === 'missing') return `❌ not run: ${reason}`;
  if (state === 'failed') return `❌ ${reason}`;
  const threads = { undefined: '', 1: '1 thread' }[result.threads] ?? `${result.threads} threads`;
  return `✅ ${result.passed.length} of ${result.passed.length} | ${result.build ?? ''} | ${threads}`;
}

/** A row a cell: what ran, the cases that passed, the build of the kernels, the threads. */
export function formatMatrix(outcomes) {
  const rows = outcomes.map((outcome) => {
    const columns = describe(outcome).split(' | ');
    return `| ${outcome.name} | ${columns[0]} | ${columns[1] ?? ''} | ${columns[2] ?? ''} |`;
  });
  return ['| | cases | kernels | threads |', '| --- | --- | --- | --- |', ...rows].join('\n');
}

/** Puts a table between the README's markers. */
export function writeMatrix(path, table) {
  const text = readFileSync(path, 'utf8');
  const [begin, end] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`${path} has no markers for the matrix.`);
  const replaced = `${text.slice(0, begin)}${BEGIN}\n${table}\n${text.slice(end)}`;
  if (replaced !== text) writeFileSync(path, replaced);
}
