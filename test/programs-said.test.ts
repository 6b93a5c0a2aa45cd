import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';

const ROOT = join(__dirname, '..');
const folder = mkdtempSync(join(tmpdir(), 'programs-said-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** What a test puts on the list, as test/e2e/run.ts does. */
const program = (name: string, ended: string | undefined, said: string): string =>
  `list.push({ commandLine: '${name}', ended: () => ${JSON.stringify(ended)}, said: () => ${JSON.stringify(said)} });`;

const reportShape = z.object({
  testResults: z.tuple([
    z.object({
      assertionResults: z.array(z.object({ title: z.string(), failureMessages: z.array(z.string()) })),
    }),
  ]),
});

/** What jest itself reports of each test of a file with these lines: its failures. */
function failuresOf(...lines: readonly string[]): Record<string, readonly string[]> {
  const list = "const list = globalThis[Symbol.for('the programs that a test has run')];";
  writeFileSync(join(folder, 'some.test.js'), [list, ...lines].join('\n'));
  const config = { rootDir: folder, testEnvironment: join(ROOT, 'scripts', 'programs-said.cjs') };
  const outputFile = join(folder, 'report.json');
  spawnSync(
    process.execPath,
    [
      require.resolve('jest/bin/jest'),
      '--config',
      JSON.stringify(config),
      '--json',
      '--outputFile',
      outputFile,
    ],
    { cwd: ROOT, encoding: 'utf8' },
  );
  const [{ assertionResults }] = reportShape.parse(JSON.parse(readFileSync(outputFile, 'utf8'))).testResults;
  return Object.fromEntries(assertionResults.map(({ title, failureMessages }) => [title, failureMessages]));
}

test('a test that fails tells what its programs said, the last ones and the end of each', () => {
  const failures = failuresOf(
    `beforeAll(() => { ${program('simulator', undefined, 'export NUTANIX_PASSWORD=hush-1\nlistens')} });`,
    `test('good', () => { ${program('ls', 'exit code 0', 'q-1')} });`,
    `test('bad', () => {
      ${program('create', 'exit code 1', `${'x'.repeat(3_000)}\nno such image\n`)}
      expect(1).toBe(0);
    });`,
    `test('many', () => {
      ${[1, 2, 3, 4, 5, 6].map((number) => program(`rm ${number}`, 'SIGKILL', '')).join('\n')}
      expect(1).toBe(0);
    });`,
  );
  expect(failures['good']).toEqual([]);
  expect(failures['bad']).toHaveLength(2);
  expect(failures['bad']?.[1]?.split('\n')).toEqual([
    'What the programs said:',
    '$ simulator (runs)',
    '  export NUTANIX_PASSWORD=…',
    '  listens',
    '$ create (exit code 1)',
    `  ${'x'.repeat(2_000 - '\nno such image'.length)}`,
    '  no such image',
  ]);
  // Those of the test before have ended, and the simulator is the first of more than are shown.
  expect(failures['many']?.[1]?.match(/^\$.*/gm)).toEqual(
    [2, 3, 4, 5, 6].map((number) => `$ rm ${number} (SIGKILL)`),
  );
});

test('a test that has run none fails as ever', () => {
  expect(failuresOf("test('bad', () => { expect(1).toBe(0); });")['bad']).toHaveLength(1);
});
