/** An evaluation as one HTML page that needs no other file: figures, charts, the worst mistakes. */

import { CHART_COLOURS, drawFolds, drawHistogram, drawRoc, escapeText } from '../evaluation/charts.js';
import type { Evaluation } from '../evaluation/evaluate.js';
import type { OperatingPoint } from '../evaluation/operatingPoint.js';
import type { ScoredPair } from '../evaluation/scoredPair.js';
import type { ModelCard } from '../model/card.js';
import { formatCosine, formatCount, formatCounted, formatDuration } from './text.js';

/** A pair that the threshold decides wrongly; its images as the data of files. */
export interface Mistake {
  readonly score: number;
  readonly same: boolean;
  readonly a: MistakeImage;
  readonly b: MistakeImage;
}

export interface MistakeImage {
  readonly name: string;
  /** A JPEG or PNG file; absent where it is too large to be put into the page. */
  readonly bytes?: Uint8Array | undefined;
}

/** What the page shows. */
export interface ReportContents {
  /** What was evaluated on: the name of the pair list. */
  readonly data: string;
  readonly card: ModelCard;
  readonly pairs: readonly ScoredPair[];
  readonly images: number;
  readonly evaluation: Evaluation;
  readonly points: readonly OperatingPoint[];
  readonly mistakes: readonly Mistake[];
  readonly elapsedMs: number;
}

const STYLE = `${CHART_COLOURS}
  * { box-sizing: border-box; }
  body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
  main { max-width: 1120px; margin: 0 auto; padding: 32px 20px 64px; }
  h1 { font-size: 28px; line-height: 1.2; margin: 0 0 4px; }
  h2 { font-size: 18px; margin: 40px 0 8px; }
  p { margin: 0 0 8px; color: var(--soft); max-width: 75ch; }
  .figures { display: flex; flex-wrap: wrap; gap: 12px; margin: 24px 0; }
  .figures div { flex: 1 1 150px; border: 1px solid var(--line); border-radius: 10px; padding: 12px 16px; }
  .figures b { display: block; font-size: 26px; font-variant-numeric: tabular-nums; line-height: 1.25; }
  .figures span { color: var(--soft); font-size: 14px; }
  .charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 480px), 1fr)); gap: 20px; }
  figure { margin: 0; border: 1px solid var(--line); border-radius: 10px; padding: 12px; }
  figure svg { display: block; width: 100%; height: auto; }
  figcaption { color: var(--soft); font-size: 14px; padding: 4px 6px 0; }
  .scroll { overflow-x: auto; }
  table { border-collapse: collapse; font-variant-numeric: tabular-nums; width: 100%; font-size: 14px; }
  th, td { text-align: right; padding: 8px 6px; border-bottom: 1px solid var(--line); white-space: nowrap; }
  th { color: var(--soft); font-weight: 600; }
  .mistakes { display: grid; grid-template-columns: repeat(auto-fill, minmax(250px, 1fr)); gap: 12px; }
  .mistake { border: 1px solid var(--line); border-radius: 10px; padding: 10px; font-size: 13px; overflow-wrap: anywhere; }
  .mistake div { display: flex; gap: 6px; margin-bottom: 6px; }
  .mistake img { width: 50%; aspect-ratio: 1; object-fit: cover; border-radius: 6px; background: var(--line); }
  .mistake strong { color: var(--other); }
  .mistake.missed strong { color: var(--same); }
  dl { display: grid; grid-template-columns: max-content 1fr; gap: 4px 20px; margin: 0; }
  dt { color: var(--soft); }
  dd { margin: 0; overflow-wrap: anywhere; }`;

function percent(share: number, digits = 2): string {
  return `${(100 * share).toFixed(digits)} %`;
}

function figure(value: string, name: string): string {
  return `<div><b>${escapeText(value)}</b><span>${escapeText(name)}</span></div>`;
}

function chart(svg: string, caption: string): string {
  return `<figure>${svg}<figcaption>${escapeText(caption)}</figcaption></figure>`;
}

function row(cells: readonly string[], kind: 'td' | 'th' = 'td'): string {
  return `<tr>${cells.map((cell) => `<${kind}>${escapeText(cell)}</${kind}>`).join('')}</tr>`;
}

