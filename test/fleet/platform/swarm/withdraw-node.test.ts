import { formSwarm } from '../../../../src/fleet/platform/swarm/form-swarm.js';
import { forgetNode, withdrawNode } from '../../../../src/fleet/platform/swarm/withdraw-node.js';
import type { Clock } from '../../../../src/support/index.js';
import { ScriptedSwarm } from './swarm-engine.js';

const { signal } = new AbortController();

describe('a node is taken out of use', () => {
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
  const say = (text: string): void => void said.push(text);

  beforeEach(async () => {
    time = pauses = said.length = 0;
    meanwhile = () => undefined;
    swarm = new ScriptedSwarm();
    for (const name of ['m-1', 'm-2', 'm-3']) await swarm.add(name, { role: 'manager' });
    await swarm.add('w-1', { role: 'worker' });
    await formSwarm(swarm.members, { settings: {}, signal, clock, say: () => undefined });
    swarm.calls.length = 0;
  });
  afterEach(() => swarm.close());

  function nodeOf(name: string): NonNullable<ReturnType<ScriptedSwarm['node']>> {
    const node = swarm.node(name);
    if (node === undefined) throw new Error(`no node ${name}`);
    return node;
  }

  async function withdraw(name: string): Promise<void> {
    const [manager] = swarm.members;
    if (manager === undefined) throw new Error('no manager');
    await withdrawNode(manager.engine, { id: nodeOf(name).ID, name }, { signal, clock, say });
  }

  test('a worker is drained, and that is waited for until none of its tasks runs', async () => {
    const { ID: id } = nodeOf('w-1');
    let alive = ['running', 'preparing', 'shutdown', 'failed'];
    swarm.tasks = (node) => (node === id ? alive.map((State) => ({ Status: { State } })) : []);
    meanwhile = (pause) => {
      if (pause === 4) alive = ['shutdown', 'complete'];
    };
    await withdraw('w-1');
    expect(pauses).toBe(4);
    expect(nodeOf('w-1').Spec).toMatchObject({ Availability: 'drain', Role: 'worker' });
    expect(said).toEqual(['draining its node of the swarm']);
  });

  test('a manager is demoted, too, and that is waited for', async () => {
    const { ID: id } = nodeOf('m-3');
    swarm.sticky.add(id);
    meanwhile = (pause) => {
      if (pause === 3) swarm.sticky.delete(id);
    };
    await withdraw('m-3');
    expect(pauses).toBe(3);
    expect(nodeOf('m-3').Spec).toMatchObject({ Availability: 'drain', Role: 'worker' });
  });

  test.each<[string, string[], RegExp]>([
    ['m-3', ['m-2'], /1 of the 2 managers that stay answer, which is no majority/],
    ['m-1', ['m-2', 'm-3'], /0 of the 2 managers/],
  ])('%s is left as it is when %j are down', async (name, down, problem) => {
    for (const one of down) nodeOf(one).Status.State = 'down';
    await expect(withdraw(name)).rejects.toThrow(problem);
    expect(swarm.calls).toEqual([]);
  });

  test('a node that is down is not waited for', async () => {
    swarm.tasks = () => [{ Status: { State: 'running' } }];
    const { ID: id } = nodeOf('w-1');
    nodeOf('w-1').Status.State = 'down';
    const [manager] = swarm.members;
    await withdrawNode(manager?.engine ?? fail(), { id, name: 'w-1' }, { signal, clock, say });
    expect(pauses).toBe(0);
  });

  test('tasks that do not stop are an error that names them', async () => {
    swarm.tasks = () => [{ Status: { State: 'running' } }, { Status: { State: 'running' } }];
    await expect(withdraw('w-1')).rejects.toMatchObject({
      code: 'timeout',
      message: expect.stringContaining('2 of its tasks still run') as unknown,
    });
    expect(time).toBe(120_000);
  });

  test('what has left is removed from the list, and what is not there is no error', async () => {
    const [manager] = swarm.members;
    const node = { id: nodeOf('w-1').ID, name: 'w-1' };
    await forgetNode(manager?.engine ?? fail(), node, signal);
    expect(swarm.nodes.map(({ ID }) => ID)).not.toContain(node.id);
    await forgetNode(manager?.engine ?? fail(), node, signal);
    expect(swarm.calls).toEqual([`m-1 DELETE /nodes/${node.id}`]);
  });
});

function fail(): never {
  throw new Error('no manager');
}
