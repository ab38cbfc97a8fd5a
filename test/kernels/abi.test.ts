/** The binary interface: exports equal the table, argument structs lie as generated, the memory import is shared. */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { structLayouts } from '../../src/kernels/arguments.js';
import { kernels } from '../../src/kernels/index.js';
import { INNER_PRODUCTS } from '../../src/kernels/innerProducts.js';
import { ALL_BUILDS } from '../../src/kernels/kernel.js';
import { SHRINK_COLUMNS, SHRINK_ROWS } from '../../src/kernels/shrink.js';
import { instantiate, modules } from './modules.js';

/** Kernels that no graph asks for. */
const CALLED_BY_NAME = [INNER_PRODUCTS, SHRINK_COLUMNS, SHRINK_ROWS];

describe.each(ALL_BUILDS)('%s build', (build) => {
  test('exports the table of kernels and nothing else', () => {
    const exported = WebAssembly.Module.exports(modules[build]).map(({ name }) => name);
    const named = exported.filter((name) => !(build === 'checked' && name.startsWith('offset')));
    expect(named.sort()).toEqual([...kernels.map(({ name }) => name), ...CALLED_BY_NAME].sort());
  });

  test('imports one memory, and that only as shared memory', () => {
    expect(WebAssembly.Module.imports(modules[build])).toEqual([{ module: 'env', name: 'memory', kind: 'memory' }]);
    expect(() => instantiate(build, new WebAssembly.Memory({ initial: 1, maximum: 1 }))).toThrow(WebAssembly.LinkError);
  });
});

test.each(structLayouts.map((layout) => [layout.name, layout.fields] as const))(
  '%s has its fields at 4-byte steps',
  (name, fields) => {
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
    const exports = instantiate('checked', memory) as unknown as Record<string, (field: number) => number>;
    const offsetOf = exports[`offset${name}`]!;
    fields.forEach((field, index) => {
      expect(offsetOf(index), field.name).toBe(4 * index);
    });
    expect(offsetOf(-1)).toBe(4 * fields.length);
  },
);

test('the generated argument structs are fresh', () => {
  const script = fileURLToPath(new URL('../../scripts/generateArguments.js', import.meta.url));
  expect(execFileSync(process.execPath, [script, '--check'], { encoding: 'utf8' })).toBe('');
});

test('the asserting build refuses arguments that the others take on trust', () => {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
  expect(() => instantiate('checked', memory).pointwise4x8!(1024, 0, 1)).toThrow(WebAssembly.RuntimeError);
});
