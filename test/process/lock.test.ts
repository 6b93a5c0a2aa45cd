import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  dropSpareLock,
  keepSpareLock,
  processIdentity,
  takeLock,
  waitForLock,
} from '../../src/process/index.js';
import { systemClock } from '../../src/support/index.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lock-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Larger than any process number that a kernel gives. */
const NOBODY = 2 ** 22 + 1;

describe('the lock', () => {
  const path = (): string => join(folder, 'fleets', 'web.lock');

  test('a second taker learns who holds it; after the release it is free', async () => {
    const lock = await takeLock(path(), 'nutanix-hosts apply', 'this fleet');
    await expect(takeLock(path(), 'other', 'this fleet')).rejects.toThrow(
      new RegExp(`process ${process.pid} on ${hostname()} .*since .*nutanix-hosts apply`),
    );
    await lock.release();
    await (await takeLock(path(), 'other', 'this fleet')).release();
    expect(readdirSync(join(folder, 'fleets'))).toEqual([]);
  });

  test.each([
    ['of a dead process', { pid: NOBODY, host: hostname() }],
    ['of a process whose number was given anew', { pid: process.pid, host: hostname(), start: '1' }],
  ])('%s is taken over', async (_, holder) => {
    mkdirSync(join(folder, 'fleets'));
    writeFileSync(path(), JSON.stringify({ since: 'yesterday', command: 'apply', ...holder }));
    await takeLock(path(), 'next', 'this fleet');
    expect(JSON.parse(readFileSync(path(), 'utf8'))).toMatchObject({ pid: process.pid, command: 'next' });
  });

  test('of another machine is believed', async () => {
    mkdirSync(join(folder, 'fleets'));
    writeFileSync(path(), JSON.stringify({ pid: NOBODY, host: 'elsewhere', since: 'now', command: 'apply' }));
    await expect(takeLock(path(), 'next', 'this fleet')).rejects.toMatchObject({ code: 'conflict' });
  });

  test('of a process in another container of this machine is believed', async () => {
    mkdirSync(join(folder, 'fleets'));
    const [machine = '', boot = ''] = processIdentity().split('/');
    const elsewhere = [machine, boot, 'pid:[1]', NOBODY, '1'].join('/');
    const holder = { pid: NOBODY, host: hostname(), process: elsewhere, since: 'now', command: 'apply' };
    writeFileSync(path(), JSON.stringify(holder));
    await expect(takeLock(path(), 'next', 'this fleet')).rejects.toMatchObject({ code: 'conflict' });
  });

  test('of many that take over a dead lock, one gets it', async () => {
    mkdirSync(join(folder, 'fleets'));
    const dead = { pid: NOBODY, host: hostname(), since: 'yesterday', command: 'apply' };
    writeFileSync(path(), JSON.stringify(dead));
    const taken = await Promise.allSettled(
      Array.from({ length: 5 }, () => takeLock(path(), 'next', 'this fleet')),
    );
    expect(taken.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  test('spare ones of dead processes are taken away, and those of a process that ends', async () => {
    const locks = join(folder, 'fleets');
    mkdirSync(locks);
    const dead = { pid: NOBODY, host: hostname(), since: 'yesterday', command: 'apply' };
    writeFileSync(join(locks, 'left.spare'), JSON.stringify(dead));
    await keepSpareLock(locks, 'apply');
    const [spare = '', ...others] = readdirSync(locks);
    expect([spare.endsWith('.spare'), others]).toEqual([true, []]);
    await dropSpareLock(locks);
    expect(readdirSync(locks)).toEqual([]);
  });

  test('can be waited for', async () => {
    const first = await takeLock(path(), 'apply', 'this fleet');
    let released = false;
    const clock = {
      ...systemClock,
      sleep: async () => {
        released = true;
        await first.release();
      },
    };
    await (await waitForLock(path(), 'next', 'this fleet', { clock })).release();
    expect(released).toBe(true);
  });
});
