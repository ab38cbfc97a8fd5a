/**
 * Prints "N passed, N failed": `node .ci/count.js REPORT BROKEN CHECKS CELLS SCALE CODE`.
 * REPORT is the JSON report of the tests; BROKEN is 1 where the test command failed: that is at least one failure, also
 * where no test says so. CHECKS counts further failures. CELLS is the report of `npm run test:everywhere`: cells that
 * could not be run fail too, unless Debian's packages could not be reached; then they are skipped. SCALE is the JSON
 * report of `npm run test:scale` and CODE its exit code: 3 where its servers cannot be installed, which is no failure.
 * The exit code is 1 where anything failed.
 */
import { readFileSync } from 'node:fs';

const [report, broken, checks, cellsReport, scaleReport, scaleCode] = process.argv.slice(2);

/** The exit code of test:scale where its servers cannot be installed. */
const UNAVAILABLE = '3';

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

const scale = readReport(scaleReport);
const scalePassed = scaleCode === UNAVAILABLE || (scaleCode === '0' && scale.numPassedTests > 0);
const scaleFailures = scalePassed ? 0 : Math.max(1, scale.numFailedTests ?? 0);

const passed = numPassedTests + (cells.passed ?? 0) + (scale.numPassedTests ?? 0);
const failed = tests + Number(checks) + cellFailures + scaleFailures;
if (skipped > 0) console.log(`*** ${skipped} cells were NOT RUN: ${cells.unreachable}. ***`);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
