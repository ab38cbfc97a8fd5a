/** The binary interface: exports equal the table, argument structs lie as generated, the memory import is shared. */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { coreKernels } from '../../src/kernels/core.js';
import * as coreArguments from '../../src/kernels/coreArguments.js';
import { furtherKernels } from '../../src/kernels/further.js';
import * as furtherArguments from '../../src/kernels/furtherArguments.js';
import { INNER_PRODUCTS } from '../../src/kernels/innerProducts.js';
import { ALL_BUILDS, type KernelSet } from '../../src/kernels/kernel.js';
import { SHRINK_COLUMNS, SHRINK_ROWS } from '../../src/kernels/shrink.js';
import { instantiate, modules } from './modules.js';

const TABLES = { core: coreKernels, further: furtherKernels } as const;

/** Kernels that no graph asks for. */
const CALLED_BY_NAME = { core: [INNER_PRODUCTS], further: [SHRINK_COLUMNS, SHRINK_ROWS] } as const;

const layouts = Object.entries({ ...coreArguments, ...furtherArguments }).flatMap(([name, layout]) =>
  'fields' in layout ? [[name, layout.fields] as const] : [],
);

const SETS: readonly KernelSet[] = ['core', 'further'];

describe.each(ALL_BUILDS.flatMap((build) => SETS.map((set) => [build, set] as const)))('%s build, %s', (build, set) => {
  test('exports the table of kernels and nothing else', () => {
    const exported = WebAssembly.Module.exports(modules[build][set]).map(({ name }) => name);
    const named = exported.filter((name) => !(build === 'checked' && name.startsWith('offset')));
    expect(named.sort()).toEqual([...TABLES[set].map(({ name }) => name), ...CALLED_BY_NAME[set]].sort());
  });

  test('imports one memory, and that only as shared memory', () => {
    expect(WebAssembly.Module.imports(modules[build][set])).toEqual([
      { module: 'env', name: 'memory', kind: 'memory' },
    ]);
    expect(() => instantiate(build, new WebAssembly.Memory({ initial: 1, maximum: 1 }))).toThrow(WebAssembly.LinkError);
  });
});

test.each(layouts)('%s has its fields at 4-byte steps', (name, fields) => {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
  const exports = instantiate('checked', memory) as unknown as Record<string, (field: number) => number>;
  const offsetOf = exports[`offset${name[0]!.toUpperCase()}${name.slice(1)}`]!;
  fields.forEach((field, index) => {
    expect(offsetOf(index), field.name).toBe(4 * index);
  });
  expect(offsetOf(-1)).toBe(4 * fields.length);
});

test('another input shape never needs another set: kernels of one packing are all in one', () => {
  const core = new Set(coreKernels.map(({ packing }) => packing));
  const shared = furtherKernels.filter(({ packing }) => core.has(packing)).map(({ name }) => name);
  // Tiles that no build chooses.
  expect(shared).toEqual(['pointwise2x16', 'pointwise4x16']);
});

test('the generated argument structs are fresh', () => {
  const script = fileURLToPath(new URL('../../scripts/generateArguments.js', import.meta.url));
  expect(execFileSync(process.execPath, [script, '--check'], { encoding: 'utf8' })).toBe('');
});

test('the asserting build refuses arguments that the others take on trust', () => {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
  expect(() => instantiate('checked', memory).pointwise4x8!(1024, 0, 1)).toThrow(WebAssembly.RuntimeError);
});
