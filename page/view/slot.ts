/** One of the two photographs: an empty place, the camera, or a picture with what was found in it. */
import type { Actions } from '../actions.js';
import { SAMPLES } from '../samples.js';
import { pictureOf, type Slot, type SlotName, type State } from '../state.js';
import { viewFindings, viewOverlay } from './findings.js';
import { element, type ViewNode } from './node.js';

const LABELS: Readonly<Record<SlotName, string>> = { first: 'First photograph', second: 'Second photograph' };

function filesOf(list: FileList | null | undefined): File[] {
  return [...(list ?? [])];
}

function viewEmpty(name: SlotName): ViewNode {
  return element(
    'div',
    { class: 'frame empty', key: 'empty' },
    element(
      'svg',
      { class: 'portrait', viewBox: '0 0 64 64', 'aria-hidden': 'true' },
      element('circle', { cx: '32', cy: '25', r: '11' }),
      element('path', { d: 'M12 56c0-11 9-17 20-17s20 6 20 17' }),
    ),
    element('p', {}, name === 'first' ? 'Drop a photograph here, or paste one' : 'And another one here'),
  );
}

function viewCamera(name: SlotName, stream: MediaStream | undefined, actions: Actions): ViewNode {
  const take = (event: Event): void => {
    const video = (event.currentTarget as Element).closest('.slot')?.querySelector('video');
    if (video) actions.takePhotograph(name, video);
  };
  return element(
    'div',
    { key: 'camera' },
    element(
      'div',
      { class: 'frame' },
      stream
        ? element('video', {
            srcObject: stream,
            autoplay: true,
            muted: true,
            playsinline: true,
            'aria-label': 'Camera',
          })
        : element('p', { class: 'waiting' }, 'Waiting for the camera: the browser asks whether this page may use it.'),
    ),
    element(
      'div',
      { class: 'tools' },
      element('button', { type: 'button', class: 'primary', disabled: !stream, onclick: take }, 'Take photograph'),
      element('button', { type: 'button', onclick: () => actions.closeCamera(name) }, 'Cancel'),
    ),
  );
}

function viewPicture(slot: Slot, name: SlotName): ViewNode | undefined {
  const picture = pictureOf(slot);
  if (!picture) return undefined;
  const found = slot.kind === 'ready' ? slot.analysis : undefined;
  return element(
    'div',
    { class: 'frame', key: picture.url },
    slot.kind !== 'failed' || !slot.problem.includes('file')
      ? element('img', { class: 'photo', src: picture.url, alt: `${LABELS[name]}: ${picture.name}` })
      : element('p', { class: 'waiting' }, picture.name),
    found && viewOverlay(found),
    slot.kind === 'working' && element('div', { class: 'scan', 'aria-hidden': 'true' }),
  );
}

function viewHeading(slot: Slot, name: SlotName, actions: Actions): ViewNode {
  const remove = {
    type: 'button',
    class: 'quiet',
    'aria-label': `Remove the ${LABELS[name].toLowerCase()}`,
    onclick: () => actions.clearSlot(name),
  };
  return element(
    'div',
    { class: 'heading' },
    element('h2', { id: `slot-${name}` }, LABELS[name]),
    pictureOf(slot) !== undefined && element('button', remove, 'Remove'),
  );
}

function viewTools(name: SlotName, actions: Actions): ViewNode {
  const label = LABELS[name].toLowerCase();
  const chooseFile = (event: Event): void => {
    const input = event.currentTarget as HTMLInputElement;
    actions.takeFiles(name, filesOf(input.files));
    input.value = '';
  };
  const chooseSample = (event: Event): void => {
    const select = event.currentTarget as HTMLSelectElement;
    if (select.value) actions.takeSample(name, select.value);
  };
  return element(
    'div',
    { class: 'tools' },
    element(
      'label',
      { class: 'button' },
      'Choose file',
      element('span', { class: 'visually-hidden' }, ` for the ${label}`),
      element('input', { type: 'file', accept: 'image/*', multiple: true, class: 'file', onchange: chooseFile }),
    ),
    element(
      'button',
      { type: 'button', 'aria-label': `Camera for the ${label}`, onclick: () => actions.openCamera(name) },
      'Camera',
    ),
    element(
      'select',
      { 'aria-label': `Sample for the ${label}`, class: 'sample', onchange: chooseSample, value: '' },
      element('option', { value: '' }, 'Samples …'),
      SAMPLES.map(({ file, label: text }) => element('option', { value: file }, text)),
    ),
  );
}

/** A photograph's card. */
export function viewSlot({ slots, model }: State, name: SlotName, actions: Actions): ViewNode {
  const slot = slots[name];
  const ondragover = (event: DragEvent): void => {
    event.preventDefault();
    (event.currentTarget as Element).classList.add('over');
  };
  const ondragleave = (event: DragEvent): void => (event.currentTarget as Element).classList.remove('over');
  const ondrop = (event: DragEvent): void => {
    event.preventDefault();
    // The page takes what is dropped elsewhere.
    event.stopPropagation();
    (event.currentTarget as Element).classList.remove('over');
    actions.takeFiles(name, filesOf(event.dataTransfer?.files));
  };
  const problem = 'problem' in slot ? slot.problem : undefined;
  return element(
    'section',
    { class: 'card slot', 'data-slot': name, 'aria-labelledby': `slot-${name}`, ondragover, ondragleave, ondrop },
    viewHeading(slot, name, actions),
    slot.kind === 'camera'
      ? viewCamera(name, slot.stream, actions)
      : element(
          'div',
          { key: 'picture' },
          viewPicture(slot, name) ?? viewEmpty(name),
          viewTools(name, actions),
          problem !== undefined && element('p', { class: 'problem' }, problem),
          slot.kind === 'working' &&
            element(
              'p',
              { class: 'waiting' },
              model.kind === 'ready' ? 'Looking for faces …' : 'Waiting for the weights …',
            ),
          slot.kind === 'ready' && viewFindings(name, slot, actions),
        ),
  );
}
