/**
 * `npm run bench:scale [-- PART …] [--quick] [--write]`: galleries, workers and the service measured on this machine, as
 * tables. Parts are embedded, postgres, workers and service; all where none is named. `--quick` measures little, to see
 * that it works; `--write` puts the tables into docs/scale.md. Everything it starts runs beside it on the same cores.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { installDependencies, installPackage, installRedis } from '../install.js';

const DOCUMENT = new URL('../../../docs/scale.md', import.meta.url);

const PARTS = {
  embedded: async (sizes) => (await import('./embedded.js')).benchEmbedded(sizes),
  postgres: async (sizes) => (await import('./postgres.js')).benchPostgres(sizes),
  workers: async (sizes) => (await import('./workers.js')).benchWorkers(sizes),
  service: async (sizes) => (await import('./service.js')).benchService(sizes),
};

const FULL = {
  embeddedSizes: [10_000, 100_000, 1_000_000],
  postgresSizes: [10_000, 100_000],
  queries: 100,
  pictures: 400,
  loadSeconds: 5,
  rounds: 3,
};
const QUICK = {
  embeddedSizes: [1000, 10_000],
  postgresSizes: [1000],
  queries: 20,
  pictures: 40,
  loadSeconds: 1,
  rounds: 1,
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { quick: { type: 'boolean' }, write: { type: 'boolean' } },
});
const unknown = positionals.find((name) => !(name in PARTS));
if (unknown || (values.quick && values.write)) {
  const wrong = unknown ? `"${unknown}" is no part` : 'quick measurements are not written';
  console.error(`bench:scale: ${wrong}; parts are ${Object.keys(PARTS).join(', ')}.`);
  process.exit(2);
}
if (!installDependencies() || !installRedis()) {
  console.error('bench:scale cannot run: the packages of test/scale/package-lock.json and redis-server are needed.');
  process.exit(3);
}
installPackage();

function printTable({ title, head, rows }) {
  const lines = [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`);
  return `${title}:\n\n${lines.join('\n')}\n`;
}

/** Where and when, and how busy the machine was before: a figure near its cores says that others worked too. */
function describeMachine() {
  const machine = `${availableParallelism()} cores of ${cpus()[0].model.trim()}, Node ${process.version}`;
  return `${new Date().toISOString().slice(0, 10)}, ${machine}, load ${loadavg()[0].toFixed(1)} before`;
}

/** Puts a part's tables between its two marks. */
function writeTables(name, text) {
  const document = readFileSync(DOCUMENT, 'utf8');
  const [begin, end] = [`<!-- bench:scale ${name} -->\n`, `<!-- end of ${name} -->`];
  const [before, after] = [document.indexOf(begin), document.indexOf(end)];
  if (before < 0 || after < before) throw new Error(`docs/scale.md has no place for the tables of ${name}.`);
  writeFileSync(DOCUMENT, `${document.slice(0, before)}${begin}${text}${document.slice(after)}`);
}

for (const [name, bench] of Object.entries(PARTS)) {
  if (positionals.length > 0 && !positionals.includes(name)) continue;
  const machine = describeMachine();
  const beginMs = performance.now();
  const tables = await bench(values.quick ? QUICK : FULL);
  const text = `${machine}.\n\n${tables.map(printTable).join('\n')}`;
  console.log(`\n${text}\n${name}: measured in ${((performance.now() - beginMs) / 1000).toFixed(0)} s`);
  if (values.write) writeTables(name, text);
}
