/** The decision, the scale it is read from, and how long each step took. */
import type { Actions } from '../actions.js';
import { type Comparison, comparisonOf, totalMs } from '../comparison.js';
import { SLOT_NAMES, type State } from '../state.js';
import type { Analysis, Timings } from '../worker/messages.js';
import { formatMs, formatPercent, formatSimilarity } from './format.js';
import { element, type ViewNode } from './node.js';

const STEPS: readonly { readonly step: keyof Timings; readonly label: string }[] = [
  { step: 'decodeMs', label: 'Decode' },
  { step: 'detectMs', label: 'Find faces' },
  { step: 'alignMs', label: 'Align' },
  { step: 'embedMs', label: 'Embed' },
];

/** Where a similarity stands on the scale from −1 to 1, as a length of CSS. */
export function placeOf(similarity: number): string {
  const share = (Math.min(1, Math.max(-1, similarity)) + 1) / 2;
  return `${(share * 100).toFixed(2)}%`;
}

/** The decision in two or three words. */
export function verdictOf({ same }: Comparison): string {
  if (same === null) return 'No decision';
  return same ? 'Same person' : 'Different people';
}

/** Why, in one sentence. */
export function explain({ similarity, threshold, same }: Comparison): string {
  const found = `Similarity ${formatSimilarity(similarity)}`;
  if (threshold === null) return `${found}; these weights have no threshold, so nothing is decided.`;
  return same
    ? `${found} reaches the threshold ${formatSimilarity(threshold)}.`
    : `${found} is below the threshold ${formatSimilarity(threshold)}.`;
}

/** A scale from −1 to 1 with the similarity and, where there is one, the threshold. */
export function viewScale(similarity: number, threshold: number | null): ViewNode {
  const places = {
    '--at': placeOf(similarity),
    ...(threshold === null ? {} : { '--threshold': placeOf(threshold) }),
  };
  const text = threshold === null ? '' : `, threshold ${formatSimilarity(threshold)}`;
  return element(
    'div',
    {
      class: 'scale',
      role: 'img',
      'aria-label': `Scale from −1 to 1: similarity ${formatSimilarity(similarity)}${text}`,
      style: places,
    },
    element('div', { class: 'track' }, threshold !== null && element('div', { class: 'zone' })),
    threshold !== null &&
      element('div', { class: 'threshold' }, element('span', {}, `threshold ${formatSimilarity(threshold)}`)),
    element('div', { class: 'marker' }, element('span', {}, formatSimilarity(similarity))),
    element('div', { class: 'ends' }, element('span', {}, '−1'), element('span', {}, '0'), element('span', {}, '1')),
  );
}

function viewTimings(analyses: readonly Analysis[]): ViewNode {
  const row = (label: string, value: (analysis: Analysis) => number, strong = false): ViewNode =>
    element(
      'tr',
      strong ? { class: 'total' } : {},
      element('th', { scope: 'row' }, label),
      analyses.map((analysis) => element('td', {}, formatMs(value(analysis)))),
    );
  return element(
    'table',
    { class: 'timings' },
    element('caption', {}, 'Time of each step'),
    element(
      'thead',
      {},
      element(
        'tr',
        {},
        element('th', { scope: 'col' }, 'Step'),
        element('th', { scope: 'col' }, 'First'),
        element('th', { scope: 'col' }, 'Second'),
      ),
    ),
    element(
      'tbody',
      {},
      STEPS.map(({ step, label }) => row(label, ({ timings }) => timings[step])),
      row('Together', totalMs, true),
    ),
  );
}

function viewComparison(comparison: Comparison, analyses: readonly Analysis[]): ViewNode[] {
  const { similarity, threshold, probability, calibratedOn, same } = comparison;
  return [
    element(
      'div',
      { class: 'verdict' },
      element('p', { class: same ? 'decision same' : 'decision' }, verdictOf(comparison)),
      element('p', {}, explain(comparison)),
      probability !== null &&
        element('p', {}, `Calibrated probability of the same person: ${formatPercent(probability)}.`),
    ),
    viewScale(similarity, threshold),
    element(
      'div',
      { class: 'details' },
      viewTimings(analyses),
      calibratedOn !== null && element('p', { class: 'muted note' }, 'The threshold rests on ', calibratedOn, '.'),
    ),
  ];
}

function viewInvitation({ slots }: State, actions: Actions): ViewNode {
  const some = SLOT_NAMES.some((name) => slots[name].kind !== 'empty');
  const button = (first: string, second: string, label: string, kind: string): ViewNode => {
    const onclick = (): void => actions.compareSamples(first, second);
    return element('button', { type: 'button', class: kind, onclick }, label);
  };
  return element(
    'div',
    { class: 'invitation' },
    element(
      'p',
      {},
      some
        ? 'The decision comes here as soon as both photographs have a face.'
        : 'Choose two photographs above, or begin with synthetic portraits:',
    ),
    !some &&
      element(
        'div',
        { class: 'tools' },
        button('person-a-1.jpg', 'person-a-2.jpg', 'Two of one person', 'primary'),
        button('person-a-1.jpg', 'person-b-1.jpg', 'Two of different people', ''),
      ),
  );
}

/** The result's card. */
export function viewResult(state: State, actions: Actions): ViewNode {
  const comparison = comparisonOf(state);
  const analyses = SLOT_NAMES.flatMap((name) => {
    const slot = state.slots[name];
    return slot.kind === 'ready' ? [slot.analysis] : [];
  });
  return element(
    'section',
    { class: 'card result', 'aria-labelledby': 'result' },
    element('h2', { id: 'result' }, 'Result'),
    comparison ? viewComparison(comparison, analyses) : viewInvitation(state, actions),
  );
}
