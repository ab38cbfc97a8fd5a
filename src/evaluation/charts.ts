/** Charts of an evaluation as SVG, each complete by itself: light or dark as its reader has it. */
import { type Histogram, histogram, rocCurve } from './curves.js';
import type { ThresholdChoice } from './evaluate.js';
import { type OperatingPoint, wilsonInterval } from './operatingPoint.js';
import type { ScoredPair } from './scoredPair.js';

const WIDTH = 640;
const HEIGHT = 380;
const FRAME = { left: 80, right: 20, top: 20, bottom: 52 } as const;
const PLOT = { width: WIDTH - FRAME.left - FRAME.right, height: HEIGHT - FRAME.top - FRAME.bottom } as const;

/** Bins of the histogram. */
const BINS = 80;

/** Where the axis of true-accept rates may begin: at the highest of these below the curve. */
const AXIS_STARTS = [0.99, 0.98, 0.97, 0.95, 0.9, 0.8, 0.5, 0];

/** Colours of charts and of the page around them. */
export const CHART_COLOURS = `
  :root { --ink: #1b1f24; --soft: #5b6570; --line: #d9dee3; --same: #1f6feb; --other: #c2570c; --paper: #ffffff; }
  @media (prefers-color-scheme: dark) {
    :root { --ink: #e6edf3; --soft: #9aa5b1; --line: #30363d; --same: #6cb0ff; --other: #ffa657; --paper: #0d1117; }
  }`;

const CHART_STYLE = `${CHART_COLOURS}
  .chart { font: 13px system-ui, sans-serif; background: var(--paper); }
  .chart text { fill: var(--soft); }
  .chart .name { fill: var(--ink); font-weight: 600; }
  .chart .grid { stroke: var(--line); stroke-width: 1; }
  .chart .axis { stroke: var(--soft); stroke-width: 1; }
  .chart .curve { fill: none; stroke: var(--same); stroke-width: 2.5; stroke-linejoin: round; }
  .chart .band { fill: var(--same); opacity: 0.18; }
  .chart .dot { fill: var(--paper); stroke: var(--same); stroke-width: 2.5; }
  .chart .same { fill: var(--same); opacity: 0.62; }
  .chart .other { fill: var(--other); opacity: 0.62; }
  .chart .same-text { fill: var(--same); font-weight: 600; }
  .chart .other-text { fill: var(--other); font-weight: 600; }
  .chart .mark { stroke: var(--ink); stroke-width: 1.5; stroke-dasharray: 5 4; }`;

