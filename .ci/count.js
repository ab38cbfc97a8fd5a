/**
 * Prints "N passed, N failed": `node .ci/count.js REPORT BROKEN CHECKS CELLS SCALE CODE PAGE CODE`.
 * REPORT is the JSON report of the tests; BROKEN is 1 where the test command failed: that is at least one failure, also
 * where no test says so. CHECKS counts further failures. CELLS is the report of `npm run test:everywhere`: cells that
 * could not be run fail too, unless Debian's packages could not be reached; then they are skipped. SCALE and PAGE are the
 * JSON reports of `npm run test:scale` and `npm run test:page`, each with its exit code: 3 where what it needs cannot be
 * installed, which is no failure. The exit code is 1 where anything failed.
 */
import { readFileSync } from 'node:fs';

const [report, broken, checks, cellsReport, ...suites] = process.argv.slice(2);

/** The exit code of a suite that could not install what it needs. */
const UNAVAILABLE = '3';

function readReport(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return {};
  }
}

/** What a suite with an exit code of its own passed and failed. */
function countSuite(path, code) {
  const { numPassedTests = 0, numFailedTests = 0 } = readReport(path);
  const fine = code === UNAVAILABLE || (code === '0' && numPassedTests > 0);
  return { passed: numPassedTests, failed: fine ? 0 : Math.max(1, numFailedTests) };
}

const { numPassedTests = 0, numFailedTests = 0 } = readReport(report);
const tests = broken === '0' && numPassedTests > 0 ? numFailedTests : Math.max(1, numFailedTests);

const cells = readReport(cellsReport);
const skipped = cells.unreachable ? cells.missing : 0;
const cellFailures = cells.passed > 0 ? cells.failed + cells.missing - skipped : 1;

const [scaleReport, scaleCode, pageReport, pageCode] = suites;
const [scale, page] = [countSuite(scaleReport, scaleCode), countSuite(pageReport, pageCode)];

const passed = numPassedTests + (cells.passed ?? 0) + scale.passed + page.passed;
const failed = tests + Number(checks) + cellFailures + scale.failed + page.failed;
if (skipped > 0) console.log(`*** ${skipped} cells were NOT RUN: ${cells.unreachable}. ***`);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
