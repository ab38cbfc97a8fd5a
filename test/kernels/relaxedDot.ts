/** Whether this runtime's relaxed dot product of bytes is right, by a module of that instruction alone. */
// After the option that some runtimes need.
import './modules.js';

/** (module (memory (export "m") 1) (func (export "f") store(32, dot(load(0), load(16), 0)))) */
const MODULE = Uint8Array.of(
  ...[0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 5, 3, 1, 0, 1],
  ...[7, 9, 2, 1, 109, 2, 0, 1, 102, 0, 0, 10, 43, 1, 41, 0],
  ...[65, 32, 65, 0, 253, 0, 4, 0, 65, 16, 253, 0, 4, 0, 253, 12, ...new Array<number>(16).fill(0)],
  ...[253, 147, 2, 253, 11, 4, 0, 11],
);

function isRight(): boolean {
  const { m, f } = new WebAssembly.Instance(new WebAssembly.Module(MODULE)).exports;
  const { buffer } = m as WebAssembly.Memory;
  const bytes = new Int8Array(buffer);
  const signed = [-128, 127, -1, 5, 127, -128, 0, -77, -128, -128, -128, -128, 1, 2, 3, 4];
  const few = [127, 127, 126, 0, 1, 64, 127, 90, 127, 127, 127, 127, 4, 3, 2, 1];
  bytes.set([...signed, ...few]);
  (f as () => void)();
  const sums = new Int32Array(buffer, 32, 4);
  return sums.every((sum, lane) => {
    return sum === [0, 1, 2, 3].reduce((total, k) => total + signed[4 * lane + k]! * few[4 * lane + k]!, 0);
  });
}

export const relaxedDotIsRight = isRight();
