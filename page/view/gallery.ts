/** The gallery: people kept in this browser, and whom a photograph is most like. */

import { type DecidedMatch, decideSearch, type SearchDecision } from '../../src/index.js';
import type { Actions } from '../actions.js';
import { type GalleryResult, type Person, SLOT_NAMES, type SlotName, type State } from '../state.js';
import { formatMs, formatSimilarity, plural } from './format.js';
import { element, type ViewNode } from './node.js';
import { placeOf } from './result.js';

const LABELS: Readonly<Record<SlotName, string>> = { first: 'first photograph', second: 'second photograph' };

/** The longest name that is kept, in characters. */
const LONGEST_NAME = 80;

function readySlots({ slots }: State): SlotName[] {
  return SLOT_NAMES.filter((name) => slots[name].kind === 'ready');
}

function viewEnrol(state: State, actions: Actions): ViewNode {
  const ready = readySlots(state);
  const onsubmit = (event: SubmitEvent): void => {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    const fields = new FormData(form);
    actions.enrol(String(fields.get('slot')) as SlotName, String(fields.get('name')).trim());
    form.reset();
  };
  return element(
    'form',
    { class: 'enrol', onsubmit },
    element(
      'label',
      { class: 'field' },
      'Name',
      element('input', { name: 'name', required: true, maxlength: String(LONGEST_NAME), autocomplete: 'off' }),
    ),
    element(
      'label',
      { class: 'field' },
      'Face of the',
      element(
        'select',
        { name: 'slot', disabled: ready.length === 0 },
        ready.length === 0 && element('option', { value: '' }, 'no photograph yet'),
        ready.map((name) => element('option', { value: name }, LABELS[name])),
      ),
    ),
    element('button', { type: 'submit', disabled: ready.length === 0 }, 'Add to gallery'),
  );
}

function viewPerson(person: Person, weights: string | undefined, actions: Actions): ViewNode {
  const other = weights !== undefined && person.weights !== weights;
  return element(
    'li',
    { class: 'person', key: String(person.id) },
    element('img', { src: person.cropUrl, alt: '', width: '40', height: '40' }),
    element(
      'span',
      { class: 'name' },
      person.name,
      other && element('span', { class: 'muted' }, 'Made with other weights: not searched'),
    ),
    element(
      'button',
      {
        type: 'button',
        class: 'quiet',
        'aria-label': `Remove ${person.name}`,
        onclick: () => actions.removePerson(person.id),
      },
      'Remove',
    ),
  );
}

/** What the word beside a match says: of all matches one person is named at most. */
function verdictOn({ same, similarity }: DecidedMatch, threshold: number | null): string {
  if (threshold === null) return '';
  if (same) return 'Same person';
  return similarity >= threshold ? 'Less alike' : 'Below the threshold';
}

function viewMatches(result: GalleryResult, { matches, threshold }: SearchDecision): ViewNode {
  const { slot, elapsedMs } = result;
  const items = matches.map((match) => {
    const { id, similarity, same: alike } = match;
    const style = {
      '--at': placeOf(similarity),
      ...(threshold === null ? {} : { '--threshold': placeOf(threshold) }),
    };
    return element(
      'li',
      { class: alike ? 'match alike' : 'match' },
      element('span', { class: 'name' }, id),
      element('span', { class: 'figure' }, formatSimilarity(similarity)),
      element(
        'div',
        { class: 'bar', 'aria-hidden': 'true', style },
        element('div', {}),
        threshold !== null && element('i', {}),
      ),
      element('span', { class: 'muted' }, verdictOn(match, threshold)),
    );
  });
  return element(
    'div',
    { class: 'matches' },
    element('h3', {}, `Most like the ${LABELS[slot]}`),
    matches.length === 0
      ? element('p', { class: 'muted' }, 'Nobody here was embedded with the weights in use.')
      : element('ol', {}, items),
    element('p', { class: 'muted' }, `Searched in ${formatMs(elapsedMs)}.`),
  );
}

function viewClear({ gallery }: State, count: number, actions: Actions): ViewNode {
  const button = (label: string, onclick: () => void, kind = ''): ViewNode =>
    element('button', { type: 'button', class: kind, onclick }, label);
  if (!gallery.confirming) {
    return element(
      'div',
      { class: 'tools', key: 'clear' },
      button('Clear gallery', () => actions.askToClear(true), 'quiet'),
    );
  }
  return element(
    'div',
    { class: 'tools', key: 'confirm', role: 'group', 'aria-label': 'Clear the gallery' },
    element('p', {}, `Remove ${count === 1 ? 'the one person' : `all ${count}`} from this browser?`),
    button('Remove all', () => actions.clearGallery()),
    button('Keep', () => actions.askToClear(false)),
  );
}

function viewPeople(state: State, people: readonly Person[], actions: Actions): ViewNode[] {
  const weights = state.model.kind === 'ready' ? state.model.model.weights : undefined;
  const search = readySlots(state).map((name) =>
    element('button', { type: 'button', onclick: () => actions.searchGallery(name) }, `Search the ${LABELS[name]}`),
  );
  return [
    element(
      'ul',
      { class: 'people', 'aria-label': plural(people.length, 'person', 'people') },
      people.map((person) => viewPerson(person, weights, actions)),
    ),
    element(
      'div',
      { class: 'tools' },
      search.length > 0 ? search : element('p', { class: 'muted' }, 'Choose a photograph to search for it here.'),
    ),
    viewClear(state, people.length, actions),
  ];
}

/** The gallery's card. */
export function viewGallery(state: State, actions: Actions): ViewNode {
  const { people, problem, result } = state.gallery;
  const decided =
    result && state.model.kind === 'ready'
      ? decideSearch(result.matches, result.embeddings, state.model.model.card)
      : undefined;
  return element(
    'section',
    { class: 'card gallery', 'aria-labelledby': 'gallery' },
    element('h2', { id: 'gallery' }, 'Gallery'),
    element(
      'p',
      { class: 'muted' },
      'People whom you add stay in this browser’s storage until you remove them. Ask them first.',
    ),
    viewEnrol(state, actions),
    problem !== undefined && element('p', { class: 'problem', role: 'alert' }, problem),
    people?.length === 0 && element('p', { class: 'nobody' }, 'Nobody is here yet.'),
    people !== undefined && people.length > 0 && viewPeople(state, people, actions),
    result && decided && viewMatches(result, decided),
  );
}
