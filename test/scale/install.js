/** Installs what the tests of scale need beside them: their dependencies, and this package as users install it. */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
/** A file of every build. */
const BUILT = 'dist/cli.js';

const here = fileURLToPath(new URL('.', import.meta.url));

function run(program, args, cwd) {
  return spawnSync(program, args, { cwd, stdio: ['ignore', 2, 2] }).status === 0;
}

/** Whether the installed dependencies are those of the lockfile. */
function isInstalled() {
  const installed = join(here, 'node_modules/.package-lock.json');
  if (!existsSync(installed)) return false;
  const locked = JSON.parse(readFileSync(join(here, 'package-lock.json'), 'utf8')).packages;
  const { packages } = JSON.parse(readFileSync(installed, 'utf8'));
  return Object.entries(locked).every(
    ([path, { version, optional }]) => path === '' || optional || packages[path]?.version === version,
  );
}

/** Installs the dependencies where they are missing or others. Gives whether they are there. */
export function installDependencies() {
  return isInstalled() || run('npm', ['ci', '--ignore-scripts', '--omit=optional'], here);
}

/** Builds the package where it changed and puts it below node_modules/, where its peers are found. */
export function installPackage() {
  if (!run(process.execPath, ['scripts/build.js'], root)) throw new Error('The package cannot be built.');
  const target = join(here, 'node_modules/mobilefacenet');
  // The last file of a build says which build it is: a copy of the same may be in use.
  const builtMs = (folder) => (existsSync(join(folder, BUILT)) ? statSync(join(folder, BUILT)).mtimeMs : 0);
  if (builtMs(target) === builtMs(root)) return;
  rmSync(target, { recursive: true, force: true });
  mkdirSync(target, { recursive: true });
  for (const name of ['package.json', 'dist', 'weights', 'samples']) {
    cpSync(join(root, name), join(target, name), { recursive: true, preserveTimestamps: true });
  }
}

/** Whether there is a Redis to start; Debian's package is installed where that is possible. */
export function installRedis() {
  const has = () => spawnSync('redis-server', ['--version'], { stdio: 'ignore' }).status === 0;
  if (has()) return true;
  // Debian's package starts no service where policy-rc.d says so; the tests start their own.
  run('apt-get', ['update', '-q'], root);
  run('apt-get', ['install', '-y', '-q', '--no-install-recommends', 'redis-server'], root);
  return has();
}
