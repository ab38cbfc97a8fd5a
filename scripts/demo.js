/** Serves the demo page on this machine: `npm run demo -- [--port N]`. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { buildPage, PAGE_FOLDER, POLICY } from './buildPage.js';
import { root } from './outputs.js';

const DEFAULT_PORT = 8112;

const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.jpg': 'image/jpeg',
};

/** Two make the page cross-origin isolated, which threads need; the others keep everything to this server. */
const HEADERS = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
  'cross-origin-resource-policy': 'same-origin',
  'content-security-policy': `${POLICY}; frame-ancestors 'none'`,
  'permissions-policy': 'camera=(self), microphone=(), geolocation=()',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  // Browsers keep files and ask whether they changed.
  'cache-control': 'no-cache',
};

/** All files by their address, read once: nothing else can be asked for. */
function readFiles() {
  const folder = `${root}${PAGE_FOLDER}`;
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((path) => path.replaceAll('\\', '/'));
  const files = paths
    .filter((path) => statSync(`${folder}/${path}`).isFile())
    .map((path) => {
      const bytes = readFileSync(`${folder}/${path}`);
      const tag = `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`;
      return [`/${path}`, { bytes, tag, type: TYPES[extname(path)] ?? 'application/octet-stream' }];
    });
  const byAddress = new Map(files);
  byAddress.set('/', byAddress.get('/index.html'));
  return byAddress;
}

function answer(files, isolated, request, response) {
  const { 'cross-origin-opener-policy': opener, 'cross-origin-embedder-policy': embedder, ...plain } = HEADERS;
  const headers = isolated
    ? { ...plain, 'cross-origin-opener-policy': opener, 'cross-origin-embedder-policy': embedder }
    : plain;
  const file = files.get(new URL(request.url, 'http://localhost').pathname);
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.writeHead(405, { ...headers, allow: 'GET, HEAD' }).end();
  } else if (!file) {
    response.writeHead(404, { ...headers, 'content-type': 'text/plain' }).end('There is no such file.\n');
  } else if (request.headers['if-none-match'] === file.tag) {
    response.writeHead(304, { ...headers, etag: file.tag }).end();
  } else {
    const described = { ...headers, etag: file.tag, 'content-type': file.type, 'content-length': file.bytes.length };
    response.writeHead(200, described).end(request.method === 'HEAD' ? undefined : file.bytes);
  }
}

/**
 * Builds and serves the page on this machine alone. Port 0 is any free one; `isolated: false` leaves out the headers
 * that threads need. Gives the page's address and a way to stop.
 */
export async function servePage({ port = DEFAULT_PORT, isolated = true } = {}) {
  await buildPage();
  const files = readFiles();
  const server = createServer((request, response) => answer(files, isolated, request, response));
  await new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  return { address: `http://localhost:${server.address().port}/`, close };
}

function readPort() {
  const { values } = parseArgs({ options: { port: { type: 'string', default: String(DEFAULT_PORT) } } });
  const port = Number(values.port);
  if (Number.isInteger(port) && port >= 0 && port <= 65535) return port;
  throw new Error(`--port is "${values.port}"; accepted is a whole number from 0 to 65535.`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    const { address } = await servePage({ port: readPort() });
    console.log(`The page is at ${address} until you press Ctrl+C.`);
  } catch (error) {
    const advice = error.code === 'EADDRINUSE' ? ' Choose another with --port.' : '';
    console.error(`${error.message}${advice}`);
    process.exitCode = 2;
  }
}
