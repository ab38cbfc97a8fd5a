/** The matrix: every runtime and bundler as a cell that gives the result of the conformance body. */
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openPage } from './browsers.js';
import { BUNDLERS, bundleForNode } from './bundlers.js';
import { servePages } from './pages.js';
import { programOf, runProgram } from './programs.js';
import { askFastify, askWorker } from './servers.js';
import { runInWorkerd } from './workerd.js';

/** A policy that forbids `blob:` workers, inline scripts and `eval`, and allows what the README says is needed. */
const POLICY = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'";

function lastLine(output) {
  return JSON.parse(output.trim().split('\n').at(-1));
}

/** A test of the checkout on a newer Node than the one that `npm test` may run on. */
async function runTest(checkout, name, file) {
  const node = programOf(name);
  await runProgram(node, ['scripts/build.js', '--kernels'], { cwd: checkout });
  const args = ['node_modules/vitest/vitest.mjs', 'run', file, '--reporter=json'];
  // A TEST_RESULTS of whoever runs the matrix would send the report to that file, over the one that is there.
  const env = { ...process.env, TEST_RESULTS: '' };
  const { numPassedTests } = lastLine(await runProgram(node, args, { cwd: checkout, env, timeoutMs: 400_000 }));
  return { build: 'wide', threads: 1, passed: Array.from({ length: numPassedTests }, () => file), failed: [] };
}

/** Cells on runtimes with a file system; `consumer` is the folder where the tarball is installed. */
function programCells({ checkout, consumer }) {
  const run = (name, args, timeoutMs) => async () =>
    lastLine(await runProgram(programOf(name), args, { cwd: consumer, timeoutMs }));
  const nodes = ['20', '22', '24', '26'].map((version) => ({
    name: `Node ${version}`,
    run: run(`node${version}`, ['run.mjs', checkout]),
  }));
  return [
    ...nodes,
    { name: 'Deno', run: run('deno', ['run', '-A', '--node-modules-dir=manual', 'run.mjs', checkout]) },
    { name: 'Bun', run: run('bun', ['run', 'run.mjs', checkout]) },
    { name: 'Node 24, kernels given as modules', run: run('node24', ['manual.mjs', checkout]) },
    {
      name: 'Node 24, every kernel with vectors joined',
      run: () => runTest(checkout, 'node24', 'test/kernels/wide.test.ts'),
    },
    {
      name: 'Node 24, 10,000 embeddings in flat memory',
      run: run('node24', ['--expose-gc', 'soak.mjs', checkout], 600_000),
    },
    { name: 'workerd', run: () => runInWorkerd(checkout, consumer, 'workerd') },
    { name: 'workerd, entry for `edge-light`', run: () => runInWorkerd(checkout, consumer, 'edge-light') },
  ];
}

/** A page of `folder` in a browser, with the headers of `options`. */
async function page(
  browser,
  { checkout, consumer, demo },
  folder,
  { file = 'index.html', query = '', ...options } = {},
) {
  const { origin, result, close } = await servePages({ checkout, consumer, demo, page: folder }, options);
  try {
    return await openPage(browser, `${origin}/page/${file}${query}`, result);
  } finally {
    close();
  }
}

/** The page without a bundler: an import map leads from the package's name to its folder. */
function writeUnbundled(consumer) {
  const folder = join(consumer, 'unbundled');
  mkdirSync(folder, { recursive: true });
  for (const name of ['page.js', 'conformance.js']) cpSync(join(consumer, name), join(folder, name));
  const installed = '/consumer/node_modules/mobilefacenet/dist';
  const map = JSON.stringify({ imports: { mobilefacenet: `${installed}/browser/index.js` } });
  const script = '<script type="module" src="./page.js"></script>\n';
  writeFileSync(join(folder, 'index.html'), `<!doctype html><script type="importmap">${map}</script>${script}`);
  // Policies without 'unsafe-inline' forbid import maps, so this page's imports are written out.
  writeFileSync(join(folder, 'strict.html'), '<!doctype html><script type="module" src="./strict.js"></script>\n');
  const strict = readFileSync(join(consumer, 'page.js'), 'utf8').replace(
    "'mobilefacenet'",
    `'${installed}/browser/index.js'`,
  );
  writeFileSync(join(folder, 'strict.js'), strict);
  return { folder, workerUrl: `${installed}/worker.js` };
}

