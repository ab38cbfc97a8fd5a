/** Builtin modules: there, absent, and forbidden. */
import { afterEach, expect, test, vi } from 'vitest';
import { builtin } from '../src/builtin.js';

afterEach(() => vi.unstubAllGlobals());

test('gives a builtin module', () => {
  expect(builtin('url')?.fileURLToPath).toBeTypeOf('function');
});

test('gives nothing where there is no process, or one without the function', () => {
  for (const process of [undefined, {}]) {
    vi.stubGlobal('process', process);
    expect(builtin('fs')).toBeUndefined();
  }
});

test('gives nothing where asking is forbidden, as in edge routes', () => {
  const getBuiltinModule = () => {
    throw new Error('A Node.js API is used (process.getBuiltinModule) which is not supported in the Edge Runtime.');
  };
  vi.stubGlobal('process', { getBuiltinModule });
  expect(builtin('fs')).toBeUndefined();
});
