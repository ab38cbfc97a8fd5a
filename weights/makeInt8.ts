/**
 * Makes the default int8 file from what `quantize` made of the default weights and the card beside this file:
 * `node scripts/run.js weights/makeInt8.ts QUANTISED.safetensors weights/mobilefacenet-int8.safetensors`.
 * The card must name the hashes of both, so that accuracy and threshold never describe other weights. The embedding
 * that goes into mobilefacenet-int8.golden.json is computed by the operators' integer references, not by the kernels.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { referenceValues } from '../src/build/reference.js';
import { InputError, ModelError } from '../src/errors.js';
import { exportNative, importNative } from '../src/formats/native.js';
import { sha256 } from '../src/formats/sha256.js';
import { decodeImage } from '../src/image/decode.js';
import { normaliseImages } from '../src/image/normalise.js';
import { parseCard } from '../src/model/parseCard.js';

const CARD = 'weights/mobilefacenet-int8.card.json';
const DEFAULT = 'weights/mobilefacenet.safetensors';
const GOLDEN = 'weights/mobilefacenet-int8.golden.json';
const SAMPLE = 'samples/aligned-a-1.png';

const [source, target, ...rest] = process.argv.slice(2);
if (!source || !target || rest.length > 0) {
  throw new InputError('USAGE', 'weights/makeInt8.ts takes QUANTISED.safetensors and TARGET.safetensors.');
}
const { graphs, card: made } = await importNative(await readFile(source), source);
const { card: original } = await importNative(await readFile(DEFAULT), DEFAULT);
const card = parseCard(await readFile(CARD, 'utf8'), CARD);
if (!made.provenance?.includes(original.sha256!)) {
  throw new ModelError('CARD_MISMATCH', `${source}: was not quantised from ${DEFAULT}, ${original.sha256}.`);
}
for (const hash of [original.sha256!, made.sha256!]) {
  if (card.provenance?.includes(hash)) continue;
  throw new ModelError('CARD_MISMATCH', `${CARD}: does not name ${hash}, the tensors of ${DEFAULT} or ${source}.`);
}
const file = await exportNative({ format: 'native', graphs, card }, { storage: 'float16' });
await writeFile(target, file);
console.log(`${target}: ${file.length} bytes, SHA-256 ${await sha256(file)}`);

const image = await decodeImage(await readFile(SAMPLE), SAMPLE);
const values = referenceValues(graphs.get('embed')!, { input: normaliseImages([image], card.input!) });
const embedding = Array.from(Float32Array.from(values.get('embedding')!.data));
await writeFile(GOLDEN, `${JSON.stringify({ image: SAMPLE, weights: made.sha256, embedding }, undefined, 1)}\n`);
