/** Builds the package once, before the tests that run it. */
import { execFileSync } from 'node:child_process';
import { repository } from './cli.js';

export function setup(): void {
  execFileSync(process.execPath, ['scripts/build.js'], { cwd: repository, stdio: 'inherit' });
}
