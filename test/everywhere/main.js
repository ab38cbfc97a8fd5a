/**
 * `npm run test:everywhere [-- CELL …]`: packs the package, installs it into an empty folder, runs the conformance body
 * on every runtime and bundler and prints the matrix. CELL is a part of a cell's name; without any, all run, and the
 * table goes to the README with --write. Installs what is missing: the packages of this folder, and Debian's chromium and
 * firefox-esr, so it runs on Linux with glibc, on x64 and arm64 (tried on x64 alone). The exit code is 1 where a cell failed
 * or could not be run.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { hasBrowser } from './browsers.js';
import { formatMatrix, writeMatrix } from './matrix.js';
import { unsupportedMachine } from './programs.js';

const here = fileURLToPath(new URL('.', import.meta.url));
const checkout = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');

const DEBIAN_PACKAGES = { chromium: 'chromium', firefox: 'firefox-esr' };

function npm(args, cwd) {
  return execFileSync('npm', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
}

/** The packages of this folder, where those of the lockfile are not there. No install script is run. */
function installPackages() {
  const installed = join(here, 'node_modules/.package-lock.json');
  const stamp = join(here, 'node_modules/.installed');
  const wanted = readFileSync(join(here, 'package-lock.json'), 'utf8');
  if (existsSync(installed) && existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  console.error('Installing runtimes and bundlers into test/everywhere; this happens once …');
  npm(['ci', '--ignore-scripts'], here);
  writeFileSync(stamp, wanted);
}

/** Installs the browsers that are missing and gives why those that still are cannot be had. */
function installBrowsers() {
  const missing = Object.keys(DEBIAN_PACKAGES).filter((name) => !hasBrowser(name));
  if (missing.length === 0) return undefined;
  const packages = missing.map((name) => DEBIAN_PACKAGES[name]);
  console.error(`Installing Debian's ${packages.join(' and ')} …`);
  const apt = (args) => spawnSync('apt-get', args, { stdio: ['ignore', 'ignore', 'inherit'] }).status === 0;
  if (!apt(['update'])) return "Debian's packages cannot be reached";
  return apt(['install', '-y', '--no-install-recommends', ...packages])
    ? undefined
    : "Debian's packages fail to install";
}

/** An empty folder with the packed tarball installed, and the files of this folder that use it. */
function installTarball() {
  const consumer = mkdtempSync(join(tmpdir(), 'mobilefacenet-everywhere-'));
  const [{ filename }] = JSON.parse(
    npm(['pack', '--json', '--pack-destination', consumer], checkout).replace(/^[^[]*/, ''),
  );
  writeFileSync(join(consumer, 'package.json'), '{ "private": true, "type": "module" }\n');
  npm(
    ['install', '--no-audit', '--no-fund', '--loglevel=error', '--ignore-scripts', join(consumer, filename)],
    consumer,
  );
  for (const name of [
    'conformance.js',
    'run.mjs',
    'manual.mjs',
    'soak.mjs',
    'page.js',
    'worker.js',
    'choose.js',
    'visit.js',
  ]) {
    cpSync(join(here, name), join(consumer, name));
  }
  for (const name of ['compare.mjs', 'pixels.mjs', 'fastify.mjs', 'browser.html']) {
    cpSync(join(checkout, 'examples', name), join(consumer, name));
  }
  cpSync(join(checkout, 'examples/worker.js'), join(consumer, 'example-worker.js'));
  const { dependencies } = JSON.parse(readFileSync(join(checkout, 'examples/package.json'), 'utf8'));
  const wanted = Object.entries(dependencies).map(([name, version]) => `${name}@${version}`);
  npm(['install', '--no-audit', '--no-fund', '--loglevel=error', '--ignore-scripts', ...wanted], consumer);
  return consumer;
}

async function runCell({ name, browser, run }, unreachable) {
  if (browser && !hasBrowser(browser))
    return { name, state: 'missing', reason: unreachable ?? `${browser} is missing` };
  try {
    const result = await run();
    if (result.error) return { name, state: 'failed', reason: result.error };
    const [failed] = result.failed;
    if (failed) return { name, state: 'failed', reason: `${failed.name}: ${failed.reason}` };
    if (result.passed.length === 0) return { name, state: 'failed', reason: 'no case ran' };
    return { name, state: 'passed', result };
  } catch (error) {
    return { name, state: 'failed', reason: error.message };
  }
}

function describeOutcome({ name, state, reason, result }, elapsedMs) {
  const seconds = `${(elapsedMs / 1000).toFixed(1)} s`;
  if (state === 'passed')
    return `✓ ${name} (${result.build ?? 'example'}, threads ${result.threads ?? '-'}, ${seconds})`;
  return `✗ ${name}: ${state === 'missing' ? 'not run, ' : ''}${reason} (${seconds})`;
}

const wanted = process.argv.slice(2).filter((argument) => argument !== '--write');
const unsupported = unsupportedMachine();
if (unsupported) {
  console.error(`${unsupported}.`);
  process.exit(1);
}
installPackages();
const unreachable = installBrowsers();
if (unreachable) console.error(`\n*** ${unreachable}: cells in browsers are NOT RUN. ***\n`);
const consumer = installTarball();
const { makeCells } = await import('./cells.js');
const outcomes = [];
try {
  const cells = makeCells(checkout, consumer);
  for (const cell of cells.filter(({ name }) => wanted.length === 0 || wanted.some((part) => name.includes(part)))) {
    const begin = performance.now();
    const outcome = await runCell(cell, unreachable);
    console.log(describeOutcome(outcome, performance.now() - begin));
    outcomes.push(outcome);
  }
} finally {
  rmSync(consumer, { recursive: true, force: true });
}

const table = formatMatrix(outcomes.map((outcome) => ({ ...outcome, reason: outcome.reason?.split('\n')[0] })));
console.log(`\n${table}\n`);
if (process.argv.includes('--write') && wanted.length === 0) writeMatrix(join(checkout, 'README.md'), table);
const count = (state) => outcomes.filter((outcome) => outcome.state === state).length;
const counts = { passed: count('passed'), failed: count('failed'), missing: count('missing') };
mkdirSync(join(checkout, 'build'), { recursive: true });
writeFileSync(join(checkout, 'build/everywhere.json'), `${JSON.stringify({ ...counts, unreachable })}\n`);
console.log(`${counts.passed} cells passed, ${counts.failed} failed, ${counts.missing} could not be run`);
process.exitCode = counts.failed + counts.missing > 0 || counts.passed === 0 ? 1 : 0;
