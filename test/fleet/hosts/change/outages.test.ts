import { FleetCloud, type FleetContext } from '../../../../src/fleet/context/fleet-context.js';
import { Outages } from '../../../../src/fleet/hosts/change/outages.js';
import { OperationError, type ErrorCode } from '../../../../src/support/index.js';

function failure(code: ErrorCode): OperationError {
  return new OperationError({ code, attempted: 'read a VM', problem: 'HTTP 503' });
}

/** A cloud that fails its first `questions`, and work that fails its first `rounds`. */
class Scene {
  readonly said: string[] = [];
  readonly rounds: boolean[] = [];
  readonly outages: Outages;
  asked = 0;
  #time = 0;

  constructor(cloudFails: readonly (ErrorCode | undefined)[], limit = 60_000) {
    const readOwned = (): Promise<undefined> => {
      const code = cloudFails[this.asked++];
      return code === undefined ? Promise.resolve(undefined) : Promise.reject(failure(code));
    };
    const tell = (line: string): number => this.said.push(line);
    const sleep = (ms: number): Promise<void> => {
      this.#time += ms;
      return Promise.resolve();
    };
    const context = {
      cloud: new FleetCloud(() => Promise.resolve({ readOwned } as never)),
      clock: { now: () => this.#time, sleep },
      reporter: { note: tell, warn: tell },
      stop: new AbortController().signal,
    };
    this.outages = new Outages(context as unknown as FleetContext, limit);
  }

  work(fails: number, code: ErrorCode = 'task-failed'): Promise<void> {
    let calls = 0;
    return this.outages.outlast((again) => {
      this.rounds.push(again);
      return calls++ < fails ? Promise.reject(failure(code)) : Promise.resolve();
    });
  }
}

describe('a host that fails while the cloud is away', () => {
  test('is begun anew when the cloud is back', async () => {
    const scene = new Scene(['unavailable', 'unreachable']);
    await scene.work(1);
    expect(scene.rounds).toEqual([false, true]);
    expect(scene.said).toEqual([
      expect.stringContaining('Prism Central is away (HTTP 503); waiting for it, for up to 1 min 00 s'),
      'Prism Central answers again (4.0 s).',
    ]);
  });

  test('the wait is one for all hosts that it hit', async () => {
    const scene = new Scene(['unavailable', 'unavailable']);
    await Promise.all([scene.work(1), scene.work(1), scene.work(1)]);
    expect(scene.rounds).toHaveLength(6);
    expect(scene.asked).toBe(3);
    expect(scene.said).toHaveLength(2);
  });

  test.each<[string, readonly (ErrorCode | undefined)[], number]>([
    ["the cloud answers: the failure is the host's own", [], 1],
    ['the cloud refuses the account', ['unauthenticated'], 1],
    ['it stays away for longer than the limit', Array<ErrorCode>(99).fill('unavailable'), 31],
  ])('is not begun anew when %s', async (_, cloudFails, asked) => {
    const scene = new Scene(cloudFails);
    await expect(scene.work(1)).rejects.toMatchObject({ code: 'task-failed' });
    expect(scene.rounds).toEqual([false]);
    expect(scene.asked).toBe(asked);
  });

  test('is not begun anew after Ctrl-C', async () => {
    const scene = new Scene(['unavailable']);
    await expect(scene.work(1, 'cancelled')).rejects.toMatchObject({ code: 'cancelled' });
    expect(scene.asked).toBe(0);
  });

  test('is left to the user after three rounds', async () => {
    const scene = new Scene(['unavailable', undefined, 'unavailable', undefined, 'unavailable', undefined]);
    await expect(scene.work(9)).rejects.toMatchObject({ code: 'task-failed' });
    expect(scene.rounds).toEqual([false, true, true]);
  });
});
