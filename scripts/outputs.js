/** What build scripts share: whether outputs are current, how files are written and tools run. */
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The checkout, with a slash at its end. */
export const root = fileURLToPath(new URL('..', import.meta.url));

function newest(path) {
  const stats = statSync(`${root}${path}`);
  if (!stats.isDirectory()) return stats.mtimeMs;
  return Math.max(0, ...readdirSync(`${root}${path}`).map((name) => newest(`${path}/${name}`)));
}

/** True where no source is newer than the oldest output. */
export function isCurrent(outputs, sources) {
  if (!outputs.every((path) => existsSync(`${root}${path}`))) return false;
  const oldestOutput = Math.min(...outputs.map((path) => statSync(`${root}${path}`).mtimeMs));
  return sources.every((path) => newest(path) <= oldestOutput);
}

/** Writes by way of a temporary file: another process may be reading the old one. */
export function replaceFile(path, contents) {
  const temporary = `${path}.${process.pid}.part`;
  writeFileSync(temporary, contents);
  renameSync(temporary, path);
}

/** Runs a script of a development dependency. */
export function runTool(script, args) {
  return new Promise((resolve, reject) => {
    // Whatever a compiler says goes to stderr: stdout belongs to the program that runs next.
    const stdio = ['ignore', 2, 2];
    const child = spawn(process.execPath, [`${root}node_modules/${script}`, ...args], { cwd: root, stdio });
    child.once('error', reject);
    child.once('exit', (code) => (code === 0 ? resolve() : reject(new Error(`${script} ended with code ${code}.`))));
  });
}
