import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { takeGroupLease, type GroupLease } from '../../../src/fleeting/lease/index.js';
import type { CallContext, Notes } from '../../../src/provider/index.js';
import { OperationError, silentLogger } from '../../../src/support/index.js';
import { SteppedClock } from '../../support/stepped-clock.js';

// Locks whose process cannot be seen: each start of a container leaves such a one to the next, when it is killed. And notes
// that a list of the cloud does not show yet.

const context: CallContext = { signal: new AbortController().signal, progress: () => undefined };
let notes: Map<string, string>;
let clock: SteppedClock;
let folder: string;
const leases: GroupLease[] = [];

beforeEach(() => {
  notes = new Map();
  clock = new SteppedClock();
  folder = mkdtempSync(join(tmpdir(), 'fleeting-lock-'));
});
afterEach(async () => {
  for (const lease of leases.splice(0)) await clock.until(lease.release());
  rmSync(folder, { recursive: true });
});

/** The notes of one process, until it is killed or its account may write none. */
class Reach implements Notes {
  refusal: 'unreachable' | undefined;
  writeRefusal: 'permission-denied' | undefined;
  /** So many reads show nothing yet. */
  lag = 0;

  async findNote(name: string): Promise<string | undefined> {
    this.#refuse(this.refusal);
    if (notes.has(name) && this.lag > 0) {
      this.lag -= 1;
      return undefined;
    }
    return await Promise.resolve(notes.get(name));
  }

  async putNote(name: string, text: string): Promise<void> {
    this.#refuse(this.refusal ?? this.writeRefusal);
    await Promise.resolve(notes.set(name, text));
  }

  async removeNote(name: string): Promise<void> {
    this.#refuse(this.refusal ?? this.writeRefusal);
    await Promise.resolve(notes.delete(name));
  }

  #refuse(code: 'unreachable' | 'permission-denied' | undefined): void {
    if (code !== undefined) throw new OperationError({ code, attempted: 'a request', problem: 'no' });
  }
}

async function take(reach: Reach): Promise<GroupLease> {
  const parts = {
    group: 'ci',
    folder,
    notes: reach,
    origin: 'runner@container',
    clock,
    logger: silentLogger,
  };
  const lease = await clock.until(takeGroupLease(parts, context));
  leases.push(lease);
  return lease;
}

const lockText = (): string => readFileSync(join(folder, 'lock'), 'utf8');

/** The lock that is there becomes one of another process namespace. */
function outOfSight(): void {
  const lock = JSON.parse(lockText()) as { process: string };
  const identity = lock.process.replace(/pid:\[\d+\]/, 'pid:[1]');
  writeFileSync(join(folder, 'lock'), JSON.stringify({ ...lock, process: identity }));
}

test('the lock of a killed process is taken over when that has not answered for 25 s', async () => {
  const killed = new Reach();
  await take(killed);
  outOfSight();
  killed.refusal = 'unreachable';
  const begun = clock.now();
  await take(new Reach());
  expect((clock.now() - begun) / 1000).toBeGreaterThanOrEqual(25);
  expect((clock.now() - begun) / 1000).toBeLessThanOrEqual(30);
  expect(lockText()).not.toContain('pid:[1]');
  await expect(take(new Reach())).rejects.toMatchObject({
    code: 'conflict',
    problem: expect.stringContaining(`process ${process.pid}`) as string,
  });
});

test('the lock of a process that lives is left, and that process told of', async () => {
  const lease = await take(new Reach());
  outOfSight();
  await expect(take(new Reach())).rejects.toMatchObject({
    code: 'conflict',
    problem: expect.stringMatching(/^runner@container has it since /) as string,
  });
  expect(lockText()).toContain('pid:[1]');
  await lease.confirm('make instances', context);
});

test('where no notes may be written the lock is believed', async () => {
  await take(new Reach());
  outOfSight();
  const next = new Reach();
  next.writeRefusal = 'permission-denied';
  await expect(take(next)).rejects.toMatchObject({
    code: 'conflict',
    problem: expect.stringContaining(`process ${process.pid}`) as string,
  });
  expect(lockText()).toContain('pid:[1]');
});

test('a note that was just made and is not shown yet is waited for, and guards the group', async () => {
  const first = new Reach();
  first.lag = 3;
  await take(first);
  // The next one is on another computer.
  rmSync(folder, { recursive: true });
  await expect(take(new Reach())).rejects.toMatchObject({
    code: 'conflict',
    problem: expect.stringMatching(/^runner@container has it since /) as string,
  });
});
