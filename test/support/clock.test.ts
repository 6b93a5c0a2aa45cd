import { systemClock } from '../../src/support/index.js';

describe('systemClock', () => {
  it('rejects a sleep with the reason of its signal', async () => {
    const controller = new AbortController();
    const sleep = systemClock.sleep(60_000, controller.signal);
    const reason = new Error('stopped');
    controller.abort(reason);
    await expect(sleep).rejects.toBe(reason);
  });

  it('does not begin to sleep on an aborted signal', async () => {
    const reason = new Error('stopped before');
    await expect(systemClock.sleep(60_000, AbortSignal.abort(reason))).rejects.toBe(reason);
  });

  it('never goes back', async () => {
    const before = systemClock.now();
    await systemClock.sleep(1);
    expect(systemClock.now()).toBeGreaterThan(before);
  });
});
