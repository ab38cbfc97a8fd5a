/** Choosing the build: what does not validate, does not link or computes wrongly is passed over. */
import { readFileSync } from 'node:fs';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { UnavailableError } from '../../src/errors.js';
import { kernelBinaries } from '../../src/runtime/inline.js';
import { type KernelBinaries, loadKernels } from '../../src/runtime/module.js';

const bytesOf = (build: string, set = 'core') =>
  new Uint8Array(readFileSync(new URL(`../../build/kernels/${set}-${build}.wasm`, import.meta.url)));
const memory = () => new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });

/** The plain build with the multiplications (f32x4.mul) of one kernel turned into additions: valid, and wrong. */
function wrongBuild(): Uint8Array<ArrayBuffer> {
  const bytes = bytesOf('plain');
  for (let at = 0; at + 2 < bytes.length; at++) {
    if (bytes[at] === 0xfd && bytes[at + 1] === 0xe6 && bytes[at + 2] === 0x01) bytes[at + 1] = 0xe4;
  }
  return bytes;
}

test('falls back to plain where relaxed does not validate', async () => {
  const broken = new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0, 255]);
  const binaries: KernelBinaries = { core: { relaxed: () => broken, plain: () => bytesOf('plain') } };
  expect((await loadKernels(binaries, memory())).build).toBe('plain');
});

test('falls back to plain where the preferred build computes wrongly', async () => {
  const binaries: KernelBinaries = { core: { relaxed: wrongBuild, plain: () => bytesOf('plain') } };
  expect(WebAssembly.validate(wrongBuild())).toBe(true);
  expect((await loadKernels(binaries, memory())).build).toBe('plain');
});

test('takes compiled modules as they are', async () => {
  const module = new WebAssembly.Module(bytesOf('plain'));
  const kernels = await loadKernels({ core: { plain: () => module } }, memory());
  expect(kernels.build).toBe('plain');
  expect(typeof kernels.kernel('fullyConnected')).toBe('function');
});

test('takes modules that were compiled in another realm, as frameworks for edges do', async () => {
  const module = runInNewContext('new WebAssembly.Module(bytes)', { bytes: bytesOf('plain') });
  expect(module instanceof WebAssembly.Module).toBe(false);
  expect((await loadKernels({ core: { plain: () => module } }, memory())).build).toBe('plain');
});

test('says what is needed where no build runs', async () => {
  const attempt = loadKernels({ core: { plain: wrongBuild } }, memory());
  await expect(attempt).rejects.toThrow(UnavailableError);
  await expect(attempt).rejects.toMatchObject({ code: 'NO_SIMD' });
});

test('takes bytes as they are', async () => {
  expect((await loadKernels({ core: { plain: bytesOf('plain') } }, memory())).build).toBe('plain');
});

test('says that none is given', async () => {
  await expect(loadKernels({}, memory())).rejects.toMatchObject({ code: 'NO_KERNELS' });
});

test('says that a policy forbids to compile', async () => {
  const refused = new WebAssembly.CompileError("Refused to compile: 'unsafe-eval' is not an allowed source of script");
  const attempt = loadKernels({ core: { plain: () => Promise.reject(refused) } }, memory());
  await expect(attempt).rejects.toMatchObject({ code: 'WASM_FORBIDDEN', cause: refused });
});

test('adds a further set behind the core, and keeps the places of kernels', async () => {
  const kernels = await loadKernels(kernelBinaries, memory());
  const before = [...kernels.list];
  expect(kernels.kernel('unary')).toBeUndefined();
  await Promise.all([kernels.load('further'), kernels.load('further')]);
  expect(kernels.list.slice(0, before.length)).toEqual(before);
  expect(kernels.list[kernels.index.get('unary')!]).toBe(kernels.kernel('unary'));
  expect(new Set(kernels.list).size).toBe(kernels.index.size);
  const exported = kernels.modules.flatMap((module) => WebAssembly.Module.exports(module).map(({ name }) => name));
  expect([...kernels.index.keys()]).toEqual(exported);
});

test('says that the further set is not given, or may not be compiled', async () => {
  const core = { plain: bytesOf('plain') };
  const refused = () => Promise.reject(new WebAssembly.CompileError('blocked by the Content Security Policy'));
  const lacking = await loadKernels({ core }, memory());
  await expect(lacking.load('further')).rejects.toMatchObject({ code: 'NO_KERNELS' });
  const forbidden = await loadKernels({ core, further: { plain: refused } }, memory());
  await expect(forbidden.load('further')).rejects.toMatchObject({ code: 'WASM_FORBIDDEN' });
});

const SHIPPED = (['core', 'further'] as const).flatMap((set) =>
  (['plain', 'relaxed'] as const).map((build) => [set, build] as const),
);

test.each(SHIPPED)('%s, %s build: is packed and unpacked as it is', async (set, build) => {
  const unpack = kernelBinaries[set]?.[build];
  if (typeof unpack !== 'function') throw new Error('the builds of this JavaScript are functions');
  expect(await unpack()).toEqual(bytesOf(build, set));
});
