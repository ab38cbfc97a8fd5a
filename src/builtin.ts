/** Builtin modules of Node and its like, asked for when the program runs: an import of one breaks every other platform. */

interface Builtins {
  readonly crypto: typeof import('node:crypto');
  readonly fs: typeof import('node:fs');
  readonly 'fs/promises': typeof import('node:fs/promises');
  readonly module: typeof import('node:module');
  readonly path: typeof import('node:path');
  readonly url: typeof import('node:url');
  readonly v8: typeof import('node:v8');
  readonly worker_threads: typeof import('node:worker_threads');
  readonly zlib: typeof import('node:zlib');
}

/** A builtin module; undefined where there is none, as in browsers, or where asking for it is forbidden, as on edges. */
export function builtin<Name extends keyof Builtins>(name: Name): Builtins[Name] | undefined {
  try {
    return globalThis.process?.getBuiltinModule?.(`node:${name}`) as Builtins[Name] | undefined;
  } catch {
    return undefined;
  }
}
