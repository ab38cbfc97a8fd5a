/** Pixels from sharp and from a canvas go in as they are: `node pixels.mjs a.jpg b.jpg`. */
import { createCanvas, loadImage } from '@napi-rs/canvas';
import { FaceVerifier } from 'mobilefacenet';
import sharp from 'sharp';

const [first, second] = process.argv.slice(2);

const fromSharp = await sharp(first).rotate().raw().toBuffer({ resolveWithObject: true });

const image = await loadImage(second);
const context = createCanvas(image.width, image.height).getContext('2d');
context.drawImage(image, 0, 0);
const fromCanvas = context.getImageData(0, 0, image.width, image.height);

const verifier = await FaceVerifier.load();
const { similarity, same } = await verifier.verify(fromSharp, fromCanvas);
console.log(
  `${same === null ? 'not decided' : same ? 'same person' : 'different people'}, similarity ${similarity.toFixed(3)}`,
);
verifier.dispose();
