/** V8's option to join neighbouring 128-bit WebAssembly operations into 256-bit ones, where this runtime has it. */
import { builtin } from '../builtin.js';

const FLAG = '--experimental-wasm-revectorize';

/** The first V8 whose optimising compiler joins vectors rightly. */
const FIRST_MAJOR_VERSION = 12;

/** The parts of Node's `process` that are asked for; absent in browsers. */
interface NodeProcess {
  readonly arch?: string;
  readonly versions?: { readonly v8?: string; readonly deno?: string; readonly bun?: string };
}

/**
 * Sets the option for this process and returns true, or returns false where it does not exist: outside Node, on other
 * processors than x64, before V8 12. It holds for all WebAssembly of the process and cannot be taken back, since V8
 * compiles functions again while they run.
 */
export function enableWideVectors(): boolean {
  const { process } = globalThis as { process?: NodeProcess };
  const { v8, deno, bun } = process?.versions ?? {};
  if (process?.arch !== 'x64' || !v8 || deno || bun) return false;
  if (Number.parseInt(v8, 10) < FIRST_MAJOR_VERSION) return false;
  const options = builtin('v8');
  if (!options) return false;
  options.setFlagsFromString(FLAG);
  return true;
}
