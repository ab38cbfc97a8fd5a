/** Table 2 of the paper, run here: bars beside the paper's, in a table that reads without them too. */
import type { Actions } from '../actions.js';
import type { State } from '../state.js';
import type { BenchmarkRow } from '../worker/messages.js';
import { viewThreads } from './engine.js';
import { formatMillions, formatMs, plural } from './format.js';
import { element, type ViewNode } from './node.js';

/** The network that all times are relative to. */
export const BASE = 'MobileFaceNet';

/** A row with its times relative to the base network's. */
export interface RelativeRow extends BenchmarkRow {
  /** Absent before both were timed. */
  readonly relative?: number;
  readonly paperRelative: number;
}

/** Adds the times relative to MobileFaceNet's. */
export function relativeRows(rows: readonly BenchmarkRow[]): RelativeRow[] {
  const base = rows.find(({ network }) => network === BASE);
  return rows.map((row) => {
    const { medianMs, paperMs } = row;
    const known = medianMs !== undefined && base?.medianMs !== undefined;
    return {
      ...row,
      ...(known ? { relative: medianMs / base.medianMs! } : {}),
      paperRelative: paperMs / (base?.paperMs ?? paperMs),
    };
  });
}

function viewBar(kind: string, ms: number | undefined, relative: number | undefined, longest: number): ViewNode {
  const width = `${((100 * (relative ?? 0)) / longest).toFixed(2)}%`;
  return element(
    'td',
    { role: 'cell' },
    element(
      'div',
      { class: `measure ${kind}` },
      element('div', { class: 'bar', style: { '--width': width }, 'aria-hidden': 'true' }, element('div', {})),
      element('span', { class: 'figure' }, relative === undefined ? '…' : `${relative.toFixed(2)}×`),
      element('span', { class: 'muted' }, ms === undefined ? '' : formatMs(ms)),
    ),
  );
}

function viewRow(row: RelativeRow, longest: number): ViewNode {
  const { network, input, parameters, madds, medianMs, relative, paperMs, paperRelative } = row;
  const counts = `${input}, ${formatMillions(parameters)} parameters, ${Math.round(madds / 1e6)} M MAdds`;
  return element(
    'tr',
    { role: 'row', class: network === BASE ? 'base' : '' },
    element('th', { role: 'rowheader', scope: 'row' }, network, element('span', { class: 'muted' }, counts)),
    viewBar('ours', medianMs, relative, longest),
    viewBar('paper', paperMs, paperRelative, longest),
  );
}

/** Narrow windows show it as no table; the roles keep it one for who listens. */
function viewTable(rows: readonly BenchmarkRow[]): ViewNode {
  const relative = relativeRows(rows);
  const longest = Math.max(...relative.flatMap((row) => [row.relative ?? 0, row.paperRelative]));
  const heads = ['Network', 'This browser', 'Paper'].map((label) =>
    element('th', { role: 'columnheader', scope: 'col' }, label),
  );
  return element(
    'table',
    { role: 'table', class: 'networks' },
    element(
      'caption',
      {},
      'Time of one image relative to MobileFaceNet’s: in colour in this browser, in grey in the paper',
    ),
    element('thead', { role: 'rowgroup' }, element('tr', { role: 'row' }, heads)),
    element(
      'tbody',
      { role: 'rowgroup' },
      relative.map((row) => viewRow(row, longest)),
    ),
  );
}

function viewControls(state: State, actions: Actions): ViewNode {
  const { benchmark } = state;
  const running = benchmark.kind === 'running';
  return element(
    'div',
    { class: 'controls' },
    viewThreads(state, actions, running),
    running
      ? element('button', { type: 'button', onclick: () => actions.cancelBenchmark(), key: 'cancel' }, 'Cancel')
      : element(
          'button',
          { type: 'button', class: 'primary', onclick: () => actions.runBenchmark(), key: 'run' },
          benchmark.kind === 'done' ? 'Run again' : 'Run benchmark',
        ),
    running &&
      element('progress', {
        'aria-label': 'Progress of the benchmark',
        max: String(benchmark.total || 1),
        value: String(benchmark.done),
      }),
    benchmark.kind === 'done' &&
      element('p', { class: 'muted' }, `Medians of single images on ${plural(benchmark.threads, 'thread')}.`),
    benchmark.kind === 'idle' &&
      benchmark.problem !== undefined &&
      element('p', { class: 'problem', role: 'alert' }, benchmark.problem),
  );
}

/** The benchmark's tab. */
export function viewBenchmark(state: State, actions: Actions): ViewNode {
  const { benchmark } = state;
  const rows = benchmark.kind === 'idle' ? [] : benchmark.rows;
  return element(
    'div',
    { role: 'tabpanel', id: 'panel-benchmark', 'aria-labelledby': 'tab-benchmark', class: 'panel', key: 'benchmark' },
    element(
      'section',
      { class: 'card', 'aria-labelledby': 'benchmark' },
      element('h2', { id: 'benchmark' }, 'Table 2 of the paper, in this browser'),
      element(
        'p',
        { class: 'muted' },
        'Every network of the paper’s Table 2 with random weights, timed on this machine. The paper measured on a ' +
          'Snapdragon 820 with four threads, so times are compared relative to MobileFaceNet’s. It takes some seconds.',
      ),
      viewControls(state, actions),
      rows.length > 0 && viewTable(rows),
    ),
  );
}
