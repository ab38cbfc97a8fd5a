/** Starts the page: state, workers, and the events that belong to no element of their own. */
import type { Actions } from './actions.js';
import { createBenchmark } from './benchmarkActions.js';
import { createGallery } from './galleryActions.js';
import { createModel } from './modelActions.js';
import type { WeightBytes } from './ownWeights.js';
import { createPictures, type Pictures } from './pictures.js';
import { initialState } from './state.js';
import { openPeopleStorage } from './storage.js';
import { createStore } from './store.js';
import { viewApp } from './view/app.js';
import { keepFocus } from './view/keepFocus.js';
import { patchChildren } from './view/patch.js';
import { Caller } from './worker/caller.js';
import type { FaceCalls } from './worker/messages.js';

/** The part of an address that makes the page compare two samples at once. */
const SAMPLES_HASH = '#samples';

/** Set when the page is built. */
declare const WEIGHT_BYTES: WeightBytes;

/** More threads help no network of this size. */
const MOST_THREADS = 8;

function takeDroppedAndPasted(pictures: Pictures): void {
  addEventListener('dragover', (event) => event.preventDefault());
  addEventListener('drop', (event) => {
    event.preventDefault();
    pictures.takeFilesAnywhere([...(event.dataTransfer?.files ?? [])]);
  });
  addEventListener('paste', (event) => {
    const files = [...(event.clipboardData?.files ?? [])];
    if (files.length > 0) event.preventDefault();
    pictures.takeFilesAnywhere(files);
  });
}

function start(root: Element): void {
  const faces = new Caller<FaceCalls>('faces.js');
  const mostThreads = crossOriginIsolated ? Math.min(MOST_THREADS, navigator.hardwareConcurrency || 1) : 1;
  const store = createStore(initialState(mostThreads, WEIGHT_BYTES), (state) =>
    keepFocus(() => patchChildren(root, viewApp(state, actions))),
  );
  const pictures = createPictures(store, faces);
  const gallery = createGallery(store, faces, openPeopleStorage());
  const model = createModel(store, faces, () => pictures.analyseAll());
  const actions: Actions = {
    ...pictures,
    ...gallery,
    ...model,
    ...createBenchmark(store),
    showTab: (tab) => store.update((state) => ({ ...state, tab })),
  };
  patchChildren(root, viewApp(store.state, actions));
  takeDroppedAndPasted(pictures);
  if (location.hash === SAMPLES_HASH) pictures.compareSamples('person-a-1.jpg', 'person-a-2.jpg');
  void model.load();
  void gallery.open();
}

start(document.querySelector('#app')!);
