/** Programs that cells run: where the runtimes are installed, and one run with its output and a limit of time. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const modules = fileURLToPath(new URL('node_modules/', import.meta.url));

/** Programs of packages whose install scripts are not run, by the processor; Linux with glibc alone. */
const PROGRAMS = {
  x64: {
    node20: 'node20/bin/node',
    node22: 'node22/bin/node',
    node24: 'node24/bin/node',
    node26: 'node26/bin/node',
    deno: '@deno/linux-x64-glibc/deno',
    bun: '@oven/bun-linux-x64/bin/bun',
    workerd: '@cloudflare/workerd-linux-64/bin/workerd',
  },
  arm64: {
    node20: 'node20-arm64/bin/node',
    node22: 'node22-arm64/bin/node',
    node24: 'node24-arm64/bin/node',
    node26: 'node26-arm64/bin/node',
    deno: '@deno/linux-arm64-glibc/deno',
    bun: '@oven/bun-linux-aarch64/bin/bun',
    workerd: '@cloudflare/workerd-linux-arm64/bin/workerd',
  },
};

/** Why the matrix cannot run on this machine, where it cannot. */
export function unsupportedMachine() {
  if (process.platform === 'linux' && process.arch in PROGRAMS) return undefined;
  const processors = Object.keys(PROGRAMS).join(' and ');
  return `npm run test:everywhere runs on Linux with glibc (${processors}), not on ${process.platform} ${process.arch}`;
}

/** The path of a runtime's program. Throws where it is not installed. */
export function programOf(name) {
  const path = `${modules}${PROGRAMS[process.arch]?.[name]}`;
  if (!existsSync(path)) throw new Error(`${name} is not installed in test/everywhere`);
  return path;
}

/** Runs a program to its end and gives what it wrote. Throws where it fails or takes longer than `timeoutMs`. */
export function runProgram(program, args, { cwd, timeoutMs = 120_000, env = process.env } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (text) => {
      stdout += text;
    });
    child.stderr.on('data', (text) => {
      stderr += text;
    });
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`it did not end in ${timeoutMs} ms: ${(stdout + stderr).slice(-1500)}`));
    }, timeoutMs);
    child.once('error', reject);
    child.once('close', (code) => {
      clearTimeout(timer);
      if (code === 0) resolve(stdout);
      else reject(new Error(`it ended with code ${code}: ${(stdout + stderr).slice(-1500)}`));
    });
  });
}
