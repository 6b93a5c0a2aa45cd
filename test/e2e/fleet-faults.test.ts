import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FleetOfFive, NAMES } from './fleet-of-five.js';
import { dist } from './machine.js';
import type { Running } from './run.js';
import { CREATE_VM } from './spoken-api.js';

/** What Prism does to nutanix-hosts, and that the next apply heals it. */
describe('nutanix-hosts and a Prism Central that fails', () => {
  let fleet: FleetOfFive;

  beforeAll(async () => {
    fleet = await FleetOfFive.start();
  });
  afterEach(() => fleet.destroyed());
  afterAll(() => fleet.close());

  /** The third create is accepted and fails. */
  const failOne = (): void =>
    fleet.cloud.simulator.addFault({
      name: 'memory',
      match: { ...CREATE_VM, nth: 3 },
      do: { task: { outcome: 'failed', errorDetail: 'Not enough memory on cluster.' } },
    });

  test('one of five fails: the others finish, and only that one is made again', async () => {
    failOne();
    const { code, output } = await fleet.start('apply').outcome;
    expect({ code, output }).toMatchObject({ code: 1 });
    expect(output).toMatch(/FAILED: .*Not enough memory on cluster/);
    expect(output).toMatch(/\nweb-\d +failed +[\d.]+ s/);
    expect(output).toMatch(
      /\nweb-\d: .*Not enough memory on cluster.*\nThe whole output about a host is in /,
    );
    expect(output).toContain('1 of 5 hosts are not as declared; apply again makes only these');
    expect(fleet.cloud.vmNames()).toHaveLength(4);
    const { output: second } = await fleet.applied();
    expect(second.match(/unchanged/g)).toHaveLength(4);
  });

  test('--rollback removes what the run made', async () => {
    failOne();
    const { code, output } = await fleet.start('apply', {}, '--rollback').outcome;
    expect({ code, output }).toMatchObject({ code: 1 });
    expect(fleet.cloud.vmNames()).toEqual([]);
    expect(await fleet.machine.run('ls', '-q')).toBe('');
  });

  const creating = (): Promise<Running> => fleet.applying();
  const lookingUp = async (): Promise<Running> => {
    const run = fleet.start('apply');
    await run.seen(/\[web-\d\] checking/);
    return run;
  };

  test.each([
    ['the first create', 60, creating],
    ['the look-ups', 20, lookingUp],
  ])('503 from %s on, for %d s: it is waited for, nothing is lost', async (_, seconds, begun) => {
    fleet.declare('parallel: 3');
    const { simulator } = fleet.cloud;
    const run = await begun();
    simulator.addFault({ name: 'outage', do: { status: 503, effect: 'none' } });
    fleet.creates.release();
    await new Promise((resolve) => setTimeout(resolve, seconds * 1_000));
    // That it is asked again is the point, and how often in that time is the computer's business.
    while (struck(simulator.snapshot().faults) <= 3) await new Promise((resolve) => setTimeout(resolve, 50));
    expect(fleet.orphans()).toEqual([]);
    expect(simulator.removeFault('outage')).toBe(true);
    const { code, output } = await run.outcome;
    expect(code === 0 ? '' : output).toBe('');
    expect(output).not.toContain('FAILED');
    expect(fleet.cloud.vmNames().sort()).toEqual(NAMES);
  });

  test('503 for longer than the time limit: hosts fail, their VMs are known, and the next apply makes them', async () => {
    // Long enough for a busy computer to come as far as a create.
    const run = await fleet.applying({ NUTANIX_TIMEOUT: '20' });
    fleet.cloud.simulator.addFault({ name: 'outage', do: { status: 503, effect: 'none' } });
    fleet.creates.release();
    const { code, output } = await run.outcome;
    expect({ code, output }).toMatchObject({ code: 1 });
    expect(output).toContain('5 of 5 hosts are not as declared');
    expect(fleet.cloud.vmNames()).not.toEqual([]);
    expect(fleet.orphans()).toEqual([]);
    fleet.cloud.simulator.clearFaults();
    await fleet.applied();
  });

  test('a bad file: nothing is started', async () => {
    const bad = join(fleet.folder, 'bad.yaml');
    writeFileSync(bad, 'name: web\ngroups:\n  - name: web\n    nutanix: { vm-cpu: 2 }\n');
    const before = fleet.cloud.simulator.snapshot().requests.total;
    const { code, stderr } = await fleet.machine.startProgram(dist('nutanix-hosts'), 'apply', '-f', bad)
      .outcome;
    expect(code).toBe(2);
    expect(stderr).toContain(`${bad}:4:16: there is no key vm-cpu here; did you mean vm-cpus`);
    expect(fleet.cloud.simulator.snapshot().requests.total).toBe(before);
  });
});

function struck(faults: readonly { readonly name: string; readonly struck: number }[]): number {
  return faults.reduce((sum, fault) => sum + fault.struck, 0);
}
