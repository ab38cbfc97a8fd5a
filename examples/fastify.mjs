/**
 * A Fastify endpoint whose faces are compared on a worker thread, so that the server answers meanwhile:
 * `node fastify.mjs [PORT]`, then POST { "a": BASE64, "b": BASE64 } to /verify.
 */
import { isMainThread, parentPort, Worker } from 'node:worker_threads';
import fastify from 'fastify';
import { FaceVerifier } from 'mobilefacenet';

async function serveFaces(port) {
  const verifier = await FaceVerifier.load();
  port.on('message', async ({ id, a, b }) => {
    try {
      const { similarity, same } = await verifier.verify(a, b);
      port.postMessage({ id, body: { similarity, same } });
    } catch (error) {
      port.postMessage({ id, error: error.code ?? 'UNKNOWN' });
    }
  });
}

function startFaces() {
  const worker = new Worker(new URL(import.meta.url));
  const waiting = new Map();
  let next = 0;
  worker.on('message', ({ id, ...answer }) => {
    waiting.get(id)(answer);
    waiting.delete(id);
  });
  return (a, b) =>
    new Promise((resolve) => {
      const id = next++;
      waiting.set(id, resolve);
      worker.postMessage({ id, a, b });
    });
}

async function startServer(port) {
  const verify = startFaces();
  const server = fastify({ bodyLimit: 20_000_000 });
  const body = {
    type: 'object',
    required: ['a', 'b'],
    properties: { a: { type: 'string' }, b: { type: 'string' } },
  };
  server.post('/verify', { schema: { body } }, async (request, reply) => {
    const [a, b] = [request.body.a, request.body.b].map((text) => Buffer.from(text, 'base64'));
    const answer = await verify(a, b);
    return answer.error ? reply.code(422).send({ error: answer.error }) : answer.body;
  });
  console.log(await server.listen({ port, host: '127.0.0.1' }));
}

if (isMainThread) await startServer(Number(process.argv[2] ?? 0));
else await serveFaces(parentPort);
