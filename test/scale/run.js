/**
 * `npm run test:scale [-- FILTER …]`: the tests that need servers. Installs what is missing, then runs vitest.
 * Exits with 3 where a server or a dependency cannot be had on this machine, and says which.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { installDependencies, installPackage, installRedis } from './install.js';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** The exit code that says: nothing was tested. */
const UNAVAILABLE = 3;

const missing = [
  ...(installDependencies() ? [] : ['the packages of test/scale/package-lock.json']),
  ...(installRedis() ? [] : ['redis-server (Debian: apt-get install redis-server)']),
];
if (missing.length > 0) {
  console.error(`\n*** test:scale DID NOT RUN: cannot be installed here: ${missing.join('; ')}. ***\n`);
  process.exit(UNAVAILABLE);
}
installPackage();
const vitest = ['node_modules/vitest/vitest.mjs', 'run', '--config', 'test/scale/vitest.config.ts'];
const typecheck = spawnSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'test/scale'], {
  cwd: root,
  stdio: 'inherit',
});
const tests = spawnSync(process.execPath, [...vitest, ...process.argv.slice(2)], { cwd: root, stdio: 'inherit' });
process.exitCode = typecheck.status || tests.status ? 1 : 0;
