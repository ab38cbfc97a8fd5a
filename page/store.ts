/** Holds the state and tells who shows it that it changed. */
import type { State } from './state.js';

export interface Store {
  readonly state: State;
  /** Replaces the state by what a function makes of it. */
  update(change: (state: State) => State): void;
}

/** `onChange` is called once for all changes of one turn of the event loop. */
export function createStore(initial: State, onChange: (state: State) => void): Store {
  let state = initial;
  let waiting = false;
  return {
    get state() {
      return state;
    },
    update(change) {
      state = change(state);
      if (waiting) return;
      waiting = true;
      queueMicrotask(() => {
        waiting = false;
        onChange(state);
      });
    },
  };
}
