import { stepAside } from '../../../src/fleet/replace/step-aside.js';
import { formSwarm } from '../../../src/fleet/swarm/form-swarm.js';
import type { Clock } from '../../../src/support/index.js';
import { ScriptedSwarm } from '../swarm-engine.js';

const { signal } = new AbortController();
const DECLARED = ['m manager active', 'w worker active'];

/** One manager and one worker, unless a test wants less. */
describe('a host of a swarm with one manager steps aside', () => {
  let swarm: ScriptedSwarm;
  let time = 0;
  /** What happens while it is waited, by the number of the pause. */
  let meanwhile: (pause: number) => void;
  let pauses = 0;
  const said: string[] = [];
  const clock: Clock = {
    now: () => time,
    sleep: (ms) => {
      time += ms;
      meanwhile((pauses += 1));
      return Promise.resolve();
    },
  };

  beforeEach(() => {
    time = pauses = said.length = 0;
    meanwhile = () => undefined;
    swarm = new ScriptedSwarm();
  });
  afterEach(() => swarm.close());

  const form = (): Promise<unknown> =>
    formSwarm(swarm.members, { settings: {}, signal, clock, say: () => undefined });

  async function pair(): Promise<void> {
    await swarm.add('m', { role: 'manager' });
    await swarm.add('w', { role: 'worker' });
    await form();
    swarm.calls.length = 0;
  }

  const aside = (
    name: string,
    options: { forGood: boolean; loseSwarm?: boolean; until?: AbortSignal },
  ): Promise<void> =>
    stepAside(name, swarm.members, {
      loseSwarm: false,
      ...options,
      signal: options.until ?? signal,
      clock,
      say: (text) => said.push(text),
    });

  const nodes = (): string[] =>
    swarm.nodes
      .map(({ Description, Spec }) => `${Description.Hostname} ${Spec.Role} ${Spec.Availability}`)
      .sort();
  const idOf = (name: string): string => swarm.node(name)?.ID ?? '';

  test('the only manager, for good: a worker becomes a manager before, and it leaves as a worker', async () => {
    await pair();
    const [m, w] = [idOf('m'), idOf('w')];
    await aside('m', { forGood: true });
    expect(swarm.calls).toEqual([
      `m POST /nodes/${w}/update`,
      `w POST /nodes/${m}/update`,
      `w POST /nodes/${m}/update`,
      'm POST /swarm/leave',
      `w DELETE /nodes/${m}`,
    ]);
    expect(nodes()).toEqual(['w manager active']);
    await form();
    expect(nodes()).toEqual(DECLARED);
  });

  test.each([
    ['the worker is a manager', 1, ['m manager active', 'w manager active']],
    ['the manager is drained', 2, ['m manager drain', 'w manager active']],
    ['it is demoted', 3, ['m worker drain', 'w manager active']],
    ['it has left', 4, ['w manager active']],
  ])('killed when %s: the next run sets all as declared', async (_, changes, left) => {
    await pair();
    const killed = new AbortController();
    swarm.changed = () => {
      if (swarm.calls.length === changes) killed.abort();
    };
    await expect(aside('m', { forGood: true, until: killed.signal })).rejects.toThrow();
    expect(nodes()).toEqual(left);
    await form();
    expect(nodes()).toEqual(DECLARED);
    await aside('m', { forGood: true });
    await form();
    expect(nodes()).toEqual(DECLARED);
  });

  test('a manager that an earlier run has demoted leaves only when it does not count any more', async () => {
    await pair();
    await swarm.add('n', { role: 'manager' });
    await form();
    swarm.calls.length = 0;
    const node = swarm.node('n');
    if (node === undefined) throw new Error('no node');
    node.Spec.Role = 'worker';
    swarm.sticky.add(node.ID);
    meanwhile = (pause) => {
      expect(swarm.calls).not.toContain('n POST /swarm/leave');
      if (pause === 3) swarm.sticky.delete(node.ID);
    };
    await aside('n', { forGood: true });
    expect(pauses).toBe(3);
    expect(swarm.calls).toContain('n POST /swarm/leave');
  });

  test('the only manager, which comes back, is drained by itself and stays the manager', async () => {
    await pair();
    await aside('m', { forGood: false });
    expect(swarm.calls).toEqual([`m POST /nodes/${idOf('m')}/update`]);
    expect(nodes()).toEqual(['m manager drain', 'w worker active']);
    await form();
    expect(nodes()).toEqual(DECLARED);
  });

  test('a manager that the majority needs is not even drained', async () => {
    await pair();
    for (const name of ['n', 'o']) await swarm.add(name, { role: 'manager' });
    await form();
    swarm.calls.length = 0;
    const lost = swarm.node('o');
    if (lost !== undefined) lost.Status.State = 'down';
    await expect(aside('m', { forGood: true })).rejects.toThrow(
      /demote m.*without it only 1 of the other 2 managers can be reached/,
    );
    expect(swarm.calls).toEqual([]);
  });

  describe('the only host', () => {
    beforeEach(async () => {
      await swarm.add('m', { role: 'manager' });
      await form();
      swarm.calls.length = 0;
    });

    test('is not replaced: its swarm would end', async () => {
      await expect(aside('m', { forGood: true })).rejects.toThrow(
        /only host of its swarm, whose secrets.*--lose-swarm/,
      );
    });

    test.each([
      ['the user lets the swarm end', { forGood: true, loseSwarm: true }],
      ['it comes back', { forGood: false }],
    ])('is left as it is when %s', async (_, options) => {
      await aside('m', options);
    });

    afterEach(() => {
      expect(swarm.calls).toEqual([]);
      expect(nodes()).toEqual(['m manager active']);
    });
  });
});
