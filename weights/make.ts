/**
 * Makes the default model file from trained float32 weights and the card beside this file:
 * `node scripts/run.js weights/make.ts SOURCE.safetensors weights/mobilefacenet.safetensors`.
 * The card must name the source's SHA-256, so that accuracy and threshold never describe other weights.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { InputError, ModelError } from '../src/errors.js';
import { exportNative } from '../src/formats/native.js';
import { parseSafetensors } from '../src/formats/safetensors.js';
import { sha256 } from '../src/formats/sha256.js';
import { parseCard } from '../src/model/parseCard.js';
import { mobileFaceNet } from '../src/networks/mobileFaceNet.js';
import { namedWeights } from '../src/networks/weightSource.js';

const CARD = 'weights/card.json';

const [source, target, ...rest] = process.argv.slice(2);
if (!source || !target || rest.length > 0) {
  throw new InputError('USAGE', 'weights/make.ts takes SOURCE.safetensors and TARGET.safetensors.');
}
const bytes = new Uint8Array(await readFile(source));
const hash = await sha256(bytes);
const card = parseCard(await readFile(CARD, 'utf8'), CARD);
if (!card.provenance?.includes(hash)) {
  throw new ModelError('CARD_MISMATCH', `${source}: SHA-256 ${hash} is not the one that ${CARD} describes.`);
}
const graph = mobileFaceNet(namedWeights(parseSafetensors(bytes, source).tensors));
const model = { format: 'native', graphs: new Map([['embed', graph]]), card } as const;
const file = await exportNative(model, { storage: 'float16' });
await writeFile(target, file);
console.log(`${target}: ${file.length} bytes, SHA-256 ${await sha256(file)}`);
