import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { dist, DOCKER_MACHINE, Machine, ROOT } from './machine.js';
import type { Outcome } from './run.js';
import { startSimulator, type Simulator } from './simulator.js';
import { jsonEvents } from '../fleet/ui/reporters/json-events.js';

jest.setTimeout(600_000);

const FIVE = ['agent-1', 'agent-2', 'dce-1', 'dce-2', 'dce-3'];

const listShape = z.object({
  entities: z.array(
    z.looseObject({
      metadata: z.looseObject({ uuid: z.string() }),
      spec: z.looseObject({ resources: z.looseObject({}) }),
    }),
  ),
});

function fail(name: string): never {
  throw new Error(`there is no VM ${name}`);
}

/** nutanix-hosts with the examples, on a real client. The tests build on each other. */
describe('nutanix-hosts', () => {
  let simulator: Simulator;
  let machine: Machine;

  beforeAll(async () => {
    simulator = await startSimulator();
    machine = new Machine(DOCKER_MACHINE, simulator.env);
  });
  afterAll(async () => {
    machine.dispose();
    await simulator.stop();
  });

  function hosts(command: string, example: string, ...options: string[]): Promise<Outcome> {
    const file = join(ROOT, 'examples', example);
    return machine.startProgram(dist('nutanix-hosts'), command, '-f', file, ...options).outcome;
  }

  /** As a person does it in Prism. */
  async function resize(name: string, resources: object): Promise<void> {
    const { entities } = listShape.parse(
      await simulator.call('POST', '/api/nutanix/v3/vms/list', { kind: 'vm', filter: `vm_name==${name}` }),
    );
    const [{ metadata, spec } = fail(name)] = entities;
    const changed = { ...spec, resources: { ...spec.resources, ...resources } };
    await simulator.call('PUT', `/api/nutanix/v3/vms/${metadata.uuid}`, { metadata, spec: changed });
  }

  test('a fresh store: the certificates are made once, then five hosts at a time', async () => {
    const { code, output } = await hosts('apply', 'five-hosts.yaml');
    expect({ code, output }).toMatchObject({ code: 0 });
    expect(output).toContain('certificates were made');
    expect((await simulator.vmNames()).sort()).toEqual(FIVE);
    const listed = await machine.run('ls', '--format', '{{.Name}} {{.State}} {{.DockerVersion}}');
    expect(listed.split('\n').sort()).toEqual(
      FIVE.map((name) => expect.stringMatching(`^${name} Running v`) as unknown),
    );
    const log = readFileSync(join(machine.store, 'fleets', 'five-hosts', 'logs', 'dce-2.log'), 'utf8');
    expect(log).toContain('Docker is up and running!');
  });

  test('what the file says reaches the VMs', () => {
    expect(machine.config('dce-1')).toMatchObject({
      Driver: { VMMem: 8192, VMVCPUs: 4, DockerDiskSize: 50 },
    });
    expect(machine.config('agent-1')).toMatchObject({ Driver: { VMMem: 4096, VMVCPUs: 2 } });
  });

  test('again: nothing to do', async () => {
    const { code, output } = await hosts('apply', 'five-hosts.yaml');
    expect({ code, output }).toMatchObject({ code: 0 });
    expect(output).toContain('Nothing to do');
    expect(output.match(/unchanged/g)).toHaveLength(5);
  });

  test('all well; a VM that was resized in Prism is told by status, plan and apply in the same words', async () => {
    const before = await hosts('status', 'five-hosts.yaml');
    expect(before).toMatchObject({ code: 0, stderr: '' });
    expect(before.stdout).not.toContain('DIFFERS');
    await resize('dce-3', { memory_size_mib: 16_384, num_sockets: 6 });
    const { code, stdout } = await hosts('status', 'five-hosts.yaml');
    expect(code).toBe(1);
    expect(stdout).toMatch(/^dce-3 .* CPU sockets 6, declared 4; memory 16384 MiB, declared 8192 MiB$/m);
    expect(stdout.match(/declared/g)).toHaveLength(2);
    const drift = 'CPU sockets 6, declared 4, memory 16384 MiB, declared 8192 MiB';
    const told = `has another size in Prism Central (${drift}): apply --resize changes it`;
    const plan = await hosts('plan', 'five-hosts.yaml');
    expect(plan).toMatchObject({ code: 1, stderr: '' });
    expect(plan.stdout).toContain(told);
    const apply = await hosts('apply', 'five-hosts.yaml');
    expect({ ...apply, told: apply.output.includes(told) }).toMatchObject({ code: 1, told: true });
    expect((await hosts('apply', 'five-hosts.yaml', '--resize', '--yes')).code).toBe(0);
    expect((await hosts('status', 'five-hosts.yaml')).stdout).not.toContain('DIFFERS');
  });

  test('a stopped host is started, a lost one is made again', async () => {
    await machine.run('stop', 'dce-2');
    await machine.run('rm', '-y', 'agent-2');
    const planned = await hosts('plan', 'five-hosts.yaml');
    expect(planned.stdout).toMatch(/dce-2\s+start\s+is stopped/);
    expect(planned.stdout).toMatch(/agent-2\s+create/);
    expect((await hosts('apply', 'five-hosts.yaml')).code).toBe(0);
    expect(await machine.run('ls', '--filter', 'state=Running', '-q')).toBe(FIVE.join('\n'));
  });

  test('single.yaml makes one host beside them; events as JSON', async () => {
    const { code, stdout } = await hosts('apply', 'single.yaml', '--json');
    expect(code).toBe(0);
    const made = { host: 'docker-1', seconds: expect.any(Number) as unknown };
    const events = jsonEvents(stdout);
    expect(events).toContainEqual(expect.objectContaining({ ...made, event: 'end', ok: true }));
    const row = { ...made, result: 'created', address: expect.any(String) as unknown };
    expect(events).toContainEqual(expect.objectContaining({ event: 'summary', rows: [row] }));
    const { stdout: status } = await hosts('status', 'single.yaml', '--json');
    expect(jsonEvents(status)[0]).toMatchObject({ rows: [{ host: 'docker-1', vm: 'Running', differs: [] }] });
    expect(jsonEvents((await hosts('plan', 'single.yaml', '--json')).stdout)[0]).toMatchObject({
      rows: [{ host: 'docker-1', action: 'keep' }],
    });
  });

  test('destroy removes what it made, and only that', async () => {
    const asked = await hosts('destroy', 'five-hosts.yaml');
    expect(asked).toMatchObject({ code: 1, stderr: expect.stringContaining('--yes') as unknown });
    expect((await hosts('destroy', 'five-hosts.yaml', '--yes')).code).toBe(0);
    expect(await simulator.vmNames()).toEqual(['docker-1']);
    expect((await hosts('destroy', 'single.yaml', '--yes')).code).toBe(0);
    expect(await simulator.vmNames()).toEqual([]);
    expect(await machine.run('ls', '-q')).toBe('');
  });
});
