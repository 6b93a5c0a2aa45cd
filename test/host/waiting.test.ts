import { waitFor, type ProbeResult } from '../../src/host/waiting.js';
import { OperationError } from '../../src/support/index.js';
import { QuickClock } from './quick-clock.js';

const notYet = (seen: string, pause?: number): ProbeResult<never> => ({ ready: false, seen, pause });
const ready: ProbeResult<string> = { ready: true, value: 'here' };

function waiting(
  probe: () => ProbeResult<string> | Promise<ProbeResult<string>>,
  controller = new AbortController(),
) {
  const clock = new QuickClock();
  const lines: string[] = [];
  const context = { signal: controller.signal, progress: (line: string) => void lines.push(line) };
  const wait = { what: 'the guest', advice: 'Look at it.', probe: async () => await probe() };
  return { clock, lines, done: waitFor(wait, context, clock) };
}

/** Results of probes, one after the other; the last one stays. */
const inTurn = (...results: ProbeResult<string>[]): (() => ProbeResult<string>) => {
  let at = 0;
  return () => results[Math.min(at++, results.length - 1)] ?? ready;
};

describe('waitFor', () => {
  it('does not sleep when it is there at once', async () => {
    const { done, clock, lines } = waiting(() => ready);
    expect(await done).toBe('here');
    expect(clock.sleeps).toEqual([]);
    expect(lines).toEqual([]);
  });

  it('looks again soon, then more and more seldom', async () => {
    const { done, clock } = waiting(inTurn(...Array.from({ length: 12 }, () => notYet('no')), ready));
    await done;
    expect(clock.sleeps.map(Math.round)).toEqual([
      100, 150, 225, 338, 506, 759, 1139, 1709, 2563, 3844, 4000, 4000,
    ]);
  });

  it('waits longer when the look asks for it', async () => {
    const { done, clock } = waiting(inTurn(notYet('refused', 10_000), notYet('no'), ready));
    await done;
    expect(clock.sleeps).toEqual([10_000, 150]);
  });

  it('says what it sees when that changes, and from time to time when it does not', async () => {
    const looks = [
      notYet('a'),
      notYet('a'),
      notYet('b'),
      ...Array.from({ length: 10 }, () => notYet('b')),
      ready,
    ];
    const { done, lines } = waiting(inTurn(...looks));
    await done;
    expect(lines).toEqual([
      'waiting for the guest: a',
      'waiting for the guest: b',
      'waiting for the guest: b',
    ]);
  });

  it.each(['unreachable', 'unavailable', 'rate-limited'] as const)(
    'goes on when the server is %s',
    async (code) => {
      let looks = 0;
      const { done, lines } = waiting(() => {
        if ((looks += 1) > 2) return ready;
        throw new OperationError({ code, attempted: 'GET vms/1', problem: 'not now' });
      });
      expect(await done).toBe('here');
      expect(lines).toEqual(['waiting for the guest: GET vms/1: not now']);
    },
  );

  it.each(['not-found', 'task-failed', 'unauthenticated', 'internal'] as const)(
    'ends at once with %s',
    async (code) => {
      const error = new OperationError({ code, attempted: 'look', problem: 'no' });
      const { done, clock } = waiting(() => {
        throw error;
      });
      await expect(done).rejects.toBe(error);
      expect(clock.sleeps).toEqual([]);
    },
  );

  it('says what it waited for and saw last when the time is over', async () => {
    const controller = new AbortController();
    const reason = new OperationError({
      code: 'timeout',
      attempted: 'create host "a"',
      problem: 'not done after 300 s',
      advice: 'Give it more time.',
    });
    const { done, clock } = waiting(() => notYet('no address'), controller);
    clock.onSleep((now) => {
      if (now > 300_000) controller.abort(reason);
    });
    await expect(done).rejects.toMatchObject({
      code: 'timeout',
      message:
        'create host "a": not done after 300 s; was waiting for the guest, last seen: no address. Look at it. Give it more time.',
      cause: reason,
    });
  });

  it('keeps the code and the advice of whoever ended it', async () => {
    const controller = new AbortController();
    controller.abort(
      new OperationError({ code: 'cancelled', attempted: 'create host "a"', problem: 'stopped' }),
    );
    await expect(waiting(() => ready, controller).done).rejects.toMatchObject({
      code: 'cancelled',
      message: 'create host "a": stopped; was waiting for the guest, last seen: nothing yet',
    });
  });

  it('does not take an error of the look for the end when both come together', async () => {
    const controller = new AbortController();
    const { done } = waiting(() => {
      controller.abort(new OperationError({ code: 'cancelled', attempted: 'create', problem: 'stopped' }));
      throw new OperationError({ code: 'unreachable', attempted: 'GET', problem: 'reset' });
    }, controller);
    await expect(done).rejects.toMatchObject({ code: 'cancelled' });
  });
});
