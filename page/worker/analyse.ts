/** One picture through all steps, each timed. */
import { encodePng, type FaceVerifier, ImageError, normaliseEmbedding } from '../../src/index.js';
import type { AnalyseRequest, Analysis } from './messages.js';
import { readPicture } from './readPicture.js';

/** Milliseconds since the call before. */
function stopwatch(): () => number {
  let begin = performance.now();
  return () => {
    const end = performance.now();
    const elapsedMs = end - begin;
    begin = end;
    return elapsedMs;
  };
}

/**
 * Finds, aligns and embeds a face; what the library recognises as an aligned crop is taken as it is.
 * Throws ImageError NO_FACE, and what `readPicture` and `FaceVerifier` throw.
 */
export async function analyse(verifier: FaceVerifier, { picture, face }: AnalyseRequest): Promise<Analysis> {
  const lap = stopwatch();
  const image = await readPicture(picture);
  const { width, height } = 'info' in image ? image.info : image;
  const decodeMs = lap();
  const isCrop = (await verifier.inputOf(image)) === 'crop';
  const faces = isCrop ? [] : await verifier.detect(image);
  const detectMs = lap();
  const chosen = Math.min(face ?? 0, Math.max(0, faces.length - 1));
  if (!isCrop && faces.length === 0) {
    throw new ImageError('NO_FACE', `no face is found in the picture of ${width}×${height} pixels.`);
  }
  const crop = await verifier.crop(image, isCrop ? { input: 'crop' } : { face: faces[chosen] });
  const alignMs = lap();
  const embedding = normaliseEmbedding(verifier.embedder.embed(crop.image));
  const embedMs = lap();
  const png = new Blob([new Uint8Array(await encodePng(crop.image))], { type: 'image/png' });
  return {
    width,
    height,
    faces,
    chosen,
    crop: png,
    quality: crop.quality,
    embedding: { embedding, weights: verifier.weights },
    timings: { decodeMs, detectMs, alignMs, embedMs },
  };
}
