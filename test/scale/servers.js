/** The servers of the tests and benchmarks: PostgreSQL with pgvector, and Redis, each a process on a free port of this machine. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const POSTGRES_SERVER = fileURLToPath(new URL('postgresServer.js', import.meta.url));

/** How long a server may take to answer. */
const PATIENCE_MS = 60_000;

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

async function untilListening(port, child) {
  const endMs = performance.now() + PATIENCE_MS;
  while (performance.now() < endMs && child.exitCode === null) {
    const socket = connect(port, '127.0.0.1');
    const isOpen = await Promise.race([
      once(socket, 'connect').then(
        () => true,
        () => false,
      ),
      delay(1000, false, { ref: false }),
    ]);
    socket.destroy();
    if (isOpen) return;
    await delay(50);
  }
  throw new Error(`The server on port ${port} does not answer.`);
}

/** Ends a process and waits for its end. */
async function end(child, signal) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill(signal);
  await exit;
}

/** Starts PGlite with pgvector in a process of its own, or takes the server that `DATABASE_URL` names. */
export async function startPostgres() {
  if (process.env.DATABASE_URL) return { url: process.env.DATABASE_URL, stop: async () => {} };
  const child = spawn(process.execPath, [POSTGRES_SERVER], { stdio: ['pipe', 'pipe', 'inherit'] });
  const [line] = await Promise.race([
    once(child.stdout, 'data'),
    once(child, 'exit').then(() => Promise.reject(new Error('PGlite ended before it answered.'))),
  ]);
  return { url: JSON.parse(String(line)).url, pid: child.pid, stop: () => end(child, 'SIGTERM') };
}

/** Starts Redis with an append-only file, so that a restart finds all that was acknowledged. */
export async function startRedis() {
  const folder = mkdtempSync(join(tmpdir(), 'mobilefacenet-redis-'));
  const port = await freePort();
  const persistence = ['--appendonly', 'yes', '--appendfsync', 'always', '--save', ''];
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, ...persistence];
  let child;
  async function start() {
    child = spawn('redis-server', [...args, '--maxmemory-policy', 'noeviction'], { stdio: 'ignore' });
    await untilListening(port, child);
  }
  await start();
  return {
    url: `redis://127.0.0.1:${port}`,
    /** Ends it by a signal and starts it again on the same port and file. */
    async restart(signal, pauseMs = 0) {
      await end(child, signal);
      await delay(pauseMs);
      await start();
    },
    async stop() {
      await end(child, 'SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
