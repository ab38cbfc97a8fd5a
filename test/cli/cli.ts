/** Runs the built command line as a user would, in a process of its own. */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

/** The repository's root. */
export const repository = fileURLToPath(new URL('../..', import.meta.url));

/** What stands beside the repository on some machines; tests that use it skip where it is absent. */
export const shared = join(repository, '../shared');

/** Whether a path below `shared` is absent. */
export function lacksShared(path: string): boolean {
  return existsSync(join(shared, path)) === false;
}

/** A sample's path. */
export function sample(name: string): string {
  return join(repository, 'samples', name);
}

/** A path below `shared`. */
export function sharedFile(path: string): string {
  return join(shared, path);
}

/** A folder of its own for one test, gone after it. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'mobilefacenet-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** How a process ended. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end. */
export function run(program: string, args: readonly string[], cwd = repository, env = {}): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
    const output = { stdout: '', stderr: '' };
    child.stdout.setEncoding('utf8').on('data', (text) => {
      output.stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text) => {
      output.stderr += text;
    });
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, ...output }));
  });
}

/** The built command line's file. */
export const program = join(repository, 'dist/cli.js');

/** Runs the built command line. */
export function runCli(...args: readonly string[]): Promise<Ended> {
  return run(process.execPath, [program, ...args]);
}

/** Runs a command with `--json`, checks that stdout is one document, and gives it with the exit code. */
export async function runJson<T>(
  command: string,
  ...args: readonly string[]
): Promise<{ code: number | null; document: T }> {
  const { code, stdout, stderr } = await runCli(command, '--json', ...args);
  if (stderr !== '') throw new Error(`stderr is not empty: ${stderr}`);
  return { code, document: JSON.parse(stdout) as T };
}

/** What a failure prints with `--json`. */
export interface FailureDocument {
  readonly error: { readonly code: string; readonly message: string };
}
