import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import {
  commandLineOf,
  hasEnded,
  isAlive,
  signalGroup,
  startOf,
  processIdentity,
} from '../../src/process/index.js';

const [machine = '', boot = '', namespace = '', pid = '', started = ''] = processIdentity().split('/');
const identity = (...parts: string[]): string => parts.join('/');

describe('the identity of a process', () => {
  test('this process has not gone', () => {
    expect(hasEnded(processIdentity())).toBe(false);
  });

  test.each([
    ['of another machine', identity('elsewhere', boot, namespace, '1', '1'), false],
    ['of an earlier boot of this machine', identity(machine, 'earlier', namespace, pid, started), true],
    ['of another process namespace', identity(machine, boot, 'pid:[1]', '999999999', '1'), false],
    ['whose process id is free', identity(machine, boot, namespace, '999999999', '1'), true],
    ['whose process id another process has now', identity(machine, boot, namespace, pid, '1'), true],
    ['without a process id', identity(machine, boot, namespace, '', ''), false],
    ['of another kind', 'something else', false],
  ])('one %s', (_, text, gone) => {
    expect(hasEnded(text)).toBe(gone);
  });

  test('a process that was killed has gone', async () => {
    const child = spawn('sleep', ['60']);
    const ended = new Promise((resolve) => child.on('exit', resolve));
    const itself = identity(machine, boot, namespace, String(child.pid), startOfChild(child.pid ?? 0));
    expect(hasEnded(itself)).toBe(false);
    child.kill('SIGKILL');
    await ended;
    expect(hasEnded(itself)).toBe(true);
  });

  test('one whose parent does not ask how it ended has gone: nothing else would ever end it', async () => {
    // The shell's background job becomes a child of the second `sleep`, which waits for no child.
    const parent = spawn('sh', ['-c', 'sleep 60 & echo $!; exec sleep 60'], {
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    const child = await new Promise<string>((resolve) =>
      parent.stdout.once('data', (line: Buffer) => resolve(line.toString().trim())),
    );
    const itself = identity(machine, boot, namespace, child, startOfChild(Number(child)));
    // Until it is `sleep`, the parent is a shell, which asks.
    const name = `/proc/${String(parent.pid)}/comm`;
    while (readFileSync(name, 'utf8') !== 'sleep\n') await new Promise((resolve) => setImmediate(resolve));
    process.kill(Number(child), 'SIGKILL');
    while (!isZombie(child)) await new Promise((resolve) => setImmediate(resolve));
    expect(isAlive(Number(child))).toBe(true);
    expect(hasEnded(itself)).toBe(true);
    const gone = new Promise((resolve) => parent.once('exit', resolve));
    parent.kill('SIGKILL');
    await gone;
  });
});

function isZombie(pid: string): boolean {
  return readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ');
}

function startOfChild(process: number): string {
  const stat = readFileSync(`/proc/${process}/stat`, 'utf8');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}

test('a process is alive, began at a time and has a command line', async () => {
  const child = spawn('sleep', ['60'], { detached: true });
  const pid = child.pid ?? 0;
  const ended = new Promise((resolve) => child.on('exit', resolve));
  expect([isAlive(pid), isAlive(-pid)]).toEqual([true, true]);
  expect(startOf(pid)).toBe(startOfChild(pid));
  expect(commandLineOf(pid)).toBe('sleep 60');
  signalGroup(pid, 'SIGKILL');
  await ended;
  expect([isAlive(pid), isAlive(-pid)]).toEqual([false, false]);
  expect([startOf(pid), commandLineOf(pid)]).toEqual([undefined, undefined]);
  expect(() => signalGroup(pid, 'SIGKILL')).not.toThrow();
});
