/** Property-test body for TFLite files: every file of the golden cases, with bytes or whole fields of it changed. */
import fc from 'fast-check';
import { importModel } from '../../../src/formats/index.js';
import type { Model } from '../../../src/model/model.js';
import { quantisedTfliteCases, tfliteCases } from '../../golden/tfliteCases.js';
import { type Edit, editBytes, edits } from '../damage.js';
import type { HostileSuite } from '../hostile.js';
import { tfliteFile } from './flatBufferFile.js';

/** What an offset, a length, a shape or a code of four bytes becomes. */
const FIELDS = [0, 1, 2, 3, -1, 4, 7, 127, 255, 65_535, 65_536, 2 ** 24, 2 ** 31 - 1, -(2 ** 31)] as const;

function editFields(bytes: Uint8Array, list: readonly Edit[]): Uint8Array {
  const copy = bytes.slice();
  const view = new DataView(copy.buffer);
  for (const { at, word } of list) {
    const places = copy.length >> 2;
    view.setInt32(4 * (at % places), FIELDS[word % FIELDS.length]!, true);
  }
  return copy;
}

/** `check` judges what is accepted. */
export function tfliteSuite(check: (model: Model) => unknown): HostileSuite {
  const sound = [...tfliteCases, ...quantisedTfliteCases];
  const cases = fc.tuple(fc.constantFrom(...sound), fc.constantFrom('bytes', 'fields'), edits);
  return {
    name: 'tflite',
    cases: cases.map(([{ name, content }, kind, list]) => ({
      label: `${name}, ${kind} ${JSON.stringify(list)}`,
      async feed() {
        const file = tfliteFile(content);
        const bytes = kind === 'bytes' ? editBytes(file, list) : editFields(file, list);
        await check(await importModel([{ name: 'hostile.tflite', bytes: new Uint8Array(bytes) }]));
      },
    })),
  };
}
