/** Property-test body for the messages of ONNX files: bytes and lengths damaged at random. */
import { exportOnnx } from '../../../src/formats/onnx/exportOnnx.js';
import { MODEL } from '../../../src/formats/onnx/messages.js';
import { readMessage } from '../../../src/formats/onnx/protobuf.js';
import { editBytes, edits } from '../damage.js';
import type { HostileSuite } from '../hostile.js';
import { tinyGraph } from '../tinyModel.js';

const SOUND = exportOnnx(tinyGraph());

/** Bytes and entries of all lists of a message, and of the messages in it. */
function sizeOf(value: unknown): number {
  if (value instanceof Uint8Array) return value.length;
  if (typeof value !== 'object' || value === null) return 0;
  const items = Object.values(value);
  return items.reduce<number>((sum, item) => sum + sizeOf(item), Array.isArray(value) ? value.length : 0);
}

function feed(bytes: Uint8Array): void {
  const size = sizeOf(readMessage(MODEL, bytes, 'hostile.onnx'));
  if (size > bytes.length) throw new Error(`accepted although it holds ${size} items in ${bytes.length} bytes`);
}

export const onnxSuite: HostileSuite = {
  name: 'onnx messages',
  cases: edits.map((list) => {
    const damaged = editBytes(SOUND, list);
    return { label: JSON.stringify(list), feed: () => feed(damaged) };
  }),
};
