// Adds up jest's JSON reports: node scripts/count-tests.mjs REPORT-WITHOUT-.json...
// Each failure is told once more, because a long log is often cut; the last line is `N passed, N failed, N skipped`.
// A report that is missing, a test file that could not be loaded and a run without any test count as failed; then, and
// when a test failed, the exit status is 1.
import { readFileSync } from 'node:fs';
import { basename, relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';

/** Of what a failure says, in lines: the comparison and where it is, or the error, without most of its stack. */
const LINES_OF_FAILURE = 30;
const LONGEST_LINE = 400;

const total = { passed: 0, failed: 0, skipped: 0 };
const counts = [];

for (const path of process.argv.slice(2)) {
  const report = readReport(`${path}.json`);
  const count = countOf(report);
  for (const failure of failuresIn(report)) console.log(`failed: ${basename(path)} ${failure}\n`);
  counts.push(`  ${basename(path).padEnd(8)} ${textOf(count)}`);
  for (const kind of Object.keys(total)) total[kind] += count[kind];
}
if (total.passed + total.failed === 0) total.failed = 1;
for (const line of [...counts, textOf(total)]) console.log(line);
if (total.failed > 0) process.exitCode = 1;

function readReport(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}

function countOf(report) {
  if (report === undefined) return { passed: 0, failed: 1, skipped: 0 };
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + report.numRuntimeErrorTestSuites,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

/** Where, what and why, for each test that failed and each file that could not be loaded. */
function* failuresIn(report) {
  for (const { name, message, status, assertionResults } of report?.testResults ?? []) {
    const path = relative(process.cwd(), name);
    const failed = assertionResults.filter((one) => one.status === 'failed');
    for (const { fullName, failureMessages } of failed) {
      yield `${path}: ${fullName}\n${beginOf(failureMessages.join('\n'))}`;
    }
    if (status === 'failed' && failed.length === 0) yield `${path}\n${beginOf(message)}`;
  }
}

function beginOf(text) {
  const lines = stripVTControlCharacters(text).trim().split('\n');
  return lines
    .slice(0, LINES_OF_FAILURE)
    .map((line) => `    ${line.length > LONGEST_LINE ? `${line.slice(0, LONGEST_LINE)} …` : line}`)
    .join('\n');
}

function textOf({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}
