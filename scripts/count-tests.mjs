// Adds up jest's JSON reports: node scripts/count-tests.mjs REPORT-WITHOUT-.json...
// Each failure is told once more, and after all of them (`in short:`) a few lines of each, because a long log is often cut
// in its middle; the last line is `N passed, N failed, N skipped`.
// A report that is missing, a test file that could not be loaded and a run without any test count as failed; then, and
// when a test failed, the exit status is 1.
import { readFileSync } from 'node:fs';
import { basename, relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';

/**
 * Of what a failure says, in lines: from its begin, the comparison and where it is, or the error; from its end, what the
 * programs said (see programs-said.cjs).
 */
const WHOLE = { first: 30, last: 30 };
const SHORT = { first: 8, last: 8 };
/** Where in jest's own code a test was called tells nothing. */
const STACK_OF_JEST = /^ +at .*node_modules\/@?jest/;
const LONGEST_LINE = 400;

const total = { passed: 0, failed: 0, skipped: 0 };
const counts = [];
const inShort = [];

for (const path of process.argv.slice(2)) {
  const report = readReport(`${path}.json`);
  const count = countOf(report);
  for (const { test, text } of failuresIn(report)) {
    console.log(`failed: ${basename(path)} ${test}\n${indented(endsOf(text, WHOLE))}\n`);
    const said = text.filter((line) => line.trim() !== '');
    inShort.push(`failed: ${basename(path)} ${test}\n${indented(endsOf(said, SHORT))}`);
  }
  counts.push(`  ${basename(path).padEnd(8)} ${textOf(count)}`);
  for (const kind of Object.keys(total)) total[kind] += count[kind];
}
if (total.passed + total.failed === 0) total.failed = 1;
if (inShort.length > 0) inShort.unshift('in short:');
for (const line of [...counts, ...inShort, textOf(total)]) console.log(line);
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

/** Where and which, and the lines of why, for each test that failed and each file that could not be loaded. */
function* failuresIn(report) {
  for (const { name, message, status, assertionResults } of report?.testResults ?? []) {
    const path = relative(process.cwd(), name);
    const failed = assertionResults.filter((one) => one.status === 'failed');
    for (const { fullName, failureMessages } of failed) {
      yield { test: `${path}: ${fullName}`, text: linesOf(failureMessages.join('\n')) };
    }
    if (status === 'failed' && failed.length === 0) yield { test: path, text: linesOf(message) };
  }
}

function linesOf(text) {
  const lines = stripVTControlCharacters(text).trim().split('\n');
  return lines.filter((line) => !STACK_OF_JEST.test(line));
}

/** What is left out in the middle is told. */
function endsOf(lines, { first, last }) {
  if (lines.length <= first + last) return lines;
  return [...lines.slice(0, first), '…', ...lines.slice(-last)];
}

function indented(lines) {
  return lines
    .map((line) => `    ${line.length > LONGEST_LINE ? `${line.slice(0, LONGEST_LINE)} …` : line}`)
    .join('\n');
}

function textOf({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}
