/**
 * The page in a real browser: `npm run test:page` checks it and prints "N passed", with `-- --only TEXT` those checks
 * alone whose name has the text; `-- --screens FOLDER` takes screenshots instead, `-- --times` measures the time to the
 * first pair in `--rounds N`. Exits with 1 where anything fails.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { servePage } from '../../scripts/demo.js';

const folder = fileURLToPath(new URL('.', import.meta.url));

function install() {
  if (existsSync(`${folder}node_modules/playwright-core`) && existsSync(`${folder}node_modules/axe-core`)) return;
  console.error('Installing what drives the browser …');
  const options = { cwd: folder, stdio: ['ignore', 2, 2] };
  const { status } = spawnSync('npm', ['ci', '--no-audit', '--no-fund'], options);
  if (status !== 0) throw new Error('npm ci failed in test/page: nothing was tested.');
}

const { values: options } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    screens: { type: 'string' },
    times: { type: 'boolean' },
    rounds: { type: 'string', default: '5' },
  },
});

install();
const { startBrowser } = await import('./browser.js');
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
    const failed = await runChecks(browser, { isolated: isolated.address, plain: plain.address }, options.only);
    process.exitCode = failed > 0 ? 1 : 0;
  }
} finally {
  isolated.close();
  plain.close();
  await close();
}
