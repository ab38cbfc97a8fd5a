/** The whole page as a function of the state. */
import type { Actions } from '../actions.js';
import type { ModelState, State, Tab } from '../state.js';
import { viewBenchmark } from './benchmark.js';
import { viewEngine } from './engine.js';
import { formatBytes, plural } from './format.js';
import { viewGallery } from './gallery.js';
import { element, type ViewNode } from './node.js';
import { viewResult } from './result.js';
import { viewSlot } from './slot.js';

const TABS: readonly { readonly tab: Tab; readonly label: string }[] = [
  { tab: 'compare', label: 'Compare faces' },
  { tab: 'benchmark', label: 'Benchmark' },
];

/** The tab that a key leads to from another; undefined for keys that lead nowhere. */
export function tabAfter(tab: Tab, key: string): Tab | undefined {
  const at = TABS.findIndex((entry) => entry.tab === tab);
  const places: Readonly<Record<string, number>> = {
    ArrowRight: (at + 1) % TABS.length,
    ArrowLeft: (at + TABS.length - 1) % TABS.length,
    Home: 0,
    End: TABS.length - 1,
  };
  const place = places[key];
  return place === undefined ? undefined : TABS[place]!.tab;
}

function viewTabs(current: Tab, actions: Actions): ViewNode {
  const onkeydown = (event: KeyboardEvent): void => {
    const next = tabAfter(current, event.key);
    if (!next) return;
    event.preventDefault();
    actions.showTab(next);
    document.getElementById(`tab-${next}`)?.focus();
  };
  const tabs = TABS.map(({ tab, label }) => {
    const selected = tab === current;
    const properties = {
      type: 'button',
      role: 'tab',
      id: `tab-${tab}`,
      class: 'tab',
      'aria-selected': String(selected),
      'aria-controls': `panel-${tab}`,
      tabindex: selected ? '0' : '-1',
      onclick: () => actions.showTab(tab),
      onkeydown,
    };
    return element('button', properties, label);
  });
  return element('div', { role: 'tablist', 'aria-label': 'Parts of this page', class: 'tabs' }, tabs);
}

/** How far the weights are, in a few words. */
export function statusOf(model: ModelState): string {
  if (model.kind === 'failed') return 'Not ready';
  if (model.kind === 'loading') {
    return model.total === 0
      ? 'Starting …'
      : `Loading weights, ${formatBytes(model.done)} of ${formatBytes(model.total)} …`;
  }
  const { build, threads } = model.model;
  return `Ready: ${build} SIMD, ${plural(threads, 'thread')}`;
}

function viewStatus({ model }: State): ViewNode {
  const bar =
    model.kind === 'loading' &&
    element('progress', {
      'aria-label': 'Loading the weights',
      max: String(model.total || 1),
      ...(model.total ? { value: String(model.done) } : {}),
    });
  return element(
    'div',
    { class: 'status' },
    element('span', { class: `dot ${model.kind}`, 'aria-hidden': 'true' }),
    element('span', { id: 'engine-status' }, statusOf(model)),
    bar,
  );
}

function viewLogo(): ViewNode {
  const dots = [
    [10, 13],
    [22, 13],
    [16, 18],
    [11.5, 23],
    [20.5, 23],
  ].map(([x, y]) => element('circle', { cx: String(x), cy: String(y), r: '1.7' }));
  return element(
    'svg',
    { class: 'logo', viewBox: '0 0 32 32', 'aria-hidden': 'true' },
    element('path', {
      d: 'M3 10V5a2 2 0 0 1 2-2h5M22 3h5a2 2 0 0 1 2 2v5M29 22v5a2 2 0 0 1-2 2h-5M10 29H5a2 2 0 0 1-2-2v-5',
    }),
    dots,
  );
}

function viewHeader(state: State): ViewNode {
  return element(
    'header',
    { class: 'header' },
    element(
      'div',
      { class: 'masthead' },
      element('span', { class: 'wordmark' }, viewLogo(), 'mobilefacenet'),
      viewStatus(state),
    ),
    element('h1', {}, 'Is this the same person?'),
    element(
      'p',
      { class: 'lead' },
      'Two photographs, compared by a small neural network that runs here, in your browser. ',
      element('strong', {}, 'No picture leaves this browser'),
      ': this page can connect to nothing but the server that it came from, and it sends nothing there.',
    ),
  );
}

function viewCompare(state: State, actions: Actions): ViewNode {
  const { model } = state;
  return element(
    'div',
    { role: 'tabpanel', id: 'panel-compare', 'aria-labelledby': 'tab-compare', class: 'panel columns', key: 'compare' },
    element(
      'div',
      { class: 'main-column' },
      model.kind === 'failed' &&
        element('p', { class: 'problem', role: 'alert' }, `The engine did not start. ${model.problem}`),
      element('div', { class: 'slots' }, viewSlot(state, 'first', actions), viewSlot(state, 'second', actions)),
      viewResult(state, actions),
    ),
    element('div', { class: 'side-column' }, viewGallery(state, actions), viewEngine(state, actions)),
  );
}

function viewFooter(): ViewNode {
  return element(
    'footer',
    { class: 'footer' },
    element(
      'p',
      {},
      'Similarity is no percentage and no probability, and a printed photograph compares like the face on it. The ' +
        'threshold was measured on the people of LFW, who are not yours; errors differ between groups of people and ' +
        'with light and pose. The weights of this page were learnt from research photographs of mixed terms. The sample ' +
        'portraits are synthetic: they show nobody.',
    ),
  );
}

/** Everything inside the page's body. */
export function viewApp(state: State, actions: Actions): ViewNode[] {
  return [
    element('a', { class: 'skip', href: '#main' }, 'Skip to the photographs'),
    viewHeader(state),
    element(
      'main',
      { id: 'main', tabindex: '-1' },
      viewTabs(state.tab, actions),
      state.tab === 'compare' ? viewCompare(state, actions) : viewBenchmark(state, actions),
    ),
    viewFooter(),
    element('div', { role: 'status', 'aria-live': 'polite', class: 'visually-hidden' }, state.announcement),
  ];
}
