/**
 * The page in a real browser: `npm run test:page` checks it and prints "N passed", with `-- --only TEXT` those checks
 * alone whose name has the text; `-- --screens FOLDER` takes screenshots instead, `-- --times` measures the time to the
 * first pair in `--rounds N`. Exits with 1 where anything fails, and with 3 where Chromium or its driver cannot be had:
 * a test that did not run has not passed. With TEST_RESULTS=FILE the counts are written there too.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { servePage } from '../../scripts/demo.js';

const folder = fileURLToPath(new URL('.', import.meta.url));

/** The exit code that says: nothing was tested. */
const UNAVAILABLE = 3;

/** Installs the packages of this folder where they are missing. False where that fails. */
function installPackages() {
  if (existsSync(`${folder}node_modules/playwright-core`) && existsSync(`${folder}node_modules/axe-core`)) return true;
  console.error('Installing what drives the browser …');
  const options = { cwd: folder, stdio: ['ignore', 2, 2] };
  return spawnSync('npm', ['ci', '--no-audit', '--no-fund'], options).status === 0;
}

/** Ends the process where something cannot be had. */
function requireInstalled(installed, what) {
  if (installed) return;
  console.error(`\n*** test:page DID NOT RUN: cannot be installed here: ${what}. ***\n`);
  process.exit(UNAVAILABLE);
}

const { values: options } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    screens: { type: 'string' },
    times: { type: 'boolean' },
    rounds: { type: 'string', default: '5' },
  },
});

requireInstalled(installPackages(), 'the packages of test/page/package-lock.json');
const { installChromium, startBrowser } = await import('./browser.js');
requireInstalled(installChromium(), 'chromium (Debian: apt-get install chromium)');
const { browser, close } = await startBrowser();
const isolated = await servePage({ port: 0 });
const plain = await servePage({ port: 0, isolated: false });
try {
  if (options.screens) {
    const { takeScreens } = await import('./screens.js');
    await takeScreens(browser, isolated.address, options.screens);
  } else if (options.times) {
    const { measureTimes } = await import('./times.js');
    await measureTimes(browser, isolated.address, Number(options.rounds));
  } else {
    const { runChecks } = await import('./checks.js');
    const addresses = { isolated: isolated.address, plain: plain.address };
    const { passed, failed } = await runChecks(browser, addresses, options.only);
    const counts = { numPassedTests: passed, numFailedTests: failed };
    if (process.env.TEST_RESULTS) writeFileSync(process.env.TEST_RESULTS, `${JSON.stringify(counts)}\n`);
    process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
  }
} finally {
  isolated.close();
  plain.close();
  await close();
}
