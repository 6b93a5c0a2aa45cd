import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { describeWith, startTestEngine } from './container/engine.js';
import { dist, DOCKER_MACHINE, Machine } from './machine.js';
import type { Outcome, Running } from './run.js';
import { startSimulator, type Simulator } from './simulator.js';

jest.setTimeout(1_500_000);

const engine = startTestEngine();
afterAll(() => engine?.stop());

const listShape = z.object({
  entities: z.array(
    z.looseObject({
      metadata: z.looseObject({ uuid: z.string() }),
      status: z.looseObject({
        name: z.string(),
        resources: z.looseObject({ memory_size_mib: z.number() }),
      }),
    }),
  ),
});

interface Size {
  /** GiB */
  readonly disk: number;
  /** MiB */
  readonly memory: number;
}

/** A swarm of one manager and one worker on real engines, with a secret. The tests build on each other. */
describeWith(engine)('hosts of a swarm with one manager are changed in turn', () => {
  const folder = mkdtempSync(join(tmpdir(), 'fleet-replace-single-manager-'));
  const file = join(folder, 'hosts.yaml');
  let simulator: Simulator;
  let machine: Machine;
  let first: unknown;

  beforeAll(async () => {
    declare({ disk: 6, memory: 3072 });
    simulator = await startSimulator({ dockerHost: engine?.dockerHost });
    machine = new Machine(DOCKER_MACHINE, simulator.env);
    machine.limit = 900_000;
  });
  afterAll(async () => {
    machine.dispose();
    rmSync(folder, { recursive: true });
    await simulator.stop();
  });

  function declare({ disk, memory }: Size): void {
    const text = {
      name: 'pair',
      defaults: { nutanix: { 'docker-disk-size': disk, 'vm-mem': memory } },
      groups: [
        { name: 'manager', swarm: 'manager' },
        { name: 'worker', swarm: { role: 'worker', labels: { tier: 'web' } } },
      ],
    };
    // JSON is YAML.
    writeFileSync(file, JSON.stringify(text));
  }

  const start = (command: string, ...options: string[]): Running =>
    machine.startProgram(dist('nutanix-hosts'), command, '-f', file, ...options);
  const hosts = (command: string, ...options: string[]): Promise<Outcome> =>
    start(command, ...options).outcome;
  const manage = (command: string): Promise<string> => machine.run('ssh', 'manager', command);

  async function vms(): Promise<Record<string, { readonly id: string; readonly memory: number }>> {
    const { entities } = listShape.parse(
      await simulator.call('POST', '/api/nutanix/v3/vms/list', { kind: 'vm' }),
    );
    return Object.fromEntries(
      entities.map(({ metadata, status }) => [
        status.name,
        { id: metadata.uuid, memory: status.resources.memory_size_mib },
      ]),
    );
  }

  /** The swarm as the declared manager lists it: two nodes that are ready, and the secret of the beginning. */
  async function expectDeclaredSwarm(): Promise<void> {
    const format = '{{.Hostname}} {{.Status}} {{.Availability}} {{.ManagerStatus}}';
    const nodes = await manage(`docker node ls --format '${format}'`);
    expect(nodes.split('\n').map((line) => line.trim())).toEqual([
      'manager Ready Active Leader',
      'worker Ready Active',
    ]);
    const secrets = "docker secret ls --quiet --filter name=token; docker secret ls --format '{{.Name}}'";
    const kept = await manage(secrets);
    expect(kept).toMatch(/\ntoken$/);
    first ??= kept;
    expect(kept).toBe(first);
  }

  /** Kills nutanix-hosts alone, as the kernel does when memory is short: what it has started goes on. */
  async function killWhen(seen: RegExp): Promise<Outcome> {
    const run = start('apply', '--recreate', '--yes');
    await run.seen(seen);
    run.child.kill('SIGKILL');
    return await run.outcome;
  }

  const unaltered = async (before: unknown): Promise<void> => expect(await vms()).toEqual(before);

  test('a changed default: without a terminal and --yes nothing changes', async () => {
    const { code, output } = await hosts('apply');
    expect({ code, output }).toMatchObject({ code: 0 });
    await manage('echo kept | docker secret create token -');
    await expectDeclaredSwarm();
    const before = await vms();
    declare({ disk: 7, memory: 3072 });
    const refused = await hosts('apply', '--recreate');
    expect(refused).toMatchObject({ code: 1 });
    expect(refused.output).toContain('--yes');
    await unaltered(before);
    await expectDeclaredSwarm();
  });

  test('killed when the worker is drained: a plain apply makes it available again', async () => {
    const before = await vms();
    const killed = await killWhen(/\[worker\] leaving the swarm/);
    expect(killed.code).toBeUndefined();
    const { code, output } = await hosts('apply');
    expect({ code, output }).toMatchObject({ code: 1 });
    expect(output).toContain('apply --recreate replaces it');
    await unaltered(before);
    await expectDeclaredSwarm();
  });

  test('killed when the manager is demoted and a worker stands in: a plain apply gives both their roles back', async () => {
    const before = await vms();
    const killed = await killWhen(/\[manager\] (it is still among the managers|leaving the swarm)/);
    expect(killed.code).toBeUndefined();
    expect(killed.output).toContain('[manager] worker stands in as manager');
    const { code, output } = await hosts('apply');
    expect({ code, output }).toMatchObject({ code: 1 });
    const now = await vms();
    expect(now['manager']).toEqual(before['manager']);
    expect(now['worker']?.id).not.toBe(before['worker']?.id);
    await expectDeclaredSwarm();
  });

  test('the next apply --recreate replaces the manager, too; the swarm and its secret are the same', async () => {
    const before = await vms();
    const { code, output } = await hosts('apply', '--recreate', '--yes');
    expect({ code, output }).toMatchObject({ code: 0 });
    expect(output).toContain('[manager] worker stands in as manager');
    const now = await vms();
    expect(now['manager']?.id).not.toBe(before['manager']?.id);
    expect(now['worker']).toEqual(before['worker']);
    await expectDeclaredSwarm();
    expect((await hosts('apply')).output).toContain('Nothing to do');
  });

  test('less memory: drained and restarted one by one, the worker first; all is as declared', async () => {
    const before = await vms();
    declare({ disk: 7, memory: 2048 });
    const { code, output } = await hosts('apply', '--resize', '--yes');
    expect({ code, output }).toMatchObject({ code: 0 });
    const steps = [...output.matchAll(/^\[(\S+)\] (draining|changing memory)/gm)];
    expect(steps.map(([, name = '', what = '']) => `${name} ${what}`)).toEqual([
      'worker draining',
      'worker changing memory',
      'manager draining',
      'manager changing memory',
    ]);
    const smaller = Object.entries(before).map(([name, { id }]) => [name, { id, memory: 2048 }]);
    await unaltered(Object.fromEntries(smaller));
    await expectDeclaredSwarm();
    expect((await hosts('apply')).output).toContain('Nothing to do');
  });

  test('destroy leaves nothing', async () => {
    const { code, output } = await hosts('destroy', '--yes');
    expect({ code, output }).toMatchObject({ code: 0 });
    expect(engine?.left()).toBe('');
  });
});
