import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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

const HOSTS = ['manager-1', 'manager-2', 'manager-3', 'worker-1'];
const listShape = z.object({
  entities: z.array(
    z.looseObject({
      metadata: z.looseObject({ uuid: z.string() }),
      status: z.looseObject({ name: z.string() }),
    }),
  ),
});
const configShape = z.looseObject({ Driver: z.looseObject({ IPAddress: z.string() }) });

/** A swarm on real engines, with a secret and a service that this tool knows nothing of. The tests build on each other. */
describeWith(engine)('apply --recreate on a swarm', () => {
  const folder = mkdtempSync(join(tmpdir(), 'fleet-replace-swarm-'));
  const file = join(folder, 'hosts.yaml');
  let simulator: Simulator;
  let machine: Machine;

  beforeAll(async () => {
    declare(6);
    simulator = await startSimulator({ dockerHost: engine?.dockerHost });
    machine = new Machine(DOCKER_MACHINE, simulator.env);
    machine.limit = 900_000;
  });
  afterAll(async () => {
    machine.dispose();
    rmSync(folder, { recursive: true });
    await simulator.stop();
  });

  function declare(disk: number): void {
    const busybox = [
      'folder=$(mktemp -d)',
      'cp /bin/busybox "$folder/"',
      'tar --directory "$folder" --create --file - busybox | docker import - local/busybox:1',
    ];
    const text = {
      name: 'swarm',
      defaults: { nutanix: { 'docker-disk-size': disk } },
      groups: [
        { name: 'manager-{1..3}', swarm: 'manager' },
        { name: 'worker-1', swarm: { role: 'worker', labels: { tier: 'web' } } },
      ],
      install: [{ name: 'image', on: { role: 'all' }, run: busybox.join('\n') }],
      checks: [{ name: 'engines', tcp: { on: { role: 'all' }, port: 2376 } }],
    };
    // JSON is YAML.
    writeFileSync(file, JSON.stringify(text));
  }

  const start = (command: string, ...options: string[]): Running =>
    machine.startProgram(dist('nutanix-hosts'), command, '-f', file, ...options);
  const hosts = (command: string, ...options: string[]): Promise<Outcome> =>
    start(command, ...options).outcome;
  const manage = (command: string): Promise<string> => machine.run('ssh', 'manager-2', command);

  async function ids(): Promise<Record<string, string>> {
    const { entities } = listShape.parse(
      await simulator.call('POST', '/api/nutanix/v3/vms/list', { kind: 'vm' }),
    );
    return Object.fromEntries(entities.map(({ metadata, status }) => [status.name, metadata.uuid]));
  }

  async function nodes(): Promise<string[]> {
    const format = '{{.Hostname}} {{.Status}} {{.Availability}} {{.ManagerStatus}}';
    const text = await manage(`docker node ls --format '${format}'`);
    return text
      .split('\n')
      .map((line) => line.trim().replace('Leader', 'Reachable'))
      .sort();
  }

  /** Whether a host of the swarm answers with the secret. */
  async function answers(): Promise<boolean> {
    const each = HOSTS.map(async (name) => {
      const path = join(machine.store, 'machines', name, 'config.json');
      const { Driver } = configShape.parse(JSON.parse(readFileSync(path, 'utf8')));
      const signal = AbortSignal.timeout(20_000);
      const response = await fetch(`http://${Driver.IPAddress}:8080/token`, {
        signal,
        headers: { connection: 'close' },
      });
      if ((await response.text()).trim() !== 'kept') throw new Error('another page');
    });
    return await Promise.any(each).then(
      () => true,
      () => false,
    );
  }

  /** Asks again and again until something has ended. */
  async function answersUntil(end: Promise<unknown>): Promise<boolean[]> {
    const rounds: boolean[] = [];
    const pause = (): Promise<string> => new Promise((resolve) => setTimeout(resolve, 500, 'go on'));
    do rounds.push(await answers());
    while ((await Promise.race([end, pause()])) === 'go on');
    return rounds;
  }

  const WELL = [
    'manager-1 Ready Active Reachable',
    'manager-2 Ready Active Reachable',
    'manager-3 Ready Active Reachable',
    'worker-1 Ready Active',
  ];

  test('a swarm with a secret and a service of two tasks', async () => {
    const { code, output } = await hosts('apply');
    expect({ code, output }).toMatchObject({ code: 0 });
    await manage('echo kept | docker secret create token -');
    await manage(
      'docker service create --detach --name web --replicas 2 --secret token ' +
        '--publish mode=host,target=80,published=8080 local/busybox:1 ' +
        '/busybox httpd -f -p 80 -h /run/secrets',
    );
    const running = "docker service ls --filter name=web --format '{{.Replicas}}' | grep -q 2/2";
    await manage(`timeout 300 sh -c "until ${running}; do sleep 1; done"`);
    expect(await answers()).toBe(true);
    expect(await nodes()).toEqual(WELL);
  });

  test('one default has changed: without a terminal and --yes nothing happens', async () => {
    const before = await ids();
    declare(7);
    const { code, output } = await hosts('apply', '--recreate');
    expect({ code, output }).toMatchObject({ code: 1 });
    for (const name of HOSTS)
      expect(output).toMatch(new RegExp(`^${name} +replaced +nutanix-docker-disk-size 6 → 7$`, 'm'));
    expect(output).toContain('--yes');
    expect(await ids()).toEqual(before);
    expect(await nodes()).toEqual(WELL);
  });

  test('Ctrl-C while a worker is drained: apply gives it its work back', async () => {
    const before = await ids();
    const run = start('apply', '--recreate', '--yes');
    await run.seen(/\[worker-1\] draining/);
    run.interrupt();
    const { code, output } = await run.outcome;
    expect({ code, output }).toMatchObject({ code: 130 });
    const again = await hosts('apply');
    expect({ code: again.code, output: again.output }).toMatchObject({ code: 1 });
    expect(await nodes()).toEqual(WELL);
    const now = await ids();
    expect({ ...now, 'worker-1': '' }).toEqual({ ...before, 'worker-1': '' });
  });

  test('with --yes all hosts are replaced, and the swarm with its secret goes on all the time', async () => {
    const before = await ids();
    const run = start('apply', '--recreate', '--yes');
    const outcome = run.outcome;
    const rounds = await answersUntil(outcome);
    const { code, output } = await outcome;
    expect({ code, output }).toMatchObject({ code: 0 });
    expect(rounds).not.toContain(false);
    const replaced = [...output.matchAll(/^\[(\S+)\] replacing/gm)].map(([, name]) => name);
    expect(replaced[0]).toBe('worker-1');
    expect([...replaced].sort()).toEqual(HOSTS);
    expect(Object.entries(await ids()).filter(([name, id]) => before[name] === id)).toEqual([]);
    expect(await nodes()).toEqual(WELL);
    expect(await manage("docker secret ls --format '{{.Name}}'")).toBe('token');
    expect(await answers()).toBe(true);
    expect((await hosts('apply')).output).toContain('Nothing to do');
  });

  test('destroy leaves nothing', async () => {
    const { code, output } = await hosts('destroy', '--yes');
    expect({ code, output }).toMatchObject({ code: 0 });
    expect(engine?.left()).toBe('');
  });
});
