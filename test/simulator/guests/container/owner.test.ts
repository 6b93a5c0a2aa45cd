import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { isGone, thisOwner } from '../../../../src/simulator/guests/container/owner.js';

const [machine = '', boot = '', namespace = '', pid = '', started = ''] = thisOwner().text.split('/');
const owner = (...parts: string[]): string => parts.join('/');

describe('owners', () => {
  test('this process has not gone', () => {
    expect(isGone(thisOwner().text)).toBe(false);
  });

  test.each([
    ['of another machine', owner('elsewhere', boot, namespace, '1', '1'), false],
    ['of an earlier boot of this machine', owner(machine, 'earlier', namespace, pid, started), true],
    ['of another process namespace', owner(machine, boot, 'pid:[1]', '999999999', '1'), false],
    ['whose process id is free', owner(machine, boot, namespace, '999999999', '1'), true],
    ['whose process id another process has now', owner(machine, boot, namespace, pid, '1'), true],
    ['without a process id', owner(machine, boot, namespace, '', ''), false],
    ['of another kind', 'something else', false],
  ])('one %s', (_, text, gone) => {
    expect(isGone(text)).toBe(gone);
  });

  test('a process that was killed has gone', async () => {
    const child = spawn('sleep', ['60']);
    const ended = new Promise((resolve) => child.on('exit', resolve));
    const itself = owner(machine, boot, namespace, String(child.pid), startOf(child.pid ?? 0));
    expect(isGone(itself)).toBe(false);
    child.kill('SIGKILL');
    await ended;
    expect(isGone(itself)).toBe(true);
  });
});

function startOf(process: number): string {
  const stat = readFileSync(`/proc/${process}/stat`, 'utf8');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}
