/** A server for the pages under test: files of some folders, headers as wanted, and the result that a page posts back. */
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';

const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css',
  '.js': 'text/javascript',
  '.svg': 'image/svg+xml',
  '.mjs': 'text/javascript',
  '.json': 'application/json',
  '.wasm': 'application/wasm',
  '.jpg': 'image/jpeg',
  '.png': 'image/png',
};

const ISOLATION = { 'cross-origin-opener-policy': 'same-origin', 'cross-origin-embedder-policy': 'require-corp' };

async function bodyOf(request) {
  const pieces = [];
  for await (const piece of request) pieces.push(piece);
  return Buffer.concat(pieces).toString('utf8');
}

/**
 * Serves the files of `folders`, by the first part of a path. `isolated` sends the headers of cross-origin isolation,
 * `policy` a Content-Security-Policy. `result` resolves with what a page posts to /result.
 */
export async function servePages(folders, { isolated = false, policy } = {}) {
  let receive;
  const result = new Promise((resolve) => {
    receive = resolve;
  });
  const headers = { ...(isolated ? ISOLATION : {}), ...(policy ? { 'content-security-policy': policy } : {}) };
  const answer = async (request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url, 'http://localhost').pathname));
    if (request.method === 'POST' && path === '/result') {
      receive(JSON.parse(await bodyOf(request)));
      response.writeHead(204).end();
      return;
    }
    const [, first, ...rest] = path.split('/');
    const folder = folders[first];
    try {
      if (!folder) throw new Error('unknown folder');
      const bytes = await readFile(join(folder, ...rest));
      response.writeHead(200, { ...headers, 'content-type': TYPES[extname(path)] ?? 'application/octet-stream' });
      response.end(bytes);
    } catch {
      response.writeHead(404, headers).end();
    }
  };
  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  return { origin: `http://localhost:${port}`, result, close };
}
