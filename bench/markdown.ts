/** Tables and generated sections of a Markdown file. */
import { BenchError } from './benchError.js';

/** Rows of cells as a table: the first row is its head, the first column is aligned left and the others right. */
export function markdownTable([head, ...rows]: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  const rule = head!.map((_, column) => (column === 0 ? '---' : '---:'));
  return [line(head!), line(rule), ...rows.map(line)].join('\n');
}

/**
 * Puts text between the two comments that mark a section, `<!-- NAME -->` and `<!-- /NAME -->`.
 * Throws BenchError NO_SECTION where the file has none.
 */
export function replaceSection(file: string, name: string, text: string): string {
  const [begin, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const from = file.indexOf(begin);
  const to = file.indexOf(end, from);
  if (from < 0 || to < 0) throw new BenchError('NO_SECTION', `the file has no section between ${begin} and ${end}.`);
  return `${file.slice(0, from + begin.length)}\n${text.trim()}\n${file.slice(to)}`;
}
