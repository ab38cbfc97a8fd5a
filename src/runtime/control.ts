/** The words through which threads talk: their places in shared memory. Each hot word has a cache line of its own. */

/** Words of a cache line. */
export const LINE_WORDS = 16;

/** Word offsets from the control block's address. */
export const CONTROL = {
  /** Raised by one for every task; workers sleep on it between tasks. */
  ticket: 0,
  /** Address of the task's descriptor. */
  task: 1,
  /** The ticket of the task that lanes may enter; 0 while there is none. */
  open: 2,
  /** Workers inside a task. */
  active: LINE_WORDS,
  /** Lanes that sleep until a step is done. */
  sleepers: LINE_WORDS + 1,
  /** 1 where every lane must give up. */
  abort: 2 * LINE_WORDS,
  /** 1 where workers must end. */
  stop: 2 * LINE_WORDS + 1,
} as const;

/** Bytes of a control block. */
export const CONTROL_BYTES = 4 * LINE_WORDS * 3;
