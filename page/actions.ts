/** What a visitor can do; views hand these to buttons and fields. */
import type { Precision } from './ownWeights.js';
import type { SlotName, Tab } from './state.js';

export interface Actions {
  showTab(tab: Tab): void;
  /** Puts files into a slot and, where there are several, into the other one too. */
  takeFiles(slot: SlotName, files: readonly File[]): void;
  takeSample(slot: SlotName, file: string): void;
  compareSamples(first: string, second: string): void;
  clearSlot(slot: SlotName): void;
  chooseFace(slot: SlotName, face: number): void;
  openCamera(slot: SlotName): void;
  closeCamera(slot: SlotName): void;
  takePhotograph(slot: SlotName, video: HTMLVideoElement): void;
  useThreads(threads: number): void;
  useModelFiles(files: readonly File[], pixels: string): void;
  useDetectorFiles(files: readonly File[]): void;
  /** The page's own embedder, in one of its precisions. */
  useOwnWeights(precision: Precision): void;
  /** The page's own embedder, in float32, and detector. */
  useDefaultModels(): void;
  enrol(slot: SlotName, name: string): void;
  removePerson(id: number): void;
  askToClear(asking: boolean): void;
  clearGallery(): void;
  searchGallery(slot: SlotName): void;
  runBenchmark(): void;
  cancelBenchmark(): void;
}
