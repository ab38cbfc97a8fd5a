/** What the visitor may choose of the engine: threads and weights. */
import type { Actions } from '../actions.js';
import { PIXEL_OPTIONS } from '../pixelOptions.js';
import type { State } from '../state.js';
import { element, type ViewNode } from './node.js';

/** Choices of a number of threads: doubling, and the most. */
export function threadChoices(most: number): number[] {
  const choices = [1, 2, 3, 4, 6, 8, 12, 16].filter((threads) => threads < most);
  return [...choices, most];
}

/** A field for the number of threads. */
export function viewThreads({ threads, mostThreads }: State, actions: Actions, disabled: boolean): ViewNode {
  const onchange = (event: Event): void => actions.useThreads(Number((event.currentTarget as HTMLSelectElement).value));
  return element(
    'label',
    { class: 'field' },
    'Threads',
    element(
      'select',
      { onchange, disabled: disabled || mostThreads === 1, value: String(threads) },
      threadChoices(mostThreads).map((count) => element('option', { value: String(count) }, count)),
    ),
  );
}

/** Why there is but one thread; undefined where there are more. */
function threadsNote({ mostThreads }: State): string | undefined {
  if (mostThreads > 1) return undefined;
  return (
    'One thread only: the browser offers more to pages that are served with the headers of cross-origin isolation, on ' +
    'machines with several cores.'
  );
}

function viewWeights(state: State, actions: Actions): ViewNode[] {
  const { model } = state;
  const choose = (event: Event): void => {
    const input = event.currentTarget as HTMLInputElement;
    const files = [...(input.files ?? [])];
    const pixels = new FormData(input.form!).get('pixels');
    input.value = '';
    if (files.length > 0) actions.useModelFiles(files, String(pixels));
  };
  return [
    element(
      'form',
      { class: 'weights', onsubmit: (event: Event) => event.preventDefault() },
      element(
        'label',
        { class: 'field' },
        'Pixels of imported models',
        element(
          'select',
          { name: 'pixels' },
          PIXEL_OPTIONS.map(({ name, label }) => element('option', { value: name }, label)),
        ),
      ),
      element(
        'div',
        { class: 'tools' },
        element(
          'label',
          { class: 'button' },
          'Open weights',
          element('input', {
            type: 'file',
            class: 'file',
            multiple: true,
            disabled: model.kind !== 'ready',
            accept: '.safetensors,.onnx,.param,.bin,.data',
            onchange: choose,
          }),
        ),
        model.kind === 'ready' &&
          !model.isDefault &&
          element('button', { type: 'button', onclick: () => actions.useDefaultModel() }, 'Default weights'),
      ),
    ),
    element(
      'p',
      { class: 'muted' },
      'A native .safetensors file, an ncnn .param with its .bin, or an .onnx file; it is imported here.',
    ),
  ];
}

/** The engine's card. */
export function viewEngine(state: State, actions: Actions): ViewNode {
  const { model } = state;
  const note = threadsNote(state);
  const ready = model.kind === 'ready' ? model : undefined;
  return element(
    'section',
    { class: 'card engine', 'aria-labelledby': 'engine' },
    element('h2', { id: 'engine' }, 'Engine'),
    viewThreads(state, actions, model.kind === 'loading'),
    note !== undefined && element('p', { class: 'muted' }, note),
    ready?.model.warnings.map((warning) => element('p', { class: 'muted' }, warning)),
    element(
      'p',
      { class: 'weights-name' },
      'Weights: ',
      element('strong', {}, ready ? ready.model.card.name : '…'),
      ready && element('span', { class: 'muted' }, ` ${ready.model.weights.slice(0, 12)}`),
    ),
    ready?.problem !== undefined && element('p', { class: 'problem', role: 'alert' }, ready.problem),
    viewWeights(state, actions),
  );
}
