/** What the visitor may choose of the engine: threads and weights. */
import type { Actions } from '../actions.js';
import type { Precision, WeightsChoice } from '../ownWeights.js';
import { PIXEL_OPTIONS } from '../pixelOptions.js';
import type { State } from '../state.js';
import type { LoadedModel } from '../worker/messages.js';
import { formatBytes } from './format.js';
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

/** Which weights are used; undefined where the page has but one file of them. */
function viewPrecision({ weights, weightBytes }: State, actions: Actions): ViewNode | undefined {
  if (weightBytes.int8 === undefined) return undefined;
  const onchange = (event: Event): void =>
    actions.useOwnWeights((event.currentTarget as HTMLSelectElement).value as Precision);
  const option = (value: WeightsChoice, label: string): ViewNode => element('option', { value, key: value }, label);
  return element(
    'label',
    { class: 'field' },
    'Weights in use',
    element(
      'select',
      { onchange, value: weights },
      option('float32', `Default, float32 (${formatBytes(weightBytes.float32)})`),
      option('int8', `Default, int8 (${formatBytes(weightBytes.int8)})`),
      weights === 'opened' && option('opened', 'From your files'),
    ),
  );
}

/** A button that opens files; `use` gets them with the form that it stands in. */
function viewOpen(
  label: string,
  accept: string,
  disabled: boolean,
  use: (files: File[], form: FormData) => void,
): ViewNode {
  const onchange = (event: Event): void => {
    const input = event.currentTarget as HTMLInputElement;
    const files = [...(input.files ?? [])];
    const form = new FormData(input.form!);
    input.value = '';
    if (files.length > 0) use(files, form);
  };
  const field = element('input', { type: 'file', class: 'file', multiple: true, disabled, accept, onchange });
  return element('label', { class: 'button' }, label, field);
}

function viewPixels(): ViewNode {
  const options = PIXEL_OPTIONS.map(({ name, label }) => element('option', { value: name }, label));
  const select = element('select', { name: 'pixels' }, options);
  return element('label', { class: 'field' }, 'Pixels of imported weights', select);
}

function viewWeights({ model }: State, actions: Actions): ViewNode[] {
  const waiting = model.kind !== 'ready';
  return [
    element(
      'form',
      { class: 'weights', onsubmit: (event: Event) => event.preventDefault() },
      viewPixels(),
      element(
        'div',
        { class: 'tools' },
        viewOpen('Open weights', '.safetensors,.onnx,.param,.bin,.data', waiting, (files, form) =>
          actions.useModelFiles(files, String(form.get('pixels'))),
        ),
        viewOpen('Open detector', '.safetensors,.param,.bin', waiting, (files) => actions.useDetectorFiles(files)),
        model.kind === 'ready' &&
          !model.isDefault &&
          element('button', { type: 'button', onclick: () => actions.useDefaultModels() }, 'Default weights'),
      ),
    ),
    element(
      'p',
      { class: 'muted' },
      'Weights: a native .safetensors file, an ncnn .param with its .bin, or an .onnx file. Detector: a native file, or ' +
        'the three ncnn pairs of MTCNN, six files at once. They are imported here.',
    ),
  ];
}

/** What is loaded: the embedder's name with the beginning of its hash, and the detector's name. */
function viewNames(model: LoadedModel | undefined): ViewNode {
  const name = (label: string, text: string, hash?: string): ViewNode =>
    element(
      'p',
      {},
      `${label}: `,
      element('strong', {}, text),
      hash !== undefined && element('span', { class: 'muted' }, ` ${hash.slice(0, 12)}`),
    );
  return element(
    'div',
    { class: 'weights-name' },
    name('Weights', model ? model.card.name : '…', model?.weights),
    name('Detector', model ? model.detector : '…'),
  );
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
    viewPrecision(state, actions),
    viewNames(ready?.model),
    ready?.problem !== undefined && element('p', { class: 'problem', role: 'alert' }, ready.problem),
    viewWeights(state, actions),
  );
}
