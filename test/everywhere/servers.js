/** The examples that serve: started, asked once with two pictures, and ended. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { programOf } from './programs.js';
import { serveWorker } from './workerd.js';

function requestOf(pictures) {
  const [a, b] = pictures.map((path) => readFileSync(path).toString('base64'));
  return { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ a, b }) };
}

function judge(answer) {
  if (answer.same !== true || !(answer.similarity > 0.5)) throw new Error(`it answers ${JSON.stringify(answer)}`);
  return { passed: ['the answer'], failed: [] };
}

/** The address that a server says when it listens. */
function addressOf(child) {
  return new Promise((resolve, reject) => {
    let said = '';
    const hear = (text) => {
      said += text;
      const address = /http:\/\/[\d.:]+/.exec(said)?.[0];
      if (address) resolve(address);
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.once('exit', (code) => reject(new Error(`it ended with code ${code}: ${said.slice(-1500)}`)));
  });
}

/** The Fastify endpoint: a good request, and one with a picture that is none. */
export async function askFastify(consumer, pictures) {
  const child = spawn(programOf('node22'), ['fastify.mjs'], { cwd: consumer, stdio: ['ignore', 'pipe', 'pipe'] });
  try {
    const address = `${await addressOf(child)}/verify`;
    const signal = AbortSignal.timeout(60_000);
    const request = requestOf(pictures);
    const result = judge(await (await fetch(address, { ...request, signal })).json());
    const bad = await fetch(address, { ...request, body: JSON.stringify({ a: 'AAAA', b: 'AAAA' }), signal });
    if (bad.status !== 422) throw new Error(`no picture is answered with ${bad.status}`);
    return { ...result, passed: [...result.passed, 'the refusal'] };
  } finally {
    child.kill('SIGKILL');
  }
}

/** The Worker in workerd. */
export async function askWorker(consumer, pictures) {
  const out = join(consumer, 'out-example');
  return judge(await serveWorker(join(consumer, 'example-worker.js'), out, 'workerd', requestOf(pictures)));
}
