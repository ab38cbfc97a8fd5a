/** The conformance body in raw workerd: a bundle, the modules that it imports, and a configuration that names both. */
import { spawn } from 'node:child_process';
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
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

/** The module `materials`: every file of the conformance body by its name, each embedded as data. */
function materialsModule(checkout, out) {
  const lines = MATERIALS.map((name, index) => {
    copyFileSync(join(checkout, name), join(out, `material${index}`));
    return `import m${index} from 'material${index}';`;
  });
  const entries = MATERIALS.map((name, index) => `${JSON.stringify(name)}: m${index}`);
  return `${lines.join('\n')}\nexport default { ${entries.join(', ')} };\n`;
}

function configuration(port, wasm) {
  const modules = [
    '(name = "main", esModule = embed "main.js")',
    '(name = "materials", esModule = embed "materials.js")',
    ...[...wasm].map((name) => `(name = "${name}", wasm = embed "${name}")`),
    ...MATERIALS.map((_, index) => `(name = "material${index}", data = embed "material${index}")`),
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

async function ask(address, child, timeoutMs) {
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
      const response = await fetch(address, { signal });
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

/** Bundles `worker.js` below `folder` for the given condition, serves it and gives its result. */
export async function runInWorkerd(checkout, folder, condition, { timeoutMs = 120_000 } = {}) {
  const out = join(folder, `out-${condition}`);
  mkdirSync(out, { recursive: true });
  const wasm = new Set();
  await build({
    entryPoints: { main: join(folder, 'worker.js') },
    outdir: out,
    bundle: true,
    format: 'esm',
    platform: 'neutral',
    mainFields: ['module', 'main'],
    conditions: [condition],
    external: ['materials'],
    plugins: [wasmModules(out, wasm)],
    logLevel: 'error',
  });
  writeFileSync(join(out, 'materials.js'), materialsModule(checkout, out));
  const port = await freePort();
  writeFileSync(join(out, 'config.capnp'), configuration(port, wasm));
  const child = spawn(programOf('workerd'), ['serve', 'config.capnp'], {
    cwd: out,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  try {
    return await ask(`http://127.0.0.1:${port}/`, child, timeoutMs);
  } finally {
    child.kill('SIGKILL');
  }
}
