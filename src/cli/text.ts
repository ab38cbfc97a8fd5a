/** How results read in a terminal: aligned rows, numbers with their units. */

/** Columns that rows are wrapped at. */
const LINE_COLUMNS = 100;

/** Breaks a text between words into lines of at most `columns`; a longer word has a line of its own. */
function wrapText(text: string, columns: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > columns) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}

/** Rows of a label and a text, the texts aligned and wrapped; rows without a text are left out. */
export function alignRows(rows: readonly (readonly [label: string, text: string | undefined])[]): string {
  const shown = rows.filter((row): row is readonly [string, string] => row[1] !== undefined);
  const width = Math.max(0, ...shown.map(([label]) => label.length)) + 2;
  return shown
    .flatMap(([label, text]) =>
      wrapText(text, LINE_COLUMNS - width).map((line, index) => (index === 0 ? label : '').padEnd(width) + line),
    )
    .join('\n');
}

/** Rows of cells as columns: the first aligned left, the others right. */
export function alignTable(rows: readonly (readonly string[])[]): string {
  const columns = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  );
  return rows
    .map((row) => row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!))))
    .map((cells) => cells.join('  ').trimEnd())
    .join('\n');
}

/** A whole number with separators: 993,344. */
export function formatCount(count: number): string {
  return count.toLocaleString('en-US');
}

/** A count with its noun in the right number: "1 image", "2 images". */
export function formatCounted(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** A duration: 23 ms, 4.1 s, 2 min 5 s. */
export function formatDuration(elapsedMs: number): string {
  if (elapsedMs < 1000) return `${elapsedMs < 10 ? elapsedMs.toFixed(1) : Math.round(elapsedMs)} ms`;
  const seconds = elapsedMs / 1000;
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

/** A size: 812 bytes, 51.2 kB, 3.97 MB; powers of 1000. */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} bytes`;
  const [value, unit] = bytes < 1e6 ? [bytes / 1e3, 'kB'] : [bytes / 1e6, 'MB'];
  return `${value.toPrecision(3)} ${unit}`;
}

/** A similarity or threshold with the three digits that decide anything. */
export function formatCosine(value: number): string {
  return value.toFixed(3);
}

/** A small share: 1e-4, 9.3e-5. */
export function formatRate(rate: number): string {
  return Number(rate.toPrecision(2)).toExponential();
}

/** A number for JSON: digits beyond the given ones are noise. */
export function roundTo(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
