/** The conformance body in raw workerd: a bundle, the modules that it imports, and a configuration that names both. */
import { spawn } from 'node:child_process';
import { copyFileSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { basename, join } from 'node:path';
import { build } from 'esbuild';
import { MATERIALS } from './conformance.js';
import { programOf } from './programs.js';

const COMPATIBILITY_DATE = '2026-01-01';

/** Copies every imported `.wasm` file into `out` and leaves its import to the runtime. */
function wasmModules(out, names) {
  return {
    name: 'wasm-modules',
    setup({ onResolve, resolve }) {
      onResolve({ filter: /\.wasm(\?module)?$/ }, async ({ path, pluginData, ...rest }) => {
        if (pluginData === 'resolved') return undefined;
        const options = {
          kind: rest.kind,
          importer: rest.importer,
          resolveDir: rest.resolveDir,
          pluginData: 'resolved',
        };
        const found = await resolve(path.replace('?module', ''), options);
        if (found.errors.length > 0) return { errors: found.errors };
        const name = basename(found.path);
        copyFileSync(found.path, join(out, name));
        names.add(name);
        return { path: name, external: true };
      });
    },
  };
}

/** Copies imported weights into `out` as modules of data. */
function weightModules(out, names) {
  return {
    name: 'weight-modules',
    setup({ onResolve, resolve }) {
      onResolve({ filter: /\.safetensors$/ }, async ({ path, kind, importer, resolveDir, pluginData }) => {
        if (pluginData === 'resolved') return undefined;
        const found = await resolve(path, { kind, importer, resolveDir, pluginData: 'resolved' });
        if (found.errors.length > 0) return { errors: found.errors };
        const name = basename(found.path);
        copyFileSync(found.path, join(out, name));
        names.add(name);
        return { path: name, external: true };
      });
    },
  };
}

/** The module `materials`: every file of the conformance body by its name, each embedded as data. */
function materialsModule(checkout, out) {
  const lines = MATERIALS.map((name, index) => {
    copyFileSync(join(checkout, name), join(out, `material${index}`));
    return `import m${index} from 'material${index}';`;
  });
  const entries = MATERIALS.map((name, index) => `${JSON.stringify(name)}: m${index}`);
  return `${lines.join('\n')}\nexport default { ${entries.join(', ')} };\n`;
}

function configuration(port, wasm, data) {
  const modules = [
    '(name = "main", esModule = embed "main.js")',
    ...[...wasm].map((name) => `(name = "${name}", wasm = embed "${name}")`),
    ...[...data].map((name) => `(name = "${name}", data = embed "${name}")`),
  ];
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = .main)],
  sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "main")]
);
const main :Workerd.Worker = (
  modules = [${modules.join(',\n    ')}],
  compatibilityDate = "${COMPATIBILITY_DATE}"
);
`;
}

async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function ask(address, request, child, timeoutMs) {
  let said = '';
  let ended = false;
  child.stderr.on('data', (text) => {
    said = `${said}${text}`.slice(-1500);
  });
  child.once('exit', () => {
    ended = true;
  });
  const signal = AbortSignal.timeout(timeoutMs);
  for (;;) {
    try {
      const response = await fetch(address, { ...request, signal });
      if (!response.ok) throw new Error(`workerd answers ${response.status}: ${said}`);
      return await response.json();
    } catch (error) {
      // Until the socket listens there is nobody to connect to.
      const waiting = error.cause?.code === 'ECONNREFUSED' && !ended;
      if (!waiting || signal.aborted) throw new Error(`${error.message}: ${said}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

/** Bundles a Worker for the given condition, with the modules that it imports; gives the names of both kinds. */
async function bundleWorker(entry, out, condition) {
  const [wasm, data] = [new Set(), new Set()];
  mkdirSync(out, { recursive: true });
  await build({
    entryPoints: { main: entry },
    outdir: out,
    bundle: true,
    format: 'esm',
    platform: 'neutral',
    mainFields: ['module', 'main'],
    conditions: [condition],
    external: ['material*'],
    plugins: [wasmModules(out, wasm), weightModules(out, data)],
    logLevel: 'error',
  });
  return { wasm, data };
}

/** Serves the Worker `entry` in workerd while it answers one request, and gives the answer. */
export async function serveWorker(entry, out, condition, request, timeoutMs = 120_000) {
  const { wasm, data } = await bundleWorker(entry, out, condition);
  for (const name of readdirSync(out)) if (/^material\d+$/.test(name)) data.add(name);
  const port = await freePort();
  writeFileSync(join(out, 'config.capnp'), configuration(port, wasm, data));
  const child = spawn(programOf('workerd'), ['serve', 'config.capnp'], {
    cwd: out,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  try {
    return await ask(`http://127.0.0.1:${port}/`, request, child, timeoutMs);
  } finally {
    child.kill('SIGKILL');
  }
}

/** The conformance body in workerd: `worker.js` below `folder`, with its materials as modules of data. */
export async function runInWorkerd(checkout, folder, condition) {
  const out = join(folder, `out-${condition}`);
  mkdirSync(out, { recursive: true });
  writeFileSync(join(folder, 'materials.js'), materialsModule(checkout, out));
  return serveWorker(join(folder, 'worker.js'), out, condition, {});
}
