/** Choosing the build: what does not validate, does not link or computes wrongly is passed over. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { RuntimeError } from '../../src/errors.js';
import { kernelBinaries } from '../../src/runtime/inline.js';
import { type KernelBinaries, loadKernels } from '../../src/runtime/module.js';

const bytesOf = (name: string) =>
  new Uint8Array(readFileSync(new URL(`../../build/kernels/${name}.wasm`, import.meta.url)));
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
  const binaries: KernelBinaries = { relaxed: () => broken, plain: () => bytesOf('plain') };
  expect((await loadKernels(binaries, memory())).build).toBe('plain');
});

test('falls back to plain where the preferred build computes wrongly', async () => {
  const binaries: KernelBinaries = { relaxed: wrongBuild, plain: () => bytesOf('plain') };
  expect(WebAssembly.validate(wrongBuild())).toBe(true);
  expect((await loadKernels(binaries, memory())).build).toBe('plain');
});

test('takes compiled modules as they are', async () => {
  const module = new WebAssembly.Module(bytesOf('plain'));
  const { build, functions } = await loadKernels({ plain: () => module }, memory());
  expect(build).toBe('plain');
  expect(typeof functions.fullyConnected).toBe('function');
});

test('says what is needed where no build runs', async () => {
  const attempt = loadKernels({ plain: wrongBuild }, memory());
  await expect(attempt).rejects.toThrow(RuntimeError);
  await expect(attempt).rejects.toMatchObject({ code: 'NO_SIMD' });
});

test('takes bytes as they are', async () => {
  expect((await loadKernels({ plain: bytesOf('plain') }, memory())).build).toBe('plain');
});

test('says that none is given', async () => {
  await expect(loadKernels({}, memory())).rejects.toMatchObject({ code: 'NO_KERNELS' });
});

test('says that a policy forbids to compile', async () => {
  const refused = new WebAssembly.CompileError("Refused to compile: 'unsafe-eval' is not an allowed source of script");
  const attempt = loadKernels({ plain: () => Promise.reject(refused) }, memory());
  await expect(attempt).rejects.toMatchObject({ code: 'WASM_FORBIDDEN', cause: refused });
});

test.each(['plain', 'relaxed'] as const)('the %s build is packed and unpacked as it is', async (build) => {
  const unpack = kernelBinaries[build];
  if (typeof unpack !== 'function') throw new Error('the builds of this JavaScript are functions');
  expect(await unpack()).toEqual(bytesOf(build));
});
