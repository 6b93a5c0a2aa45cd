import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isSocketAnswered, makeWayForSocket } from '../../src/process/index.js';
import { standStill } from '../support/stand-still.js';

const folder = mkdtempSync(join(tmpdir(), 'socket-'));
const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});
afterAll(() => rmSync(folder, { recursive: true }));

/** A process that listens at a path, and says so when it does and when it is connected to. */
async function listener(path: string): Promise<ChildProcess> {
  const script = `require('node:net').createServer(() => console.log('connected'))
    .listen(${JSON.stringify(path)}, () => console.log('listens'))`;
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  await once(child.stdout, 'data');
  return child;
}

/**
 * Until the kernel has done what a signal asks for (proc(5)): T is stopped. Of a dead process (Z) the last thread closes what was
 * open, and the first one stays for its parent. Nothing else of this process goes on meanwhile.
 */
function untilState({ pid = 0 }: ChildProcess, state: 'T' | 'Z'): void {
  const isThere = (): boolean =>
    readFileSync(`/proc/${pid}/stat`, 'utf8').includes(`) ${state} `) &&
    (state === 'T' || readdirSync(`/proc/${pid}/task`).length === 1);
  while (!isThere()) standStill(1);
}

const make = async (path: string): Promise<void> => await makeWayForSocket(path, 'listen', 'Stop it.');

test('a living process keeps its socket', async () => {
  const path = join(folder, 'living');
  await listener(path);
  await expect(make(path)).rejects.toMatchObject({ code: 'conflict', advice: 'Stop it.' });
  expect(await isSocketAnswered(path)).toBe(true);
});

test.each([
  ['for a moment more', 0],
  ['before the computer stood still', 1_600],
])('a socket that answers %s, and then not, is taken away', async (_when, ms) => {
  const path = join(folder, `dying-${ms}`);
  const child = await listener(path);
  const made = make(path);
  await once(child.stdout ?? child, 'data');
  standStill(ms);
  child.kill('SIGKILL');
  await made;
  expect(existsSync(path)).toBe(false);
});

test('one whose process ends before it accepts the connection is answered by none', async () => {
  const path = join(folder, 'reset');
  const child = await listener(path);
  // So the connection waits to be accepted when the process ends, and is reset.
  child.kill('SIGSTOP');
  untilState(child, 'T');
  const answered = isSocketAnswered(path);
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
  child.kill('SIGKILL');
  untilState(child, 'Z');
  expect(await answered).toBe(false);
});

test('what is no socket stays; a folder that is not there is made', async () => {
  const path = join(folder, 'file');
  writeFileSync(path, '');
  await expect(make(path)).rejects.toMatchObject({ code: 'invalid-input' });
  expect(existsSync(path)).toBe(true);
  await make(join(folder, 'new', 'socket'));
  expect(existsSync(join(folder, 'new'))).toBe(true);
});
