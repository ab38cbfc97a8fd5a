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
  /** The int8 network's time relative to the base network's in float32; absent before both were timed. */
  readonly int8Relative?: number;
  /** The time in int8 as a share of the same network's in float32; absent before both were timed. */
  readonly int8Share?: number;
  readonly paperRelative: number;
}

/** Adds the times relative to MobileFaceNet's in float32. */
export function relativeRows(rows: readonly BenchmarkRow[]): RelativeRow[] {
  const base = rows.find(({ network }) => network === BASE);
  const ratio = (ms: number | undefined, to: number | undefined): number | undefined =>
    ms === undefined || to === undefined ? undefined : ms / to;
  return rows.map((row) => {
    const { medianMs, int8Ms, paperMs } = row;
    const relative = ratio(medianMs, base?.medianMs);
    const int8Relative = ratio(int8Ms, base?.medianMs);
    const int8Share = ratio(int8Ms, medianMs);
    return {
      ...row,
      ...(relative === undefined ? {} : { relative }),
      ...(int8Relative === undefined ? {} : { int8Relative }),
      ...(int8Share === undefined ? {} : { int8Share }),
      paperRelative: paperMs / (base?.paperMs ?? paperMs),
    };
  });
}

/** One time of a network. */
interface Measure {
  /** What narrow windows call it, which show no column's head. */
  readonly label: string;
  readonly kind: 'ours' | 'int8' | 'paper';
  readonly ms: number | undefined;
  /** Relative to the base network's: the bar's length. */
  readonly relative: number | undefined;
  /** What stands beside the bar. */
  readonly figure: string;
  /** What a figure is of, for who hears it. */
  readonly of?: string;
}

function measuresOf(row: RelativeRow): Measure[] {
  const { medianMs, relative, int8Ms, int8Relative, int8Share, paperMs, paperRelative } = row;
  const times = (of: number | undefined): string => (of === undefined ? '…' : `${of.toFixed(2)}×`);
  const share = int8Share === undefined ? '…' : `${Math.round(100 * int8Share)} %`;
  return [
    { label: 'float32', kind: 'ours', ms: medianMs, relative, figure: times(relative) },
    { label: 'int8', kind: 'int8', ms: int8Ms, relative: int8Relative, figure: share, of: 'of float32' },
    { label: 'paper', kind: 'paper', ms: paperMs, relative: paperRelative, figure: times(paperRelative) },
  ];
}

function viewMeasure({ label, kind, ms, relative, figure, of }: Measure, longest: number): ViewNode {
  const width = `${((100 * (relative ?? 0)) / longest).toFixed(2)}%`;
  return element(
    'td',
    { role: 'cell' },
    element(
      'div',
      { class: `measure ${kind}` },
      element('span', { class: 'label muted', 'aria-hidden': 'true' }, label),
      element('div', { class: 'bar', style: { '--width': width }, 'aria-hidden': 'true' }, element('div', {})),
      element(
        'span',
        { class: 'figure' },
        figure,
        of !== undefined && element('span', { class: 'visually-hidden' }, ` ${of} `),
      ),
      element('span', { class: 'muted' }, ms === undefined ? '' : formatMs(ms)),
    ),
  );
}

/** Words that stay on one line. */
function unbroken(text: string): string {
  return text.replaceAll(' ', '\u00a0');
}

function viewRow(row: RelativeRow, longest: number): ViewNode {
  const { network, input, parameters, madds } = row;
  const counts = [input, `${formatMillions(parameters)} parameters`, `${Math.round(madds / 1e6)} M MAdds`];
  return element(
    'tr',
    { role: 'row', class: network === BASE ? 'base' : '' },
    element(
      'th',
      { role: 'rowheader', scope: 'row' },
      network,
      element('span', { class: 'muted' }, counts.map(unbroken).join(', ')),
    ),
    measuresOf(row).map((measure) => viewMeasure(measure, longest)),
  );
}

/** Narrow windows show it as no table; the roles keep it one for who listens. */
function viewTable(rows: readonly BenchmarkRow[]): ViewNode {
  const relative = relativeRows(rows);
  const longest = Math.max(...relative.flatMap((row) => [row.relative ?? 0, row.int8Relative ?? 0, row.paperRelative]));
  const heads = ['Network', 'This browser, float32', 'This browser, int8', 'Paper'].map((label) =>
    element('th', { role: 'columnheader', scope: 'col' }, label),
  );
  return element(
    'table',
    { role: 'table', class: 'networks' },
    element(
      'caption',
      {},
      'Time of one image. Bars and × are relative to MobileFaceNet in float32: filled in float32, outlined in int8, ' +
        'grey in the paper. Per cent: the time in int8, of the same network’s in float32.',
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
        'Every network of the paper’s Table 2 with random weights, in float32 and quantised to int8, timed on this ' +
          'machine. The paper measured on a Snapdragon 820 with four threads, so times are compared relative to ' +
          'MobileFaceNet’s. It takes some seconds, the first of them to quantise.',
      ),
      viewControls(state, actions),
      rows.length > 0 && viewTable(rows),
    ),
  );
}
