/** Compares two pictures on Node, Deno or Bun: `node compare.mjs a.jpg b.jpg`, `deno run -A …`, `bun …`. */
import { readFile } from 'node:fs/promises';
import { FaceVerifier } from 'mobilefacenet';

const [first, second] = process.argv.slice(2);
const verifier = await FaceVerifier.load();
const { similarity, same } = await verifier.verify(await readFile(first), await readFile(second));
console.log(
  `${same === null ? 'not decided' : same ? 'same person' : 'different people'}, similarity ${similarity.toFixed(3)}`,
);
verifier.dispose();
