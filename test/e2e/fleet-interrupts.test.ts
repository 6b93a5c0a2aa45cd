import { CLEANUP_TIME } from '../../src/host/rules/index.js';
import { FleetOfFive } from './fleet-of-five.js';
import { COUNTED, DELETE_VM } from './spoken-api.js';

/** nutanix-hosts is interrupted, killed, or started twice; the next apply heals what that has left. */
describe('nutanix-hosts interrupted', () => {
  let fleet: FleetOfFive;

  beforeAll(async () => {
    fleet = await FleetOfFive.start();
  });
  afterEach(() => fleet.destroyed());
  afterAll(() => fleet.close());

  test('Ctrl-C: what was begun is cleaned up, and the next apply makes it', async () => {
    const run = await fleet.applying();
    run.interrupt();
    await run.seen(/stopping: what is half done/);
    fleet.creates.release();
    expect(await run.outcome).toMatchObject({ code: 130 });
    expect(fleet.cloud.vmNames()).toEqual([]);
    await fleet.applied();
  });

  test('a second Ctrl-C ends it at once; the next apply removes what is left and makes all', async () => {
    fleet.cloud.simulator.addFault({
      name: 'nothing can be removed',
      match: DELETE_VM,
      do: { hang: true, effect: 'none' },
    });
    const asked = (): number => fleet.cloud.simulator.requestCounts()[COUNTED.deleteVm] ?? 0;
    const before = asked();
    const run = await fleet.applying();
    run.interrupt();
    await run.seen(/stopping: what is half done/);
    fleet.creates.release();
    await until(() => asked() > before);
    const second = performance.now();
    run.interrupt();
    expect(await run.outcome).toMatchObject({ code: 130 });
    // The requests are never answered: without it, the clean-up goes on for all the time that it has.
    expect(performance.now() - second).toBeLessThan(CLEANUP_TIME / 2);
    expect(fleet.cloud.vmNames()).not.toEqual([]);
    expect(fleet.orphans()).toEqual([]);
    fleet.cloud.simulator.clearFaults();
    await fleet.applied();
  });

  test('SIGKILL in the middle: the next apply ends what was left running and makes all hosts', async () => {
    const run = await fleet.applying();
    run.child.kill('SIGKILL');
    await run.outcome;
    fleet.creates.release();
    expect(fleet.orphans()).toEqual([]);
    await fleet.applied();
  });

  test('two at once: the second is told who is at work', async () => {
    const first = fleet.start('apply');
    await first.seen(/\[web-1\]/);
    const second = await fleet.start('apply').outcome;
    expect(second).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(`process ${String(first.child.pid)} on .* since `) as unknown,
    });
    expect((await first.outcome).code).toBe(0);
  });
});

async function until(condition: () => boolean, limit = 200_000): Promise<void> {
  for (const end = Date.now() + limit; !condition();) {
    if (Date.now() > end) throw new Error(`not so after ${limit} ms`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
