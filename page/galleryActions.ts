/** What visitors do with the gallery. */
import type { Actions } from './actions.js';
import { sentenceFor } from './problems.js';
import type { GalleryState, Person } from './state.js';
import type { PeopleStorage, StoredPerson } from './storage.js';
import type { Store } from './store.js';
import { plural } from './view/format.js';
import type { Caller } from './worker/caller.js';
import type { FaceCalls } from './worker/messages.js';

type GalleryActions = Pick<Actions, 'enrol' | 'removePerson' | 'askToClear' | 'clearGallery' | 'searchGallery'>;

/** The gallery's actions, and how it is read at the start. */
export interface GalleryControl extends GalleryActions {
  open(): Promise<void>;
}

function shown(person: StoredPerson & { readonly id: number }): Person {
  return { ...person, cropUrl: URL.createObjectURL(person.crop) };
}

export function createGallery(store: Store, faces: Caller<FaceCalls>, storage: PeopleStorage): GalleryControl {
  const change = (gallery: Partial<GalleryState>, announcement = store.state.announcement): void => {
    store.update((state) => ({ ...state, gallery: { ...state.gallery, ...gallery }, announcement }));
  };
  const people = (): readonly Person[] => store.state.gallery.people ?? [];

  /** Does what may fail; the failure is shown in the gallery. */
  const attempt = async (work: () => Promise<void>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      const problem = sentenceFor(error);
      change({ problem }, problem);
    }
  };

  return {
    open: () => attempt(async () => change({ people: (await storage.list()).map(shown) })),

    enrol: (slot, name) =>
      void attempt(async () => {
        const found = store.state.slots[slot];
        if (found.kind !== 'ready' || name === '') return;
        const { crop, embedding } = found.analysis;
        const { weights } = embedding;
        const person = { name, embedding: Float32Array.from(embedding.embedding), weights, crop };
        const id = await storage.add(person);
        change(
          { people: [...people(), shown({ ...person, id })], problem: undefined, result: undefined },
          `${name} was added to the gallery.`,
        );
      }),

    removePerson: (id) =>
      void attempt(async () => {
        await storage.remove(id);
        const gone = people().find((person) => person.id === id);
        if (gone) URL.revokeObjectURL(gone.cropUrl);
        const left = people().filter((person) => person.id !== id);
        change({ people: left, problem: undefined, result: undefined }, `${gone?.name ?? 'The person'} was removed.`);
      }),

    askToClear: (confirming) => change({ confirming }),

    clearGallery: () =>
      void attempt(async () => {
        await storage.clear();
        for (const { cropUrl } of people()) URL.revokeObjectURL(cropUrl);
        change({ people: [], confirming: false, problem: undefined, result: undefined }, 'The gallery is empty.');
      }),

    searchGallery: (slot) =>
      void attempt(async () => {
        const found = store.state.slots[slot];
        if (found.kind !== 'ready') return;
        const face = found.analysis.embedding;
        const same = people().filter(({ weights }) => weights === face.weights);
        const enrolled = same.map(({ name, embedding, weights }) => ({ id: name, embedding, weights }));
        const { matches, elapsedMs } = await faces.call('search', { face, enrolled });
        const [best] = matches;
        const others = people().length - same.length;
        const refused = `${plural(others, 'person was', 'people were')} left out: made with other weights, which cannot be compared.`;
        change(
          {
            result: { slot, matches, embeddings: enrolled.length, elapsedMs },
            problem: others > 0 ? refused : undefined,
          },
          best ? `Most alike is ${best.id}, similarity ${best.similarity.toFixed(3)}.` : 'Nobody was found.',
        );
      }),
  };
}
