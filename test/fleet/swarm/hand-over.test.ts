import { formSwarm, type FormedSwarm } from '../../../src/fleet/swarm/form-swarm.js';
import type { Clock } from '../../../src/support/index.js';
import { ScriptedSwarm } from '../swarm-engine.js';

const { signal } = new AbortController();

describe('a worker stands in as the only manager', () => {
  let swarm: ScriptedSwarm;
  let time = 0;
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
  const form = (members = swarm.members): Promise<FormedSwarm> =>
    formSwarm(members, { settings: {}, signal, clock, say: (host, text) => said.push(`${host}: ${text}`) });
  const roles = (): string[] =>
    swarm.nodes.map(({ Description, Spec }) => `${Description.Hostname} ${Spec.Role}`);

  beforeEach(async () => {
    time = pauses = said.length = 0;
    meanwhile = () => undefined;
    swarm = new ScriptedSwarm();
    await swarm.add('m', { role: 'manager' });
    await swarm.add('w', { role: 'worker' });
    await form();
    setRole('w', 'manager');
    setRole('m', 'worker');
    swarm.calls.length = 0;
  });
  afterEach(() => swarm.close());

  function setRole(name: string, role: string): string {
    const node = swarm.node(name);
    if (node === undefined) throw new Error(`no node ${name}`);
    node.Spec.Role = role;
    return node.ID;
  }

  test('it makes the declared manager one, which then makes it a worker', async () => {
    const [m, w] = [swarm.node('m')?.ID ?? '', swarm.node('w')?.ID ?? ''];
    const { manager, changes } = await form();
    expect(swarm.calls).toEqual([`w POST /nodes/${m}/update`, `m POST /nodes/${w}/update`]);
    expect({ manager: manager.name, changes }).toEqual({ manager: 'm', changes: 2 });
    expect(roles()).toEqual(['m manager', 'w worker']);
    expect((await form()).changes).toBe(0);
  });

  test('it is not done before the swarm is managed without it', async () => {
    const id = swarm.node('w')?.ID ?? '';
    swarm.sticky.add(id);
    meanwhile = (pause) => {
      if (pause === 4) swarm.sticky.delete(id);
    };
    await form();
    expect(pauses).toBe(4);
    expect(said).toContain('w: still among the managers');
  });

  test('it stays the manager while no declared one runs, which is said', async () => {
    const worker = swarm.members.filter(({ name }) => name === 'w');
    await expect(form(worker)).rejects.toThrow(
      /none of the hosts that shall manage it runs.*Start one first/,
    );
    expect(swarm.node('w')?.Spec.Role).toBe('manager');
    expect(time).toBe(0);
  });

  test('workers alone begin no swarm, which is said', async () => {
    setRole('w', 'worker');
    const worker = swarm.members.filter(({ name }) => name === 'w');
    await expect(form(worker)).rejects.toThrow(
      /none of the hosts that shall manage it runs.*Start one first/,
    );
    expect(swarm.calls).toEqual([]);
  });
});
