/**
 * Prints "N passed, N failed": `node .ci/count.js REPORT BROKEN CHECKS CELLS`.
 * REPORT is the JSON report of the tests; BROKEN is 1 where the test command failed: that is at least one failure, also
 * where no test says so. CHECKS counts further failures. CELLS is the report of `npm run test:everywhere`: cells that
 * could not be run fail too, unless Debian's packages could not be reached; then they are skipped. The exit code is 1
 * where anything failed.
 */
import { readFileSync } from 'node:fs';

const [report, broken, checks, cellsReport] = process.argv.slice(2);

function readReport(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return {};
  }
}

const { numPassedTests = 0, numFailedTests = 0 } = readReport(report);
const tests = broken === '0' && numPassedTests > 0 ? numFailedTests : Math.max(1, numFailedTests);

const cells = readReport(cellsReport);
const skipped = cells.unreachable ? cells.missing : 0;
const cellFailures = cells.passed > 0 ? cells.failed + cells.missing - skipped : 1;

const passed = numPassedTests + (cells.passed ?? 0);
const failed = tests + Number(checks) + cellFailures;
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
process.exitCode = failed === 0 ? 0 : 1;