function browserCells(places) {
  const { folder, workerUrl } = places.unbundled;
  const cells = [
    ['chromium', 'Chromium'],
    ['firefox', 'Firefox ESR'],
  ].flatMap(([browser, name]) => [
    { name, browser, run: () => page(browser, places, folder) },
    { name: `${name}, cross-origin isolated`, browser, run: () => page(browser, places, folder, { isolated: true }) },
  ]);
  const query = `?workerUrl=${encodeURIComponent(workerUrl)}`;
  const strict = { isolated: true, policy: POLICY, query, file: 'strict.html' };
  cells.push({
    name: 'Chromium, isolated, policy without `blob:` workers',
    browser: 'chromium',
    run: () => page('chromium', places, folder, strict),
  });
  return cells;
}

function bundlerCells(places) {
  const { consumer, checkout } = places;
  const inBrowser = Object.entries(BUNDLERS).map(([name, bundle]) => ({
    name: `${name}, in Chromium`,
    browser: 'chromium',
    async run() {
      const out = join(consumer, `out-${name.replace(' ', '-')}`);
      mkdirSync(out, { recursive: true });
      await bundle(consumer, out);
      return page('chromium', places, out, { isolated: true });
    },
  }));
  const inNode = {
    name: 'esbuild, in Node 24',
    async run() {
      await bundleForNode(consumer, join(consumer, 'bundled.mjs'));
      return lastLine(await runProgram(programOf('node24'), ['bundled.mjs', checkout], { cwd: consumer }));
    },
  };
  return [...inBrowser, inNode];
}

/** The page of `npm run demo` in a frame of a page that uses it; Chromium is driven further by `npm run test:page`. */
function demoPage(places) {
  const folder = join(places.consumer, 'out-visiting');
  mkdirSync(folder, { recursive: true });
  cpSync(join(places.consumer, 'visit.js'), join(folder, 'visit.js'));
  const frame = '<iframe src="/demo/index.html" width="1200" height="800"></iframe>';
  writeFileSync(join(folder, 'index.html'), `<!doctype html>${frame}<script src="./visit.js"></script>\n`);
  return {
    name: 'the page of `npm run demo`, in Firefox ESR',
    browser: 'firefox',
    async run() {
      await runProgram(process.execPath, ['scripts/buildPage.js'], { cwd: places.checkout });
      const demo = join(places.checkout, 'build/page');
      return page('firefox', { ...places, demo }, folder, { isolated: true });
    },
  };
}

/** examples/browser.html as it stands there, beside the folder of modules, in a frame of a page that uses it. */
function exampleInBrowser(places) {
  const folder = join(places.consumer, 'out-choosing');
  mkdirSync(folder, { recursive: true });
  cpSync(join(places.consumer, 'choose.js'), join(folder, 'choose.js'));
  const frame = '<iframe src="/consumer/browser.html"></iframe>';
  writeFileSync(join(folder, 'index.html'), `<!doctype html>${frame}<script src="./choose.js"></script>\n`);
  return [
    ['chromium', 'Chromium'],
    ['firefox', 'Firefox ESR'],
  ].map(([browser, name]) => ({
    name: `examples/browser.html, in ${name}`,
    browser,
    run: () => page(browser, places, folder),
  }));
}

/** The programs of examples/, as they stand there; each says that two sample pictures show the same person. */
function exampleCells({ checkout, consumer }) {
  const pictures = ['person-a-1.jpg', 'person-a-2.jpg'].map((name) => join(checkout, 'samples', name));
  const say = (name, args) => async () => {
    const said = await runProgram(programOf(name), [...args, ...pictures], { cwd: consumer });
    if (!/^same person, similarity 0\.\d{3}$/m.test(said)) throw new Error(`it says ${said}`);
    return { passed: ['the verdict'], failed: [] };
  };
  return [
    { name: 'examples/compare.mjs, in Node 22', run: say('node22', ['compare.mjs']) },
    {
      name: 'examples/compare.mjs, in Deno',
      run: say('deno', ['run', '-A', '--node-modules-dir=manual', 'compare.mjs']),
    },
    { name: 'examples/compare.mjs, in Bun', run: say('bun', ['run', 'compare.mjs']) },
    { name: 'examples/pixels.mjs (sharp and canvas), in Node 22', run: say('node22', ['pixels.mjs']) },
    { name: 'examples/fastify.mjs, in Node 22', run: () => askFastify(consumer, pictures) },
    { name: 'examples/worker.js, in workerd', run: () => askWorker(consumer, pictures) },
  ];
}

/** All cells in the order of the table. `browser` names the browser that a cell needs. */
export function makeCells(checkout, consumer) {
  const places = { checkout, consumer, unbundled: writeUnbundled(consumer) };
  return [
    ...programCells(places),
    ...browserCells(places),
    ...bundlerCells(places),
    ...exampleCells(places),
    ...exampleInBrowser(places),
    demoPage(places),
  ];
}
