import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dist, DOCKER_MACHINE, Machine } from './machine.js';
import type { Outcome, Running } from './run.js';
import { startSimulator, type Simulator } from './simulator.js';

jest.setTimeout(600_000);

const TEXT = 'name: web\ngroups: [{ name: web, count: 5 }]\n';
const NAMES = [1, 2, 3, 4, 5].map((number) => `web-${number}`);

/** What goes wrong while nutanix-hosts works, and that the next apply heals it. */
describe('nutanix-hosts in trouble', () => {
  const folder = mkdtempSync(join(tmpdir(), 'fleet-'));
  const file = join(folder, 'hosts.yaml');
  let simulator: Simulator;
  let machine: Machine;

  beforeAll(async () => {
    writeFileSync(file, TEXT);
    // As slow as a real one: there has to be time to interrupt.
    simulator = await startSimulator({ profile: 'real' });
  });
  beforeEach(() => {
    machine = new Machine(DOCKER_MACHINE, simulator.env);
  });
  afterEach(async () => {
    await simulator.clearFaults();
    const { code, output } = await start('destroy', '--yes').outcome;
    expect({ code, output }).toMatchObject({ code: 0 });
    expect(await simulator.vmNames()).toEqual([]);
    machine.dispose();
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true });
    await simulator.stop();
  });

  function start(command: string, ...options: string[]): Running {
    return machine.startProgram(dist('nutanix-hosts'), command, '-f', file, ...options);
  }

  async function applied(): Promise<Outcome> {
    const outcome = await start('apply').outcome;
    expect(outcome).toMatchObject({ code: 0 });
    expect((await simulator.vmNames()).sort()).toEqual(NAMES);
    return outcome;
  }

  /** The third create is accepted and fails. */
  const failOne = (): Promise<void> =>
    simulator.addFault({
      name: 'memory',
      match: { method: 'POST', path: '/vms', nth: 3 },
      do: { task: { outcome: 'failed', errorDetail: 'Not enough memory on cluster.' } },
    });

  test('one of five fails: the others finish, and only that one is made again', async () => {
    await failOne();
    const { code, output } = await start('apply').outcome;
    expect({ code, output }).toMatchObject({ code: 1 });
    expect(output).toMatch(/FAILED: .*Not enough memory on cluster/);
    expect(output).toContain('1 of 5 hosts are not as declared');
    expect(await simulator.vmNames()).toHaveLength(4);
    const { output: second } = await applied();
    expect(second.match(/unchanged/g)).toHaveLength(4);
  });

  test('--rollback removes what the run made', async () => {
    await failOne();
    const { code, output } = await start('apply', '--rollback').outcome;
    expect({ code, output }).toMatchObject({ code: 1 });
    expect(await simulator.vmNames()).toEqual([]);
    expect(await machine.run('ls', '-q')).toBe('');
  });

  test('Ctrl-C: what was begun is cleaned up, and the next apply makes it', async () => {
    const run = start('apply');
    await run.seen(/creating the VM/);
    run.interrupt();
    expect(await run.outcome).toMatchObject({ code: 130 });
    expect(await simulator.vmNames()).toEqual([]);
    await applied();
  });

  test('SIGKILL in the middle: the next apply ends what was left running and makes all hosts', async () => {
    const run = start('apply');
    await run.seen(/creating the VM/);
    run.child.kill('SIGKILL');
    await run.outcome;
    await applied();
  });

  test('two at once: the second is told who is at work', async () => {
    const first = start('apply');
    await first.seen(/\[web-1\]/);
    const second = await start('apply').outcome;
    expect(second).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/process \d+ on .* since /) as unknown,
    });
    expect((await first.outcome).code).toBe(0);
  });

  test('Prism answers 503 for a while: apply only takes longer', async () => {
    await simulator.addFault({
      name: 'overload',
      match: { probability: 0.3, seed: 5 },
      do: { status: 503, effect: 'none' },
      times: 60,
    });
    await applied();
  });

  test('a bad file: nothing is started', async () => {
    const bad = join(folder, 'bad.yaml');
    writeFileSync(bad, 'name: web\ngroups:\n  - name: web\n    nutanix: { vm-cpu: 2 }\n');
    const { code, stderr } = await machine.startProgram(dist('nutanix-hosts'), 'apply', '-f', bad).outcome;
    expect(code).toBe(2);
    expect(stderr).toContain(`${bad}:4:16: there is no key vm-cpu here; did you mean vm-cpus`);
  });
});
