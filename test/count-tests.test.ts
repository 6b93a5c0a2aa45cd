import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(__dirname, '..');
const folder = mkdtempSync(join(tmpdir(), 'count-tests-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** A report of jest in the fields that are read. */
function report(name: string, testResults: readonly object[], counts: Record<string, number> = {}): string {
  const none = {
    numPassedTests: 0,
    numFailedTests: 0,
    numRuntimeErrorTestSuites: 0,
    numPendingTests: 0,
    numTodoTests: 0,
  };
  writeFileSync(join(folder, `${name}.json`), JSON.stringify({ ...none, ...counts, testResults }));
  return join(folder, name);
}

function count(...reports: readonly string[]): { status: number | null; lines: readonly string[] } {
  const { status, stdout } = spawnSync(process.execPath, ['scripts/count-tests.mjs', ...reports], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  return { status, lines: stdout.trimEnd().split('\n') };
}

const good = { fullName: 'a host is made', status: 'passed', failureMessages: [] };
const passes = report(
  'good',
  [{ name: join(ROOT, 'test/a.test.ts'), status: 'passed', message: '', assertionResults: [good, good] }],
  {
    numPassedTests: 2,
    numPendingTests: 1,
  },
);

describe('the sum of the tests', () => {
  test('of reports without a failure', () => {
    expect(count(passes, passes)).toEqual({
      status: 0,
      lines: [
        '  good     2 passed, 0 failed, 1 skipped',
        '  good     2 passed, 0 failed, 1 skipped',
        '4 passed, 0 failed, 2 skipped',
      ],
    });
  });

  test('tells each failure at the end, where it is and what it says, and all of them once more in short', () => {
    const line = (number: number): string => `    line ${number}`;
    const stack = ['jest-circus', '@jest/core'].map(
      (name) => `    at run (/there/node_modules/${name}/build/run.js:1:1)`,
    );
    const others = '    at connect (/there/node_modules/ssh2/lib/client.js:1:1)';
    const numbered = Array.from({ length: 99 }, (_, number) => `line ${number}`);
    const long = [...numbered, others, ...stack].join('\n');
    const failed = report(
      'bad',
      [
        {
          name: join(ROOT, 'test/b.test.ts'),
          status: 'failed',
          message: 'all of them together',
          assertionResults: [
            good,
            {
              fullName: 'a host is removed',
              status: 'failed',
              failureMessages: [`\u001b[31m${'E'.repeat(500)}\u001b[39m\n${long}`],
            },
          ],
        },
        {
          name: join(ROOT, 'test/c.test.ts'),
          status: 'failed',
          message: 'Cannot find module',
          assertionResults: [],
        },
      ],
      { numPassedTests: 1, numFailedTests: 1, numRuntimeErrorTestSuites: 1 },
    );
    const { status, lines } = count(passes, failed);
    expect(status).toBe(1);
    expect(lines.slice(0, 3)).toEqual([
      'failed: bad test/b.test.ts: a host is removed',
      `    ${'E'.repeat(400)} …`,
      '    line 0',
    ]);
    expect(lines.slice(30, 33)).toEqual([line(28), '    …', line(70)]);
    expect(lines.slice(61)).toEqual([
      `    ${others}`,
      '',
      'failed: bad test/c.test.ts',
      '    Cannot find module',
      '',
      '  good     2 passed, 0 failed, 1 skipped',
      '  bad      1 passed, 2 failed, 0 skipped',
      'in short:',
      'failed: bad test/b.test.ts: a host is removed',
      `    ${'E'.repeat(400)} …`,
      ...[0, 1, 2, 3, 4, 5, 6].map(line),
      '    …',
      ...[92, 93, 94, 95, 96, 97, 98].map(line),
      `    ${others}`,
      'failed: bad test/c.test.ts',
      '    Cannot find module',
      '3 passed, 2 failed, 1 skipped',
    ]);
  });

  test.each([
    ['a report that is missing', [passes, join(folder, 'none')], '2 passed, 1 failed, 1 skipped'],
    ['a run without any test', [report('empty', [])], '0 passed, 1 failed, 0 skipped'],
    ['no report at all', [], '0 passed, 1 failed, 0 skipped'],
  ])('%s counts as failed', (_what, reports, last) => {
    const { status, lines } = count(...reports);
    expect({ status, last: lines.at(-1) }).toEqual({ status: 1, last });
  });
});