/** Text as it may stand in XML and HTML. */
export function escapeText(text: string): string {
  const names: Readonly<Record<string, string>> = { '&': 'amp', '<': 'lt', '>': 'gt', '"': 'quot', "'": '#39' };
  return text.replace(/[&<>"']/g, (found) => `&${names[found]};`).replace(/[^\t\n\P{Cc}]/gu, '\ufffd');
}

/** From a value to a place on the picture. */
type Scale = (value: number) => number;

function linear(from: readonly [number, number], to: readonly [number, number]): Scale {
  return (value) => to[0] + ((value - from[0]) / (from[1] - from[0])) * (to[1] - to[0]);
}

function place(value: number): string {
  return String(Math.round(value * 10) / 10);
}

function line(kind: string, x1: number, y1: number, x2: number, y2: number): string {
  return `<line class="${kind}" x1="${place(x1)}" y1="${place(y1)}" x2="${place(x2)}" y2="${place(y2)}"/>`;
}

function text(content: string, x: number, y: number, anchor: 'start' | 'middle' | 'end', kind = ''): string {
  const name = kind === '' ? '' : ` class="${kind}"`;
  return `<text x="${place(x)}" y="${place(y)}" text-anchor="${anchor}"${name}>${escapeText(content)}</text>`;
}

function path(kind: string, points: readonly (readonly [number, number])[], close = false): string {
  const steps = points.map(([x, y], index) => `${index === 0 ? 'M' : 'L'}${place(x)} ${place(y)}`);
  return `<path class="${kind}" d="${steps.join('')}${close ? 'Z' : ''}"/>`;
}

const X_RANGE = [FRAME.left, FRAME.left + PLOT.width] as const;
const Y_RANGE = [FRAME.top + PLOT.height, FRAME.top] as const;

interface Tick {
  readonly at: number;
  readonly label: string;
}

function axes(
  x: Scale,
  xTicks: readonly Tick[],
  xName: string,
  y: Scale,
  yTicks: readonly Tick[],
  yName: string,
): string {
  const [left, right] = X_RANGE;
  const [bottom, top] = Y_RANGE;
  const middle = FRAME.top + PLOT.height / 2;
  return [
    ...yTicks.flatMap(({ at, label }) => [
      line('grid', left, y(at), right, y(at)),
      text(label, left - 8, y(at) + 4, 'end'),
    ]),
    ...xTicks.flatMap(({ at, label }) => [
      line('grid', x(at), top, x(at), bottom),
      text(label, x(at), bottom + 20, 'middle'),
    ]),
    line('axis', left, bottom, right, bottom),
    text(xName, left + PLOT.width / 2, HEIGHT - 10, 'middle', 'name'),
    `<g transform="rotate(-90 18 ${middle})">${text(yName, 18, middle, 'middle', 'name')}</g>`,
  ].join('');
}

function picture(title: string, content: string): string {
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" class="chart" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img">` +
    `<title>${escapeText(title)}</title><style>${CHART_STYLE}</style>${content}</svg>`
  );
}

/** Ticks from 0 to `high` at steps of 1, 2 or 5 times a power of ten, some four of them. */
function roundTicks(high: number, format: (value: number) => string): Tick[] {
  const power = 10 ** Math.floor(Math.log10(high / 4));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((candidate) => high / candidate <= 5)!;
  return Array.from({ length: Math.floor(high / step + 1e-9) + 1 }, (_, index) => ({
    at: index * step,
    label: format(index * step),
  }));
}

/** Evenly spread ticks between two numbers that both carry one. */
function ticks(low: number, high: number, count: number, format: (value: number) => string): Tick[] {
  return Array.from({ length: count + 1 }, (_, index) => {
    const at = low + ((high - low) * index) / count;
    return { at, label: format(at) };
  });
}

function percent(value: number): string {
  return `${Number((100 * value).toFixed(2))} %`;
}

/** A rate that is a power of ten. */
function rateLabel(exponent: number): string {
  return exponent >= -2
    ? percent(10 ** exponent)
    : `10${[...String(exponent)].map((digit) => SUPERSCRIPTS[digit]).join('')}`;
}

const SUPERSCRIPTS: Readonly<Record<string, string>> = {
  '-': '⁻',
  '0': '⁰',
  '1': '¹',
  '2': '²',
  '3': '³',
  '4': '⁴',
  '5': '⁵',
  '6': '⁶',
  '7': '⁷',
  '8': '⁸',
  '9': '⁹',
};

/**
 * The ROC curve over the logarithm of the false-accept rate, from the rate of a single false accept on, with the 95 %
 * band of the true-accept rate and the given points.
 */
export function drawRoc(pairs: readonly ScoredPair[], points: readonly OperatingPoint[]): string {
  const same = pairs.filter((pair) => pair.same).length;
  const leastRate = 1 / (pairs.length - same);
  const firstExponent = Math.min(-1, Math.floor(Math.log10(leastRate) + 1e-9));
  const curve = rocCurve(pairs);
  const start = curve.findLast(({ falseAcceptRate }) => falseAcceptRate < leastRate / 2)!.trueAcceptRate;
  const yLow = AXIS_STARTS.find((value) => value <= wilsonInterval(start * same, same)[0])!;
  const x = linear([firstExponent, 0], X_RANGE);
  const y = linear([yLow, 1], Y_RANGE);
  const corners: [number, number, number][] = [];
  for (const { falseAcceptRate, trueAcceptRate } of curve.slice(1)) {
    const at = Math.max(firstExponent, Math.log10(falseAcceptRate));
    const before = corners.at(-1);
    if (before && trueAcceptRate !== before[1]) corners.push([at, before[1], before[2]]);
    corners.push([at, trueAcceptRate, falseAcceptRate]);
  }
  const bound = (side: 0 | 1) =>
    corners.map(([at, tar]) => [x(at), y(Math.max(yLow, wilsonInterval(tar * same, same)[side]))] as const);
  const dots = points.map(({ falseAcceptRate, trueAcceptRate }) => {
    const [at, up] = [x(Math.max(firstExponent, Math.log10(falseAcceptRate))), y(Math.max(yLow, trueAcceptRate))];
    const label = `${percent(trueAcceptRate)} at ${falseAcceptRate}`;
    const below = up + 22 > Y_RANGE[0] ? up - 10 : up + 22;
    const anchor = at > X_RANGE[1] - 120 ? 'end' : 'start';
    return `<circle class="dot" cx="${place(at)}" cy="${place(up)}" r="5"><title>${label}</title></circle>${text(percent(trueAcceptRate), at + (anchor === 'end' ? -8 : 8), below, anchor, 'name')}`;
  });
  const xTicks = Array.from({ length: 1 - firstExponent }, (_, index) => ({
    at: firstExponent + index,
    label: rateLabel(firstExponent + index),
  }));
  return picture(
    'ROC curve',
    axes(x, xTicks, 'different people accepted (FAR)', y, ticks(yLow, 1, 5, percent), 'same people accepted (TAR)') +
      path('band', [...bound(1), ...bound(0).reverse()], true) +
      path(
        'curve',
        corners.map(([at, tar]) => [x(at), y(Math.max(yLow, tar))] as const),
      ) +
      dots.join(''),
  );
}

function bars(kind: string, { low, width }: Histogram, shares: readonly number[], x: Scale, y: Scale): string {
  const steps: [number, number][] = [[x(low), y(0)]];
  for (const [bin, share] of shares.entries()) {
    steps.push([x(low + bin * width), y(share)], [x(low + (bin + 1) * width), y(share)]);
  }
  steps.push([x(low + shares.length * width), y(0)]);
  return path(kind, steps, true);
}

/** The shares of both classes by similarity, and the threshold. */
export function drawHistogram(pairs: readonly ScoredPair[], threshold: number): string {
  const scores = pairs.map(({ score }) => score);
  const low =
    Math.floor(
      10 *
        Math.max(
          -1,
          scores.reduce((least, score) => Math.min(least, score), 1),
        ),
    ) / 10;
  const high =
    Math.ceil(
      10 *
        Math.min(
          1,
          scores.reduce((most, score) => Math.max(most, score), -1),
        ) +
        1e-9,
    ) / 10;
  const counts = histogram(pairs, low, Math.max(high, low + 0.1), BINS);
  const shares = (list: readonly number[]) => {
    const total = list.reduce((sum, count) => sum + count, 0);
    return list.map((count) => count / total);
  };
  const [same, different] = [shares(counts.same), shares(counts.different)];
  const most = 1.12 * Math.max(...same, ...different);
  const x = linear([low, Math.max(high, low + 0.1)], X_RANGE);
  const y = linear([0, most], Y_RANGE);
  const right = Math.max(high, low + 0.1);
  const step = right - low > 1 ? 2 : 1;
  const firstTick = Math.ceil((10 * low) / step - 1e-9) * step;
  const xTicks = Array.from({ length: Math.floor((10 * right - firstTick) / step + 1e-9) + 1 }, (_, index) => {
    const tenths = firstTick + index * step;
    return { at: tenths / 10, label: (tenths / 10).toFixed(1).replace('-', '−') };
  });
  const label = (kind: 'same' | 'other', name: string, list: readonly number[]) => {
    const bin = list.indexOf(Math.max(...list));
    return text(name, x(counts.low + (bin + 0.5) * counts.width), y(list[bin]!) - 7, 'middle', `${kind}-text`);
  };
  const mark = Math.min(X_RANGE[1], Math.max(X_RANGE[0], x(threshold)));
  return picture(
    'Histogram of similarities',
    axes(x, xTicks, 'cosine similarity', y, roundTicks(most, percent), 'share of pairs') +
      bars('other', counts, different, x, y) +
      bars('same', counts, same, x, y) +
      line('mark', mark, Y_RANGE[0], mark, Y_RANGE[1]) +
      text(`threshold ${threshold.toFixed(3)}`, mark + 6, Y_RANGE[1] + 12, 'start', 'name') +
      label('other', 'different people', different) +
      label('same', 'same person', same),
  );
}

/** Each fold's accuracy, and their mean. */
export function drawFolds(folds: readonly ThresholdChoice[], mean: number): string {
  const least = Math.min(...folds.map(({ accuracy }) => accuracy));
  const yLow = AXIS_STARTS.find((value) => value < least) ?? 0;
  const x = linear([0, folds.length], X_RANGE);
  const y = linear([yLow, 1], Y_RANGE);
  const columns = folds.map(({ accuracy, threshold }, fold) => {
    const [left, right] = [x(fold + 0.18), x(fold + 0.82)];
    const size = `x="${place(left)}" y="${place(y(accuracy))}" width="${place(right - left)}" height="${place(y(yLow) - y(accuracy))}"`;
    return `<rect class="same" ${size}><title>fold ${fold + 1}: ${percent(accuracy)} at ${threshold.toFixed(3)}</title></rect>`;
  });
  const every = Math.ceil(folds.length / 20);
  const names = folds.map((_, fold) =>
    fold % every === 0 ? text(String(fold + 1), x(fold + 0.5), Y_RANGE[0] + 20, 'middle') : '',
  );
  return picture(
    'Accuracy by fold',
    axes(x, [], 'fold', y, ticks(yLow, 1, 5, percent), 'accuracy') +
      columns.join('') +
      names.join('') +
      line('mark', X_RANGE[0], y(mean), X_RANGE[1], y(mean)) +
      text(`mean ${percent(mean)}`, X_RANGE[1] - 4, y(mean) - 7, 'end', 'name'),
  );
}
