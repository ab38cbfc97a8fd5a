/** The script of a pool's thread: loads the networks, then answers one task after the other. */
import { parentPort, workerData } from 'node:worker_threads';
import { FaceVerifier } from '../../face/verifier.js';
import { decodeImage } from '../../image/decode.js';
import { type FaceTask, printError, type TaskResult, type ThreadMessage, type ThreadSettings } from './messages.js';

const { model, detector, pixelLimit } = workerData as ThreadSettings;

function say(message: ThreadMessage): void {
  parentPort!.postMessage(message);
}

async function perform(verifier: FaceVerifier, { kind, image, options }: FaceTask): Promise<TaskResult> {
  const pixels = await decodeImage(image, 'image', { pixelLimit });
  if (kind === 'embed') return verifier.embed(pixels, options);
  const { width, height } = pixels;
  return { width, height, faces: await verifier.detect(pixels, options) };
}

try {
  const verifier = await FaceVerifier.load({ model, detector });
  parentPort!.on('message', (task: FaceTask) => {
    perform(verifier, task).then(
      (result) => say({ result }),
      (error) => say({ error: printError(error) }),
    );
  });
  const { card, weights, embedder } = verifier;
  say({ ready: { card, weights, embeddingLength: embedder.embeddingLength } });
} catch (error) {
  say({ error: printError(error) });
}
