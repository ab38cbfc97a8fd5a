/** Headless Chromium with a camera that shows one of our samples. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const PROGRAM = '/usr/bin/chromium';
const SAMPLES = fileURLToPath(new URL('../../samples/', import.meta.url));

function run(command, args, options = {}) {
  return spawnSync(command, args, { stdio: ['ignore', 'ignore', 'inherit'], ...options }).status === 0;
}

/** Installs Debian's Chromium where it is missing. False where that fails. */
export function installChromium() {
  if (existsSync(PROGRAM)) return true;
  console.error('Installing the Debian package chromium …');
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  run('apt-get', ['update'], { env });
  run('apt-get', ['install', '-y', '--no-install-recommends', 'chromium', 'fonts-dejavu-core'], { env });
  return existsSync(PROGRAM);
}

/** A video of one picture over and over, in the form that Chromium takes for a camera. */
function writeCamera(folder) {
  const file = join(folder, 'camera.mjpeg');
  const frame = readFileSync(`${SAMPLES}person-a-2.jpg`);
  writeFileSync(file, Buffer.concat(Array(30).fill(frame)));
  return file;
}

/** Starts Chromium, which must be there; `close` ends it and removes what it wrote. */
export async function startBrowser() {
  const { chromium } = await import('playwright-core');
  const folder = mkdtempSync(join(tmpdir(), 'mobilefacenet-page-'));
  const browser = await chromium.launch({
    executablePath: PROGRAM,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-dev-shm-usage',
      '--disable-background-networking',
      '--use-fake-device-for-media-stream',
      `--use-file-for-fake-video-capture=${writeCamera(folder)}`,
    ],
  });
  const close = async () => {
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  };
  return { browser, close };
}
