/** What visitors do with the engine: threads and weights. */
import type { Actions } from './actions.js';
import type { WeightsChoice } from './ownWeights.js';
import { pixelOptions } from './pixelOptions.js';
import { sentenceFor } from './problems.js';
import type { State } from './state.js';
import type { Store } from './store.js';
import type { Caller } from './worker/caller.js';
import type { FaceCalls, LoadRequest } from './worker/messages.js';

type ModelActions = Pick<
  Actions,
  'useThreads' | 'useModelFiles' | 'useDetectorFiles' | 'useOwnWeights' | 'useDefaultModels'
>;

/** The engine's actions, and the first load. */
export interface ModelControl extends ModelActions {
  load(): Promise<void>;
}

type Weights = Pick<LoadRequest, 'precision' | 'files' | 'options' | 'detectorFiles'>;

const DEFAULTS: Weights = { precision: 'float32' };

function choiceOf({ precision, files }: Weights): WeightsChoice {
  return files ? 'opened' : precision;
}

/** `onReady` is called whenever other weights or threads are in use. */
export function createModel(store: Store, faces: Caller<FaceCalls>, onReady: () => void): ModelControl {
  /** The weights that loaded last. */
  let current = DEFAULTS;
  /** How the model was shown before anything was loading. */
  let settled = store.state.model;

  const load = async (weights: Weights): Promise<void> => {
    const onProgress = ({ done, total }: { readonly done: number; readonly total: number }): void =>
      store.update((state) => ({ ...state, model: { kind: 'loading', done, total } }));
    onProgress({ done: 0, total: 0 });
    store.update((state) => ({ ...state, weights: choiceOf(weights) }));
    let change: (state: State) => State;
    try {
      const model = await faces.call('load', { ...weights, threads: store.state.threads }, onProgress);
      current = weights;
      change = (state) => ({
        ...state,
        weights: choiceOf(weights),
        model: { kind: 'ready', model, isDefault: !weights.files && !weights.detectorFiles },
        announcement: `Ready: the weights ${model.card.name} and the detector ${model.detector} are loaded.`,
      });
    } catch (error) {
      const problem = sentenceFor(error);
      const model = settled.kind === 'ready' ? { ...settled, problem } : ({ kind: 'failed', problem } as const);
      change = (state) => ({ ...state, weights: choiceOf(current), model, announcement: problem });
    }
    store.update(change);
    settled = store.state.model;
    if (store.state.model.kind === 'ready') onReady();
  };

  const readFiles = async (files: readonly File[]) =>
    Promise.all(files.map(async (file) => ({ name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) })));

  return {
    load: () => load(current),
    useThreads(threads) {
      store.update((state) => ({ ...state, threads }));
      void load(current);
    },
    async useModelFiles(files, pixels) {
      await load({ ...current, files: await readFiles(files), options: pixelOptions(pixels) });
    },
    async useDetectorFiles(files) {
      await load({ ...current, detectorFiles: await readFiles(files) });
    },
    useOwnWeights(precision) {
      const { detectorFiles } = current;
      void load({ precision, detectorFiles });
    },
    useDefaultModels: () => void load(DEFAULTS),
  };
}
