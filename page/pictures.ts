/** What visitors do with the two photographs, and the analysis that follows. */
import type { Actions } from './actions.js';
import { captureFrame, openCamera, stopCamera } from './camera.js';
import { comparisonOf } from './comparison.js';
import { sentenceFor } from './problems.js';
import { type Picture, pictureOf, SLOT_NAMES, type Slot, type SlotName, withSlot } from './state.js';
import type { Store } from './store.js';
import { describeFaces } from './view/findings.js';
import { explain, verdictOf } from './view/result.js';
import type { Caller } from './worker/caller.js';
import type { FaceCalls } from './worker/messages.js';

type PictureActions = Pick<
  Actions,
  | 'takeFiles'
  | 'takeSample'
  | 'compareSamples'
  | 'clearSlot'
  | 'chooseFace'
  | 'openCamera'
  | 'closeCamera'
  | 'takePhotograph'
>;

/** The photographs' actions, and what others need of them. */
export interface Pictures extends PictureActions {
  /** Analyses whatever pictures are there, as after a change of weights. */
  analyseAll(): void;
  /** Puts files into the first empty slot, or the second one. */
  takeFilesAnywhere(files: readonly File[]): void;
}

/** The mark that the time to the first result is measured by. */
export const FIRST_RESULT = 'first-result';

/** Gives back what a slot holds besides memory. */
function release(slot: Slot): void {
  if (slot.kind === 'camera' && slot.stream) stopCamera(slot.stream);
  if (slot.kind === 'ready') URL.revokeObjectURL(slot.cropUrl);
}

export function createPictures(store: Store, faces: Caller<FaceCalls>): Pictures {
  const set = (name: SlotName, slot: Slot): void => {
    release(store.state.slots[name]);
    store.update((state) => withSlot(state, name, slot));
  };

  const announce = (name: SlotName): void => {
    const slot = store.state.slots[name];
    const comparison = comparisonOf(store.state);
    let announcement = slot.kind === 'failed' ? slot.problem : '';
    if (slot.kind === 'ready') announcement = describeFaces(slot.analysis);
    if (comparison) {
      announcement = `${verdictOf(comparison)}. ${explain(comparison)}`;
      if (performance.getEntriesByName(FIRST_RESULT).length === 0) performance.mark(FIRST_RESULT);
    }
    store.update((state) => ({ ...state, announcement }));
  };

  const analyse = async (name: SlotName, picture: Picture): Promise<void> => {
    set(name, { kind: 'working', picture });
    // Once the weights are loaded, every picture is analysed.
    if (store.state.model.kind !== 'ready') return;
    const isCurrent = (): boolean => pictureOf(store.state.slots[name]) === picture;
    try {
      const analysis = await faces.call('analyse', { picture: picture.file, face: picture.face });
      if (!isCurrent()) return;
      set(name, { kind: 'ready', picture, analysis, cropUrl: URL.createObjectURL(analysis.crop) });
    } catch (error) {
      if (!isCurrent()) return;
      set(name, { kind: 'failed', picture, problem: sentenceFor(error) });
    }
    announce(name);
  };

  const take = (name: SlotName, file: Blob, label: string): void => {
    const before = pictureOf(store.state.slots[name]);
    if (before) URL.revokeObjectURL(before.url);
    void analyse(name, { name: label, file, url: URL.createObjectURL(file), face: 0 });
  };

  const takeFiles = (name: SlotName, files: readonly File[]): void => {
    const [file, next] = files;
    if (!file) return;
    take(name, file, file.name);
    const other = name === 'first' ? 'second' : 'first';
    if (next) take(other, next, next.name);
  };

  const takeSample = async (name: SlotName, file: string): Promise<void> => {
    try {
      const response = await fetch(`samples/${file}`);
      if (!response.ok) throw new Error(`The sample ${file} cannot be fetched: the server answers ${response.status}.`);
      take(name, await response.blob(), file);
    } catch (error) {
      set(name, { kind: 'empty', problem: sentenceFor(error) });
    }
  };

  const startCamera = async (name: SlotName): Promise<void> => {
    set(name, { kind: 'camera', stream: undefined });
    const isWaiting = (): boolean => {
      const slot = store.state.slots[name];
      return slot.kind === 'camera' && !slot.stream;
    };
    try {
      const stream = await openCamera();
      if (isWaiting()) set(name, { kind: 'camera', stream });
      else stopCamera(stream);
    } catch (error) {
      if (!isWaiting()) return;
      const problem = sentenceFor(error);
      set(name, { kind: 'empty', problem });
      store.update((state) => ({ ...state, announcement: problem }));
    }
  };

  return {
    takeFiles,
    takeFilesAnywhere(files) {
      const empty = SLOT_NAMES.find((name) => store.state.slots[name].kind === 'empty');
      takeFiles(empty ?? 'second', files);
    },
    takeSample: (name, file) => void takeSample(name, file),
    compareSamples(first, second) {
      void takeSample('first', first);
      void takeSample('second', second);
    },
    clearSlot(name) {
      const picture = pictureOf(store.state.slots[name]);
      if (picture) URL.revokeObjectURL(picture.url);
      set(name, { kind: 'empty' });
      store.update((state) => ({ ...state, announcement: 'Removed.' }));
    },
    chooseFace(name, face) {
      const picture = pictureOf(store.state.slots[name]);
      if (picture) void analyse(name, { ...picture, face });
    },
    openCamera: (name) => void startCamera(name),
    closeCamera: (name) => set(name, { kind: 'empty' }),
    async takePhotograph(name, video) {
      const frame = await captureFrame(video);
      take(name, frame, 'from the camera');
    },
    analyseAll() {
      for (const name of SLOT_NAMES) {
        const picture = pictureOf(store.state.slots[name]);
        if (picture) void analyse(name, picture);
      }
    },
  };
}
