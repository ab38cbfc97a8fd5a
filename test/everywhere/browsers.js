/** Headless browsers from Debian's packages, started on a page and ended when it has posted its result. */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Programs and arguments; each run has a profile of its own. */
const BROWSERS = {
  chromium: {
    program: '/usr/bin/chromium',
    args: (profile) => [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--disable-dev-shm-usage',
      `--user-data-dir=${profile}`,
    ],
    prepare: () => {},
  },
  firefox: {
    program: '/usr/bin/firefox-esr',
    args: (profile) => ['--headless', '--no-remote', '--profile', profile],
    prepare(profile) {
      const preferences = {
        'app.update.enabled': false,
        'browser.shell.checkDefaultBrowser': false,
        'browser.startup.homepage_override.mstone': 'ignore',
        'datareporting.policy.dataSubmissionEnabled': false,
        'network.captive-portal-service.enabled': false,
        'network.connectivity-service.enabled': false,
        'services.settings.server': '',
        'toolkit.telemetry.reportingpolicy.firstRun': false,
      };
      const lines = Object.entries(preferences).map(
        ([name, value]) => `user_pref("${name}", ${JSON.stringify(value)});`,
      );
      writeFileSync(join(profile, 'user.js'), `${lines.join('\n')}\n`);
    },
  },
};

/** True where a browser is installed. */
export function hasBrowser(name) {
  return existsSync(BROWSERS[name].program);
}

/** Opens a page and gives what `result` resolves with. Throws where that takes longer than `timeoutMs`. */
export async function openPage(name, address, result, timeoutMs = 120_000) {
  const { program, args, prepare } = BROWSERS[name];
  const profile = mkdtempSync(join(tmpdir(), 'mobilefacenet-browser-'));
  prepare(profile);
  const child = spawn(program, [...args(profile), address], { stdio: ['ignore', 'ignore', 'pipe'], detached: true });
  let said = '';
  child.stderr.on('data', (text) => {
    said = `${said}${text}`.slice(-2000);
  });
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${name} has no result after ${timeoutMs} ms: ${said}`)), timeoutMs);
    child.once('exit', (code) => reject(new Error(`${name} ended with code ${code}: ${said}`)));
  });
  const exited = new Promise((resolve) => child.once('exit', resolve));
  try {
    return await Promise.race([result, late]);
  } finally {
    clearTimeout(timer);
    late.catch(() => {});
    try {
      process.kill(-child.pid, 'SIGKILL');
    } catch {
      // It has ended already.
    }
    await exited;
    rmSync(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}
