/**
 * Makes the default detector's file from trained float32 weights and the card beside this file:
 * `node scripts/run.js weights/makeDetector.ts SOURCE.safetensors weights/mtcnn.safetensors`.
 * The card must name the source's SHA-256, so that it never describes other weights.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { InputError, ModelError } from '../src/errors.js';
import { exportNative } from '../src/formats/native.js';
import { parseSafetensors } from '../src/formats/safetensors.js';
import { sha256 } from '../src/formats/sha256.js';
import { parseCard } from '../src/model/parseCard.js';
import { onet, pnet, rnet } from '../src/networks/mtcnn.js';
import { namedWeights } from '../src/networks/weightSource.js';

const CARD = 'weights/mtcnn.card.json';

const [source, target, ...rest] = process.argv.slice(2);
if (!source || !target || rest.length > 0) {
  throw new InputError('USAGE', 'weights/makeDetector.ts takes SOURCE.safetensors and TARGET.safetensors.');
}
const bytes = new Uint8Array(await readFile(source));
const hash = await sha256(bytes);
const card = parseCard(await readFile(CARD, 'utf8'), CARD);
if (!card.provenance?.includes(hash)) {
  throw new ModelError('CARD_MISMATCH', `${source}: SHA-256 ${hash} is not the one that ${CARD} describes.`);
}
const { tensors } = parseSafetensors(bytes, source);
const graphs = Object.entries({ pnet, rnet, onet }).map(([name, network]) => {
  const weights = namedWeights(tensors);
  return [name, network((tensor, shape) => weights(`${name}.${tensor}`, shape))] as const;
});
const file = await exportNative({ format: 'native', graphs: new Map(graphs), card }, { storage: 'float16' });
await writeFile(target, file);
console.log(`${target}: ${file.length} bytes, SHA-256 ${await sha256(file)}`);
