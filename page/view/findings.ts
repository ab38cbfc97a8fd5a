/** What was found in a picture: boxes and landmarks over it, the aligned crop and its quality below. */
import type { QualityReason } from '../../src/index.js';
import type { Actions } from '../actions.js';
import type { Slot, SlotName } from '../state.js';
import type { Analysis } from '../worker/messages.js';
import { formatPercent } from './format.js';
import { element, type ViewNode } from './node.js';

const REASONS: Readonly<Record<QualityReason, string>> = {
  unsure: 'hardly looks like a face',
  small: 'few pixels',
  blurred: 'blurred',
  turned: 'turned away',
  cut: 'cut off by the edge',
};

/** Boxes and landmarks in the picture's own pixels, as an image over it. */
export function viewOverlay({ width, height, faces, chosen }: Analysis): ViewNode {
  const marks = faces.map(({ box, landmarks }, index) => {
    const dots = (landmarks ?? []).map(([x, y]) => {
      const r = String(Math.max(width / 160, box.width / 40));
      return element('circle', { cx: String(x), cy: String(y), r });
    });
    const { x, y } = box;
    const corner = String(box.width / 14);
    const size = { x: String(x), y: String(y), width: String(box.width), height: String(box.height) };
    return element(
      'g',
      { class: index === chosen ? 'face chosen' : 'face' },
      element('rect', { ...size, rx: corner, class: 'halo' }),
      element('rect', { ...size, rx: corner }),
      dots,
    );
  });
  return element('svg', { class: 'overlay', viewBox: `0 0 ${width} ${height}`, 'aria-hidden': 'true' }, marks);
}

/** What the detector said, in words. */
export function describeFaces({ faces, chosen }: Analysis): string {
  if (faces.length === 0) return 'Taken for an aligned crop';
  const sure = formatPercent(faces[chosen]!.score);
  return faces.length === 1 ? `1 face, ${sure} sure` : `${faces.length} faces; this one is ${sure} sure`;
}

/** The quality, with the reasons where it is poor. */
export function describeQuality({ quality }: Analysis): string {
  const figure = quality.value.toFixed(2);
  if (quality.reasons.length === 0) return `Quality ${figure}: good to compare`;
  return `Quality ${figure}: ${quality.reasons.map((reason) => REASONS[reason]).join(', ')}`;
}

function viewChoice(name: SlotName, { faces, chosen }: Analysis, actions: Actions): ViewNode | false {
  if (faces.length < 2) return false;
  const buttons = faces.map((_, index) =>
    element(
      'button',
      {
        type: 'button',
        class: 'chip',
        'aria-pressed': String(index === chosen),
        'aria-label': `Face ${index + 1}${index === 0 ? ', the largest' : ''}`,
        onclick: () => actions.chooseFace(name, index),
      },
      String(index + 1),
    ),
  );
  return element(
    'div',
    { class: 'choice', role: 'group', 'aria-label': 'Which face' },
    element('span', { 'aria-hidden': 'true' }, 'Face'),
    buttons,
  );
}

/** The crop and what is known of the face. */
export function viewFindings(name: SlotName, slot: Slot & { kind: 'ready' }, actions: Actions): ViewNode {
  const { analysis, cropUrl } = slot;
  const poor = analysis.quality.reasons.length > 0;
  return element(
    'div',
    { class: 'findings' },
    element('img', { class: 'crop', src: cropUrl, alt: 'Aligned crop of the face', width: '72', height: '72' }),
    element(
      'div',
      {},
      element('p', {}, describeFaces(analysis)),
      element('p', { class: poor ? 'poor' : 'muted' }, describeQuality(analysis)),
      viewChoice(name, analysis, actions),
    ),
  );
}
