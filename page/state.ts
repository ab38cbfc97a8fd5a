/** All that the page shows, in one value; every change makes a new one. */
import type { GalleryMatch } from '../src/index.js';
import type { WeightBytes, WeightsChoice } from './ownWeights.js';
import type { Analysis, BenchmarkRow, LoadedModel } from './worker/messages.js';

export type Tab = 'compare' | 'benchmark';

/** The two photographs that are compared. */
export type SlotName = 'first' | 'second';
export const SLOT_NAMES: readonly SlotName[] = ['first', 'second'];

/** A picture that the visitor gave. */
export interface Picture {
  readonly name: string;
  readonly file: Blob;
  /** An address for the page's own images. */
  readonly url: string;
  /** Which face the visitor chose, counted from the largest. */
  readonly face: number;
}

export type Slot =
  | { readonly kind: 'empty'; readonly problem?: string }
  | { readonly kind: 'camera'; readonly stream: MediaStream | undefined }
  | { readonly kind: 'working'; readonly picture: Picture }
  | { readonly kind: 'failed'; readonly picture: Picture; readonly problem: string }
  | { readonly kind: 'ready'; readonly picture: Picture; readonly analysis: Analysis; readonly cropUrl: string };

export type ModelState =
  | { readonly kind: 'loading'; readonly done: number; readonly total: number }
  | { readonly kind: 'failed'; readonly problem: string }
  | { readonly kind: 'ready'; readonly model: LoadedModel; readonly isDefault: boolean; readonly problem?: string };

/** Somebody in the gallery, as stored in this browser. */
export interface Person {
  readonly id: number;
  readonly name: string;
  readonly embedding: Float32Array;
  /** SHA-256 of the weights that made the embedding. */
  readonly weights: string;
  readonly crop: Blob;
  readonly cropUrl: string;
}

export interface GalleryState {
  /** Absent until the storage has answered. */
  readonly people: readonly Person[] | undefined;
  readonly problem?: string | undefined;
  readonly result?: GalleryResult | undefined;
  /** Whether the visitor is asked if really everybody shall go. */
  readonly confirming: boolean;
}

/** What the last search found. */
export interface GalleryResult {
  readonly slot: SlotName;
  readonly matches: readonly GalleryMatch[];
  /** Embeddings that were searched. */
  readonly embeddings: number;
  readonly elapsedMs: number;
}

export type BenchmarkState =
  | { readonly kind: 'idle'; readonly problem?: string }
  | { readonly kind: 'running'; readonly done: number; readonly total: number; readonly rows: readonly BenchmarkRow[] }
  | { readonly kind: 'done'; readonly rows: readonly BenchmarkRow[]; readonly threads: number };

export interface State {
  readonly tab: Tab;
  readonly model: ModelState;
  /** The weights that are in use, or being loaded. */
  readonly weights: WeightsChoice;
  readonly weightBytes: WeightBytes;
  /** What the visitor asked for. */
  readonly threads: number;
  /** Most threads that may be asked for: 1 where the page is not cross-origin isolated. */
  readonly mostThreads: number;
  readonly slots: Readonly<Record<SlotName, Slot>>;
  readonly gallery: GalleryState;
  readonly benchmark: BenchmarkState;
  /** What a screen reader is told about the last change. */
  readonly announcement: string;
}

/** What the page shows at first. */
export function initialState(mostThreads: number, weightBytes: WeightBytes): State {
  return {
    tab: 'compare',
    model: { kind: 'loading', done: 0, total: 0 },
    weights: 'float32',
    weightBytes,
    threads: Math.min(2, mostThreads),
    mostThreads,
    slots: { first: { kind: 'empty' }, second: { kind: 'empty' } },
    gallery: { people: undefined, confirming: false },
    benchmark: { kind: 'idle' },
    announcement: '',
  };
}

/** The picture of a slot; absent where it has none. */
export function pictureOf(slot: Slot): Picture | undefined {
  return 'picture' in slot ? slot.picture : undefined;
}

/** The state with another slot. */
export function withSlot(state: State, name: SlotName, slot: Slot): State {
  return { ...state, slots: { ...state.slots, [name]: slot } };
}
