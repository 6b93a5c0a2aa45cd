import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeWith, startTestEngine } from './container/engine.js';
import { dist, DOCKER_MACHINE, Machine, ROOT } from './machine.js';
import type { Outcome } from './run.js';
import { startSimulator, type Simulator } from './simulator.js';

jest.setTimeout(1_200_000);

const engine = startTestEngine();
afterAll(() => engine?.stop());

/** Something that is deployed while a manager is away. */
const SECOND_STACK = Buffer.from(
  `
version: '3.8'
services:
  idle:
    image: local/busybox:1
    command: [/busybox, sleep, '600']
    deploy: { replicas: 2, placement: { constraints: ['node.labels.tier == web'] } }
`,
).toString('base64');

/** examples/swarm.yaml, five hosts at once, with real engines. The tests build on each other. */
describeWith(engine)('nutanix-hosts makes a swarm', () => {
  const folder = mkdtempSync(join(tmpdir(), 'fleet-swarm-'));
  const file = join(folder, 'swarm.yaml');
  let simulator: Simulator;
  let machine: Machine;

  beforeAll(async () => {
    cpSync(join(ROOT, 'examples'), folder, { recursive: true });
    simulator = await startSimulator({ dockerHost: engine?.dockerHost });
    machine = new Machine(DOCKER_MACHINE, simulator.env);
    // Five systems that boot at once, on a machine that may be busy.
    machine.limit = 600_000;
  });
  afterAll(async () => {
    machine.dispose();
    rmSync(folder, { recursive: true });
    await simulator.stop();
  });

  const hosts = (command: string, ...options: string[]): Promise<Outcome> =>
    machine.startProgram(dist('nutanix-hosts'), command, '-f', file, ...options).outcome;

  /** A manager counts a node as unknown, or as down, whose heartbeat is late, as on a busy computer: until its next one. */
  async function until<T>(look: () => Promise<T>, isWell: (seen: T) => boolean): Promise<void> {
    const end = Date.now() + 300_000;
    for (let seen = await look(); !isWell(seen); seen = await look()) {
      if (Date.now() > end) throw new Error(`not so after 300 s: ${JSON.stringify(seen)}`);
    }
  }
  const allWell = async (): Promise<void> =>
    await until(
      async () => await hosts('status'),
      ({ code }) => code === 0,
    );
  /** What a manager says of the nodes, sorted. */
  async function nodesAre(manager: string, format: string, expected: RegExp): Promise<void> {
    await until(
      async () => (await machine.run('ssh', manager, `docker node ls --format '${format}'`)).split('\n'),
      (lines) =>
        expected.test(
          lines
            .map((line) => line.trimEnd())
            .sort()
            .join('\n'),
        ),
    );
  }

  async function page(): Promise<string> {
    const address = await machine.run('ip', 'worker-1');
    return await (await fetch(`http://${address}:8080/`, { headers: { connection: 'close' } })).text();
  }

  test('three managers, two workers, an application that answers', async () => {
    const { code, output } = await hosts('apply');
    expect({ code, output }).toMatchObject({ code: 0 });
    expect(output).not.toContain('SWMTKN');
    // Another manager takes the lead when the first one was too busy for a while.
    const shown = [/^manager-\d .*manager, leader, drain$/m, /^application +ok$/m];
    await until(
      async () => (await hosts('status')).stdout,
      (stdout) =>
        shown.every((line) => line.test(stdout)) && stdout.match(/^worker-\d .* worker$/gm)?.length === 2,
    );
    expect(await page()).toBe('served by the swarm\n');
  });

  test('again: nothing to do', async () => {
    const { code, output } = await hosts('apply');
    expect({ code, output }).toMatchObject({ code: 0 });
    expect(output).toContain('Nothing to do');
  });

  test('the leader is switched off: the application answers, and a deploy is accepted', async () => {
    await machine.run('stop', 'manager-1');
    await until(
      async () => await hosts('status'),
      ({ code, stdout }) => {
        expect({ code, stdout }).toMatchObject({ code: 1 });
        expect(stdout).toMatch(/^engines +manager-1: is stopped$/m);
        // A leader that was elected a moment ago counts nodes, itself too, as unknown until their next heartbeat.
        return /^manager-[23] .*manager, leader,( unknown,)? drain$/m.test(stdout);
      },
    );
    expect(await page()).toBe('served by the swarm\n');
    await machine.run(
      'ssh',
      'manager-2',
      `echo ${SECOND_STACK} | base64 -d | docker stack deploy -c - second`,
    );
    const running = "docker service ls --filter name=second_idle --format '{{.Replicas}}' | grep -qx 2/2";
    await machine.run('ssh', 'manager-2', `timeout 600 sh -c "until ${running}; do sleep 1; done"`);
    await machine.run('ssh', 'manager-2', 'docker stack rm second');
  });

  test('apply starts it again', async () => {
    const { code, output } = await hosts('apply');
    expect({ code, output }).toMatchObject({ code: 0 });
    await allWell();
  });

  test('a manager whose VM was deleted in Prism is replaced', async () => {
    await simulator.deleteVm('manager-1');
    expect((await hosts('status')).stdout).toMatch(/^manager-1 +gone .*apply makes it again/m);
    const { code, output } = await hosts('apply');
    expect({ code, output }).toMatchObject({ code: 0 });
    expect(output).toContain('removing the node of its former self');
    const all = ['manager-1', 'manager-2', 'manager-3', 'worker-1', 'worker-2'];
    const ready = new RegExp(`^${all.map((name) => `${name} Ready`).join('\\n')}$`);
    await nodesAre('manager-2', '{{.Hostname}} {{.Status}}', ready);
  });

  test('what an application has written is there after stop and start', async () => {
    const file = '/var/lib/docker/volumes/web_data/_data/index.html';
    await machine.run('ssh', 'worker-1', `echo served by worker-1, written before > ${file}`);
    await machine.run('stop', 'worker-1');
    const { code, output } = await hosts('apply');
    expect({ code, output }).toMatchObject({ code: 0 });
    expect(output).toContain('started');
    expect(await page()).toBe('served by worker-1, written before\n');
  });

  test('members that left the file are drained and demoted, and removed; the application answers', async () => {
    const text = readFileSync(file, 'utf8');
    writeFileSync(
      file,
      text.replace('manager-{1..3}', 'manager-{1..2}').replace('worker-{1..2}', 'worker-{1..1}'),
    );
    const { code, output } = await hosts('apply', '--prune', '--yes');
    expect({ code, output }).toMatchObject({ code: 0 });
    expect(output).toMatch(/\[worker-2\] draining its node of the swarm[^]*\[manager-3\] draining its node/);
    expect(output).toMatch(/\[manager-3\] demoting it from a manager/);
    const manager = 'Ready (Leader|Reachable)';
    const left = new RegExp(`^manager-1 ${manager}\\nmanager-2 ${manager}\\nworker-1 Ready$`);
    await nodesAre('manager-1', '{{.Hostname}} {{.Status}} {{.ManagerStatus}}', left);
    expect((await simulator.vmNames()).sort()).toEqual(['manager-1', 'manager-2', 'worker-1']);
    expect(await page()).toBe('served by worker-1, written before\n');
    await allWell();
  });

  test('destroy leaves nothing', async () => {
    const { code, output } = await hosts('destroy', '--yes');
    expect({ code, output }).toMatchObject({ code: 0 });
    expect(await simulator.vmNames()).toEqual([]);
    expect(engine?.left()).toBe('');
  });
});