function pointTable(points: readonly OperatingPoint[]): string {
  const rows = points.map(({ falseAcceptRate, threshold, trueAcceptRate, interval, falseAccepts, differentPairs }) =>
    row([
      String(falseAcceptRate),
      formatCosine(threshold),
      percent(trueAcceptRate),
      `${(100 * interval[0]).toFixed(2)} – ${percent(interval[1])}`,
      `${formatCount(falseAccepts)} / ${formatCount(differentPairs)}`,
    ]),
  );
  const head = row(['FAR', 'threshold', 'TAR', '95 % interval', 'false accepts'], 'th');
  const caption =
    'FAR is the share of different people that is accepted, TAR that of the same people. Thresholds look a little better ' +
    'on the pairs that they were chosen on: calibrate on others.';
  return `<figure><div class="scroll"><table>${head}${rows.join('')}</table></div><figcaption>${caption}</figcaption></figure>`;
}

function encodeBase64(bytes: Uint8Array): string {
  let characters = '';
  for (let begin = 0; begin < bytes.length; begin += 0x8000) {
    characters += String.fromCharCode(...bytes.subarray(begin, begin + 0x8000));
  }
  return btoa(characters);
}

function mistakeImage({ name, bytes }: MistakeImage): string {
  if (!bytes) return '';
  const type = bytes[0] === 0xff ? 'jpeg' : 'png';
  return `<img alt="${escapeText(name)}" src="data:image/${type};base64,${encodeBase64(bytes)}">`;
}

function mistakeCard(mistake: Mistake): string {
  const kind = mistake.same ? 'Missed: same person' : 'Confused: different people';
  const names = `${escapeText(mistake.a.name)}<br>${escapeText(mistake.b.name)}`;
  const images = `<div>${mistakeImage(mistake.a)}${mistakeImage(mistake.b)}</div>`;
  const score = formatCosine(mistake.score);
  return `<div class="mistake${mistake.same ? ' missed' : ''}">${images}<strong>${kind}, ${score}</strong><br>${names}</div>`;
}

function mistakeSection(mistakes: readonly Mistake[], wrong: number, pairs: number, threshold: number): string {
  const count = `${formatCount(wrong)} of ${formatCounted(pairs, 'pair')} ${wrong === 1 ? 'is' : 'are'} decided wrongly`;
  const shown = mistakes.length < wrong ? `; the ${mistakes.length} worst of them` : '';
  const text = `At the threshold ${formatCosine(threshold)}, ${count}${shown}.`;
  return `<h2>Mistakes</h2><p>${text}</p><div class="mistakes">${mistakes.map(mistakeCard).join('')}</div>`;
}

function cardSection(card: ModelCard): string {
  const entries: [string, string | undefined][] = [
    ['name', card.name],
    ['use', card.use],
    ['licence', card.licence],
    ['provenance', card.provenance],
    ['sha256', card.sha256],
  ];
  const items = entries.flatMap(([name, value]) =>
    value === undefined ? [] : [`<dt>${name}</dt><dd>${escapeText(value)}</dd>`],
  );
  return `<h2>Model</h2><dl>${items.join('')}</dl>`;
}

/** The page as HTML. It loads nothing and runs no script. */
export function printReport(contents: ReportContents): string {
  const { data, card, pairs, images, evaluation, points, mistakes, elapsedMs } = contents;
  const { accuracy, std, auc, threshold, folds } = evaluation;
  const wrong = pairs.filter(({ score, same }) => score >= threshold !== same).length;
  const title = `${card.name} on ${data}`;
  const same = pairs.filter((pair) => pair.same).length;
  const counts = `${formatCount(same)} pairs of the same person and ${formatCount(pairs.length - same)} of different people, ${formatCounted(images, 'image')}, ${formatDuration(elapsedMs)}`;
  const figures = [
    figure(`${percent(accuracy)}`, `accuracy, ± ${percent(std)} over ${formatCounted(folds.length, 'fold')}`),
    figure(percent(evaluation.tarAtFar['1e-3']), 'same people accepted at FAR 0.001'),
    figure(auc.toFixed(5), 'area under the curve'),
    figure(formatCosine(threshold), 'best threshold on these pairs'),
  ];
  const charts = [
    chart(
      drawRoc(pairs, points),
      'How many of the same people are accepted, by how many different people are. Band: 95 % (Wilson).',
    ),
    chart(drawHistogram(pairs, threshold), 'The less the two hills overlap, the fewer mistakes.'),
    ...(folds.length > 1
      ? [chart(drawFolds(folds, accuracy), 'Each fold is decided at the threshold that is best on the others.')]
      : []),
  ];
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><title>${escapeText(title)}</title><style>${STYLE}</style></head><body><main>
<h1>${escapeText(title)}</h1><p>${escapeText(counts)}</p>
<div class="figures">${figures.join('')}</div>
<div class="charts">${charts.join('')}${pointTable(points)}</div>
${mistakeSection(mistakes, wrong, pairs.length, threshold)}
${cardSection(card)}
</main></body></html>
`;
}
