import { formSwarm, type FormedSwarm } from '../../../../src/fleet/platform/swarm/form-swarm.js';
import { leaveSwarm } from '../../../../src/fleet/platform/swarm/leave-swarm.js';
import { memberAddresses } from '../../../../src/fleet/platform/swarm/members.js';
import type { Clock } from '../../../../src/support/index.js';
import { ScriptedSwarm } from './swarm-engine.js';

const signal = new AbortController().signal;

describe('a swarm over the API of its engines', () => {
  let swarm: ScriptedSwarm;
  const said: string[] = [];
  let time = 0;
  /** What happens at each look, by number. */
  let meanwhile: (look: number) => void;
  let looks = 0;
  const clock: Clock = {
    now: () => time,
    sleep: (ms) => {
      time += ms;
      meanwhile((looks += 1));
      return Promise.resolve();
    },
  };
  beforeEach(async () => {
    said.length = time = looks = 0;
    meanwhile = () => undefined;
    swarm = new ScriptedSwarm();
    for (const name of ['m-1', 'm-2', 'm-3'])
      await swarm.add(name, { role: 'manager', availability: 'drain' });
    for (const name of ['w-1', 'w-2']) await swarm.add(name, { role: 'worker', labels: { tier: 'web' } });
  });
  afterEach(() => swarm.close());

  function form(): Promise<FormedSwarm> {
    const say = (host: string, text: string): void => void said.push(`${host}: ${text}`);
    return formSwarm(swarm.members, { settings: {}, signal, clock, say });
  }

  const roles = (): unknown =>
    Object.fromEntries(swarm.nodes.map(({ Description, Spec }) => [Description.Hostname, Spec.Role]));

  test('the first manager begins it, managers join one by one, then workers', async () => {
    await form();
    const joins = swarm.calls.filter((call) => call.includes('swarm'));
    expect(looks).toBe(0);
    expect(joins.slice(0, 3)).toEqual([
      'm-1 POST /swarm/init',
      'm-2 POST /swarm/join',
      'm-3 POST /swarm/join',
    ]);
    expect(joins.slice(3).sort()).toEqual(['w-1 POST /swarm/join', 'w-2 POST /swarm/join']);
    expect(roles()).toEqual({
      'm-1': 'manager',
      'm-2': 'manager',
      'm-3': 'manager',
      'w-1': 'worker',
      'w-2': 'worker',
    });
    expect(swarm.node('m-2')?.Spec.Availability).toBe('drain');
    expect(swarm.node('w-1')?.Spec.Labels).toEqual({ tier: 'web' });
  });

  test('again: nothing is changed', async () => {
    await form();
    swarm.calls.length = 0;
    expect((await form()).changes).toBe(0);
    expect(swarm.calls).toEqual([]);
  });

  test('a node that the swarm has changed meanwhile is changed from what it is then', async () => {
    swarm.outdatedUpdates = 4;
    await form();
    expect(swarm.node('w-1')?.Spec.Labels).toEqual({ tier: 'web' });
  });

  test('a node that never stays as it was read is given up', async () => {
    swarm.outdatedUpdates = 5;
    await expect(form()).rejects.toThrow(/update the node .*update out of sequence/);
  });

  test('tokens are in no word that is said', async () => {
    await form();
    expect(said.length).toBeGreaterThan(4);
    expect(said.join()).not.toContain('token');
  });

  test('a lost first manager: its node is demoted and removed, then its successor joins by way of another', async () => {
    await form();
    const lost = swarm.node('m-1');
    if (lost !== undefined) lost.Status.State = 'down';
    swarm.calls.length = 0;
    expect((await form()).manager.name).toBe('m-2');
    expect(swarm.calls.slice(0, 3)).toEqual([
      `m-2 POST /nodes/${lost?.ID ?? ''}/update`,
      `m-2 DELETE /nodes/${lost?.ID ?? ''}`,
      'm-1 POST /swarm/join',
    ]);
    expect(swarm.nodes).toHaveLength(5);
    expect(swarm.node('m-1')?.Spec.Role).toBe('manager');
  });

  describe('a host that was made again before the swarm misses its former self', () => {
    async function madeAgain(): Promise<string> {
      await form();
      const former = swarm.node('w-1');
      if (former === undefined) throw new Error('no node');
      former.former = true;
      swarm.calls.length = 0;
      return former.ID;
    }

    test('is waited for', async () => {
      const id = await madeAgain();
      meanwhile = (look) => {
        const former = swarm.nodes.find(({ ID }) => ID === id);
        if (look === 5 && former !== undefined) former.Status.State = 'down';
      };
      await form();
      expect(looks).toBe(5);
      expect(said.filter((text) => text.startsWith('w-1: waiting for the swarm to miss'))).toHaveLength(1);
      expect(swarm.calls.slice(0, 2)).toEqual([`m-1 DELETE /nodes/${id}`, 'w-1 POST /swarm/join']);
      expect(swarm.nodes).toHaveLength(5);
    });

    test('and a node that stays up for a minute is somebody’s, and stays', async () => {
      const id = await madeAgain();
      await form();
      expect(time).toBe(60_000);
      expect(swarm.nodes.map(({ ID }) => ID)).toContain(id);
      expect(swarm.nodes).toHaveLength(6);
    });
  });

  test('a worker becomes a manager when the file says so', async () => {
    await form();
    const node = swarm.node('m-3');
    if (node !== undefined) node.Spec.Role = 'worker';
    await form();
    expect(swarm.node('m-3')?.Spec.Role).toBe('manager');
  });

  test('leaving: workers first, the first manager last, each drained and demoted before', async () => {
    await form();
    swarm.calls.length = 0;
    await leaveSwarm(swarm.members, { signal, say: () => undefined, warn: (text) => said.push(text) });
    const leaving = swarm.calls
      .filter((call) => call.endsWith('/swarm/leave'))
      .map((call) => call.split(' ')[0]);
    expect(leaving).toEqual(['w-1', 'w-2', 'm-3', 'm-2', 'm-1']);
    expect(swarm.calls.filter((call) => call.endsWith('/update'))).toHaveLength(4);
    expect(swarm.nodes).toEqual([]);
  });
});

describe('the address that a member advertises', () => {
  test('is in the chosen network', () => {
    const settings = { network: '10.1.0.0/16', 'data-path-network': 'fd00::/8' };
    expect(memberAddresses('m', '192.0.2.1', ['10.1.2.3', 'fd00::7'], settings)).toEqual({
      advertise: '10.1.2.3',
      dataPath: 'fd00::7',
    });
  });

  test('is the main one without a choice', () => {
    expect(memberAddresses('m', '192.0.2.1', [], {})).toEqual({ advertise: '192.0.2.1' });
  });

  test.each(['10.9.0.0/16', 'ten', '10.0.0.0/99'])('%s is refused with a reason', (network) => {
    expect(() => memberAddresses('m', '192.0.2.1', ['10.1.2.3'], { network })).toThrow(network);
  });
});
