/**
 * A Cloudflare Worker: POST { "a": BASE64, "b": BASE64 }. In wrangler's configuration a rule
 * of type Data for files that end in `.safetensors` makes the weights importable.
 */
import { FaceVerifier } from 'mobilefacenet';
import model from 'mobilefacenet/weights/mobilefacenet.safetensors';
import detector from 'mobilefacenet/weights/mtcnn.safetensors';

const fromBase64 = (text) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0));

/** Loaded with the first request: Workers compute nothing before. */
let loading;

export default {
  async fetch(request) {
    loading ??= FaceVerifier.load({ model: new Uint8Array(model), detector: new Uint8Array(detector) });
    const verifier = await loading;
    const { a, b } = await request.json();
    try {
      const { similarity, same } = await verifier.verify(fromBase64(a), fromBase64(b));
      return Response.json({ similarity, same });
    } catch (error) {
      return Response.json({ error: error.code }, { status: 422 });
    }
  },
};
