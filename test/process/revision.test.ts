import { execFileSync } from 'node:child_process';
import { appendFileSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseRevision } from '../../src/process/index.js';

const SCRIPT = 'scripts/revision.sh';
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'revision-'));
  sourcesIn(folder);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function sourcesIn(root: string): void {
  for (const name of ['scripts', 'src', 'docs']) mkdirSync(join(root, name), { recursive: true });
  cpSync(join(__dirname, '..', '..', SCRIPT), join(root, SCRIPT));
  for (const name of ['src/program.ts', 'docs/page.md']) writeFileSync(join(root, name), 'first\n');
}

function git(...args: readonly string[]): string {
  const who = { NAME: 'Ada', EMAIL: 'ada@example.com', DATE: '2026-11-29T22:31:54+01:00' };
  const roles = ['AUTHOR', 'COMMITTER'].flatMap((role) =>
    Object.entries(who).map(([key, value]) => [`GIT_${role}_${key}`, value] as const),
  );
  const env = { PATH: process.env['PATH'], HOME: folder, ...Object.fromEntries(roles) };
  return execFileSync('git', args, { cwd: folder, env, encoding: 'utf8', stdio: 'pipe' }).trim();
}

function commitAll(): string {
  git('init', '-q');
  git('add', '.');
  git('commit', '-q', '-m', 'first');
  return git('rev-parse', 'HEAD').slice(0, 12);
}

const said = (root = folder): string =>
  execFileSync('bash', [join(root, SCRIPT)], { encoding: 'utf8', env: { ...process.env, TZ: 'Asia/Tokyo' } });

test('a checkout: its commit and the time of that in UTC, also with other documents', () => {
  const commit = commitAll();
  expect(said()).toBe(`${commit} 2026-11-29T21:31:54Z\n`);
  expect(parseRevision(said())).toEqual({ commit, committed: '2026-11-29T21:31:54Z' });
  appendFileSync(join(folder, 'docs/page.md'), 'second\n');
  expect(said()).toBe(`${commit} 2026-11-29T21:31:54Z\n`);
});

test.each(['src/program.ts', 'src/another.ts'])('with %s changed since it is dirty', (path) => {
  const commit = commitAll();
  appendFileSync(join(folder, path), 'second\n');
  expect(parseRevision(said())).toEqual({ commit: `${commit}-dirty`, committed: '2026-11-29T21:31:54Z' });
});

test('no checkout, one without a commit, and an archive unpacked within another one have none', () => {
  expect(said()).toBe('');
  git('init', '-q');
  expect(said()).toBe('');
  commitAll();
  const unpacked = join(folder, 'unpacked');
  sourcesIn(unpacked);
  expect(said(unpacked)).toBe('');
});

test.each(['', '\n', 'main 2026-11-29T21:31:54Z', '5a51e98c1f20', '5a51e98c1f20 '])(
  '%j is no revision',
  (text) => expect(parseRevision(text)).toBeUndefined(),
);
