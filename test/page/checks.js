/** Checks of the page, each in a browser context of its own, and the few lines that run them. */
import { strict as assert } from 'node:assert';
import { accessibilityChecks } from './accessibility.js';
import { comparingChecks } from './comparing.js';
import { keepingChecks } from './keeping.js';
import { precisionChecks } from './precisions.js';

const CHECKS = { ...comparingChecks, ...keepingChecks, ...precisionChecks, ...accessibilityChecks };

/** No check of these takes half as long on a slow machine. */
const TIMEOUT_MS = 60_000;

/** Runs one check; the page may neither fail on its own nor ask for anything of other servers. */
async function runCheck(browser, addresses, check) {
  const context = await browser.newContext();
  context.setDefaultTimeout(TIMEOUT_MS);
  const page = await context.newPage();
  const surprises = [];
  page.on('pageerror', (error) => surprises.push(`the page threw: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error' && !message.location().url.endsWith('missing')) surprises.push(message.text());
  });
  context.on('request', (request) => {
    const { protocol, host } = new URL(request.url());
    const own = Object.values(addresses).some((address) => new URL(address).host === host);
    if (!own && protocol !== 'blob:') surprises.push(`the page asked for ${request.url()}`);
    if (request.method() !== 'GET') surprises.push(`the page sent a ${request.method()} request`);
  });
  try {
    await check({ page, context, ...addresses });
    assert.deepEqual(surprises, []);
  } finally {
    await context.close();
  }
}

/** Runs the checks whose name has `only`, prints each, and prints and gives the counts. */
export async function runChecks(browser, addresses, only) {
  let [passed, failed] = [0, 0];
  for (const [name, check] of Object.entries(CHECKS).filter(([name]) => name.includes(only))) {
    try {
      await runCheck(browser, addresses, check);
      passed++;
      console.log(`ok      ${name}`);
    } catch (error) {
      failed++;
      console.log(`FAILED  ${name}\n${error.stack}`);
    }
  }
  console.log(failed > 0 ? `${passed} passed, ${failed} failed` : `${passed} passed`);
  return { passed, failed };
}
