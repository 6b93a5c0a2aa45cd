// Adds up jest's JSON reports: node scripts/count-tests.mjs REPORT-WITHOUT-.json...
// The last line is `N passed, N failed, N skipped`. A report that is missing, a test file that could not be
// loaded and a run without any test count as failed; then, and when a test failed, the exit status is 1.
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';

const total = { passed: 0, failed: 0, skipped: 0 };

for (const path of process.argv.slice(2)) {
  const count = countOf(`${path}.json`);
  console.log(`  ${basename(path).padEnd(8)} ${textOf(count)}`);
  for (const kind of Object.keys(total)) total[kind] += count[kind];
}
if (total.passed + total.failed === 0) total.failed = 1;
console.log(textOf(total));
if (total.failed > 0) process.exitCode = 1;

function countOf(path) {
  try {
    const report = JSON.parse(readFileSync(path, 'utf8'));
    return {
      passed: report.numPassedTests,
      failed: report.numFailedTests + report.numRuntimeErrorTestSuites,
      skipped: report.numPendingTests + report.numTodoTests,
    };
  } catch {
    return { passed: 0, failed: 1, skipped: 0 };
  }
}

function textOf({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}
