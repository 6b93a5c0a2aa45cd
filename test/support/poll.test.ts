import { backoff, poll, type Clock, type Probed } from '../../src/support/index.js';

/** A clock whose sleeps are over at once and are listed; `during` runs in each of them. */
function quickClock(during: (ms: number) => void = () => undefined): Clock & { readonly slept: number[] } {
  const slept: number[] = [];
  let now = 0;
  return {
    slept,
    now: () => now,
    sleep: (ms, signal) => {
      slept.push(ms);
      now += ms;
      during(ms);
      signal?.throwIfAborted();
      return Promise.resolve();
    },
  };
}

const readyAt =
  (last: number, pause?: number) =>
  (attempt: number): Promise<Probed<number>> =>
    Promise.resolve(attempt === last ? { ready: true, value: attempt } : { ready: false, pause });

describe('poll', () => {
  it('makes no pause when the first probe is ready', async () => {
    const clock = quickClock();
    expect(await poll(readyAt(1), { clock, delays: () => 10 })).toBe(1);
    expect(clock.slept).toEqual([]);
  });

  it('pauses between the probes as it is told', async () => {
    const clock = quickClock();
    expect(await poll(readyAt(4), { clock, delays: (count) => count * 10 })).toBe(4);
    expect(clock.slept).toEqual([10, 20, 30]);
  });

  it('pauses before the first probe too where nothing can be there yet', async () => {
    const clock = quickClock();
    expect(await poll(readyAt(2), { clock, delays: (count) => count * 10, pauseFirst: true })).toBe(2);
    expect(clock.slept).toEqual([10, 20]);
  });

  it('makes a longer pause when the probe asks for it, and never a shorter one', async () => {
    const [longer, shorter] = [quickClock(), quickClock()];
    await poll(readyAt(2, 50), { clock: longer, delays: () => 10 });
    await poll(readyAt(2, 5), { clock: shorter, delays: () => 10 });
    expect([longer.slept, shorter.slept]).toEqual([[50], [10]]);
  });

  it('does not sleep for a pause of 0', async () => {
    const clock = quickClock();
    expect(await poll(readyAt(3), { clock, delays: () => 0 })).toBe(3);
    expect(clock.slept).toEqual([]);
  });

  it('rejects with what the probe rejects with', async () => {
    const error = new Error('gone');
    const options = { clock: quickClock(), delays: () => 10, interrupted: () => new Error('not this') };
    await expect(poll(() => Promise.reject(error), options)).rejects.toBe(error);
  });

  it('does not probe on an aborted signal', async () => {
    const reason = new Error('stopped');
    const probe = jest.fn(readyAt(1));
    const options = { clock: quickClock(), signal: AbortSignal.abort(reason), delays: () => 10 };
    await expect(poll(probe, options)).rejects.toBe(reason);
    expect(probe).not.toHaveBeenCalled();
  });

  it('ends in the middle of a pause, with the error that tells what was seen', async () => {
    const controller = new AbortController();
    const clock = quickClock(() => controller.abort(new Error('stopped')));
    const told = new Error('stopped; last seen: 1');
    const options = { clock, signal: controller.signal, delays: () => 10, interrupted: () => told };
    await expect(poll(readyAt(3), options)).rejects.toBe(told);
    expect(clock.slept).toEqual([10]);
  });

  it('does not probe again when the signal is aborted during a probe', async () => {
    const controller = new AbortController();
    const reason = new Error('stopped');
    const probe = jest.fn((): Promise<Probed<never>> => {
      controller.abort(reason);
      return Promise.resolve({ ready: false });
    });
    const options = { clock: quickClock(), signal: controller.signal, delays: () => 0 };
    await expect(poll(probe, options)).rejects.toBe(reason);
    expect(probe).toHaveBeenCalledTimes(1);
  });
});

describe('backoff', () => {
  const pauses = (delays: (count: number) => number): number[] => [1, 2, 3, 4, 5].map(delays).map(Math.round);

  it('grows up to the longest pause', () => {
    expect(pauses(backoff({ first: 200, growth: 1.5, longest: 600 }))).toEqual([200, 300, 450, 600, 600]);
    expect(pauses(backoff({ first: 250, growth: 2 }))).toEqual([250, 500, 1000, 2000, 4000]);
  });

  it('never exceeds the longest pause, however often it is asked', () => {
    expect(backoff({ first: 200, growth: 1.5, longest: 600 })(1_000_000)).toBe(600);
  });

  it.each([
    [0, 90],
    [0.5, 100],
    [0.999_999, 110],
  ])('with chance %p a pause of 100 ms takes %p ms', (chance, expected) => {
    const delays = backoff({ first: 100, growth: 2, jitter: { share: 0.1, random: () => chance } });
    expect(delays(1)).toBeCloseTo(expected, 2);
  });
});
