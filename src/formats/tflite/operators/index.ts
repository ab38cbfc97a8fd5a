/** The table of TFLite's builtin operators that can be imported; a further one is a row of one of its parts. */
import { elementwise } from './elementwise.js';
import { layers } from './layers.js';
import { moves } from './moves.js';
import type { Builtin } from './operator.js';

/** Every builtin operator by its number in files. */
export const builtins: ReadonlyMap<number, Builtin> = new Map(
  [...layers, ...elementwise, ...moves].map((row) => [row.code, row]),
);
