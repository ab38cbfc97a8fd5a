/**
 * Prints "N passed, N failed" for a JSON report of the tests: `node .ci/count.js REPORT BROKEN CHECKS`.
 * BROKEN is 1 where the test command failed: that is at least one failure, also where no test says so. CHECKS counts
 * further failures. The exit code is 1 where anything failed.
 */
import { readFileSync } from 'node:fs';

const [report, broken, checks] = process.argv.slice(2);

function readCounts() {
  try {
    const { numPassedTests, numFailedTests } = JSON.parse(readFileSync(report, 'utf8'));
    return { passed: numPassedTests, failed: numFailedTests };
  } catch {
    return { passed: 0, failed: 0 };
  }
}

const { passed, failed } = readCounts();
const tests = broken === '0' && passed > 0 ? failed : Math.max(1, failed);
const total = tests + Number(checks);
console.log(`${passed} passed, ${total} failed`);
process.exitCode = total === 0 ? 0 : 1;
