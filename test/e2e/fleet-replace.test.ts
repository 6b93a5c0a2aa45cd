import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Cloud } from './cloud.js';
import { HeldCreates } from './held-creates.js';
import { dist, type Machine } from './machine.js';
import type { Outcome, Running } from './run.js';
import { CREATE_VM, onApi } from './spoken-api.js';

jest.setTimeout(600_000);

const creates = new HeldCreates();
const PACE = {
  call: () => 10,
  queue: 20,
  task: (operation: string) => creates.duration(operation, 200, 50),
  learn: 50,
  shutdown: 100,
};

/** Hosts without a swarm, on a real client. The tests build on each other. */
describe('apply --recreate', () => {
  const folder = mkdtempSync(join(tmpdir(), 'fleet-replace-'));
  const file = join(folder, 'hosts.yaml');
  let cloud: Cloud;
  let machine: Machine;

  beforeAll(async () => {
    cloud = await Cloud.start({ profile: PACE, clock: creates.clock });
    machine = cloud.machine();
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true });
    await cloud.close();
  });

  /** `check` is a command that has to succeed on every host. */
  function declare(disk: number, check = 'test -s /etc/made-for'): void {
    const lines = [
      'name: web',
      `defaults: { nutanix: { docker-disk-size: ${disk} } }`,
      'groups: [{ name: web, count: 3 }]',
      'install: [{ name: mark, on: { role: all }, run: "echo {{ host.name }} >/etc/made-for" }]',
      `checks: [{ name: marked, deadline: 5, command: { on: { role: all }, run: "${check}" } }]`,
    ];
    writeFileSync(file, lines.join('\n'));
  }

  const start = (command: string, ...options: string[]): Running =>
    machine.startProgram(dist('nutanix-hosts'), command, '-f', file, ...options);
  const hosts = (command: string, ...options: string[]): Promise<Outcome> =>
    start(command, ...options).outcome;
  const ids = (): Record<string, string> =>
    Object.fromEntries(cloud.simulator.vms().map(({ name, uuid }) => [name, uuid]));

  test('a host that was made differently is left, and what stands on it is applied all the same', async () => {
    declare(5);
    expect(await hosts('apply')).toMatchObject({ code: 0 });
    const before = ids();
    declare(6, 'test -s /etc/made-for # changed');
    const { code, output } = await hosts('apply');
    expect(code).toBe(1);
    expect(output).toContain('nutanix-docker-disk-size 5 → 6');
    expect(output).toContain('apply --recreate');
    expect(output).toMatch(/^marked +ok$/m);
    expect(ids()).toEqual(before);
  });

  test('without a terminal and --yes nothing is replaced', async () => {
    const before = ids();
    const { code, output } = await hosts('apply', '--recreate');
    expect(code).toBe(1);
    expect(output).toMatch(/^web-1 +replaced +nutanix-docker-disk-size 5 → 6$/m);
    expect(output).toContain('local volumes and data disks are lost');
    expect(output).toContain('--yes');
    expect(ids()).toEqual(before);
  });

  test('a check that does not hold keeps every host from being replaced', async () => {
    const before = ids();
    declare(6, 'test -e /never');
    const { code, output } = await hosts('apply', '--recreate', '--yes');
    expect(code).toBe(1);
    expect(output).toContain('not replaced: the check "marked" has to hold first');
    expect(ids()).toEqual(before);
  });

  test('Ctrl-C in the middle: at most one host is away, and apply --recreate goes on with the others', async () => {
    const before = ids();
    declare(6);
    const run = start('apply', '--recreate', '--yes');
    await run.seen(/\[web-2\] replacing/);
    creates.hold();
    await run.seen(/\[web-2\] create VM "web-2": \d+ %/);
    run.interrupt();
    await run.seen(/stopping: what is half done/);
    creates.release();
    const { code, output } = await run.outcome;
    expect(code).toBe(130);
    expect(output).not.toContain('[web-3] replacing');
    expect(Object.keys(ids()).sort()).toEqual(['web-1', 'web-3']);
    expect(ids()['web-1']).not.toBe(before['web-1']);
    expect(ids()['web-3']).toBe(before['web-3']);

    const afterwards = ids();
    expect(await hosts('apply', '--recreate', '--yes')).toMatchObject({ code: 0 });
    expect(ids()['web-1']).toBe(afterwards['web-1']);
    expect(ids()['web-3']).not.toBe(before['web-3']);
    expect(Object.keys(ids()).sort()).toEqual(['web-1', 'web-2', 'web-3']);
    expect((await hosts('apply')).output).toContain('Nothing to do');
  });

  test('a replacement that fails is the last, and says what to do', async () => {
    const before = ids();
    declare(7);
    cloud.simulator.addFault({
      name: 'no VM can be made',
      match: CREATE_VM,
      do: onApi({
        v3: {
          status: 422,
          body: { message_list: [{ reason: 'INVALID_REQUEST', message: 'no space left' }] },
        },
        v4: { status: 400, body: { data: { error: [{ code: 'VMM-30102', message: 'no space left' }] } } },
      }),
    });
    const { code, output } = await hosts('apply', '--recreate', '--yes');
    expect(code).toBe(1);
    expect(output).toContain('no space left');
    expect(output).toMatch(/not replaced: web-1 has to work first/);
    expect(ids()).toEqual({ 'web-2': before['web-2'], 'web-3': before['web-3'] });
    cloud.simulator.clearFaults();
    expect(await hosts('apply', '--recreate', '--yes')).toMatchObject({ code: 0 });
    expect(await hosts('destroy', '--yes')).toMatchObject({ code: 0 });
  });
});
