import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UnfinishedWork } from '../../../src/fleeting/instance-group/unfinished-work.js';
import { silentLogger } from '../../../src/support/index.js';

const ALL = 1_000;
let stateFolder: string;
beforeEach(() => void (stateFolder = mkdtempSync(join(tmpdir(), 'unfinished-'))));
afterEach(() => rmSync(stateFolder, { recursive: true }));

/** Most files that this process may have open. */
function limitFiles(soft: string): void {
  execFileSync('prlimit', ['--pid', String(process.pid), `--nofile=${soft}:`]);
}

test('the records of a whole group are written and read at once with few open files', async () => {
  const prismCentral = { host: 'prism.example', port: 9440 };
  const unfinished = new UnfinishedWork({ stateFolder, prismCentral }, silentLogger);
  await unfinished.left();
  const names = Array.from({ length: ALL }, (_, at) => `ci-${at}`).sort();
  const begin = async (name: string): Promise<void> => {
    await unfinished.begin({ name, creationToken: `token of ${name}` }, 'remove');
  };
  const soft = execFileSync('prlimit', [
    '--pid',
    String(process.pid),
    '--nofile',
    '-o',
    'SOFT',
    '--noheadings',
  ]);
  limitFiles(String(readdirSync('/proc/self/fd').length + 60));
  const begun = await Promise.allSettled(names.map(begin));
  const [read] = await Promise.allSettled([unfinished.left()]);
  await Promise.all(names.map(async (name) => await unfinished.end(name)));
  limitFiles(String(soft).trim());
  expect(begun.filter(({ status }) => status === 'rejected')).toEqual([]);
  const left = read.status === 'fulfilled' ? read.value : [];
  expect(left.map(({ identity }) => identity.name).sort()).toEqual(names);
  expect(await unfinished.left()).toEqual([]);
});
