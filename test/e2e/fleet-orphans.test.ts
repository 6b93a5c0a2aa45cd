import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { dist, DOCKER_MACHINE, Machine } from './machine.js';
import type { Outcome } from './run.js';
import { startSimulator, type Simulator } from './simulator.js';
import { jsonEvents } from '../fleet/ui/reporters/json-events.js';

const row = z.looseObject({ vm: z.string(), id: z.string(), verdict: z.string(), origin: z.string() });
const event = z.looseObject({ event: z.string(), rows: z.array(row).optional() });

/** nutanix-hosts orphans with a real client. The tests build on each other. */
describe('orphans', () => {
  // No hosts.yaml is here: the environment alone names Prism Central.
  const folder = mkdtempSync(join(tmpdir(), 'orphans-'));
  let simulator: Simulator;
  let machine: Machine;

  beforeAll(async () => {
    simulator = await startSimulator();
    machine = new Machine(DOCKER_MACHINE, simulator.env, folder);
    const names = ['web-1', 'web-2', 'web-3'];
    // The first create of a store makes its certificates, so it is alone.
    await machine.run('create', '-d', 'nutanix', 'web-0');
    await Promise.all(names.map((name) => machine.run('create', '-d', 'nutanix', name)));
    await machine.run('rm', '-y', 'web-0');
  });
  afterAll(async () => {
    machine.dispose();
    rmSync(folder, { recursive: true });
    await simulator.stop();
  });

  function orphans(...options: string[]): Promise<Outcome> {
    return machine.startProgram(dist('nutanix-hosts'), 'orphans', ...options).outcome;
  }

  /** Machine-readable: what is shown, by VM. */
  async function verdicts(...options: string[]): Promise<string[]> {
    const { stdout } = await orphans('--json', ...options);
    const events = jsonEvents(stdout).map((one) => event.parse(one));
    const rows = events.find((one) => one.event === 'orphans')?.rows ?? [];
    return rows.map(({ vm, verdict }) => `${vm} ${verdict}`);
  }

  test('every VM is known: none', async () => {
    const { code, stdout } = await orphans('--older-than', '0');
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: expect.stringMatching(/^No orphans.*\n$/) as unknown,
    });
  });

  test('a machine that the store lost is one; the same name without our marks is none', async () => {
    rmSync(join(machine.store, 'machines', 'web-2'), { recursive: true });
    await simulator.makeVm('web-2');
    await simulator.makeVm('web-4');
    expect(await verdicts()).toEqual(['web-2 young']);
    const { code, stdout } = await orphans('--older-than', '0s');
    expect(code).toBe(1);
    const [head, shown, ...rest] = stdout.trim().split('\n');
    expect(head).toMatch(/^VM +ID +POWER +MADE +MACHINE +BY +VERDICT$/);
    expect(shown).toMatch(/^web-2 +[0-9a-f]{8} +on +\d+ (s|min) ago +web-2 +\S+ +orphan$/);
    expect(shown).toContain(`@${hostname()}`);
    expect(rest).toEqual([expect.stringContaining('1 orphan')]);
  });

  test('without a terminal nothing is deleted unless --yes says so', async () => {
    expect(await orphans('--delete', '--older-than', '0')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--yes') as unknown,
    });
    expect(await simulator.vmNames()).toHaveLength(5);
  });

  test('what is too young, or was made elsewhere, stays', async () => {
    expect(await orphans('--delete', '--yes')).toMatchObject({ code: 0 });
    const elsewhere = await orphans('--delete', '--yes', '--older-than', '0', '--made-by', 'bob@elsewhere');
    expect(elsewhere).toMatchObject({ code: 0, stdout: expect.stringContaining('not made by') as unknown });
    expect(await simulator.vmNames()).toHaveLength(5);
  });

  test('--delete --yes deletes the orphan and nothing else; then there is none', async () => {
    const { code, output } = await orphans('--delete', '--yes', '--older-than', '0');
    expect({ code, output }).toMatchObject({ code: 0 });
    expect(output).toContain('1 VM deleted, 0 left alone, 0 failed.');
    expect((await simulator.vmNames()).sort()).toEqual(['web-1', 'web-2', 'web-3', 'web-4']);
    expect(await verdicts('--older-than', '0')).toEqual([]);
    expect(await machine.run('ls', '--filter', 'state=Running', '-q')).toBe('web-1\nweb-3');
  });

  test('a create that is killed: its own store knows the VM, any other one finds it', async () => {
    const other = new Machine(DOCKER_MACHINE, simulator.env, folder);
    try {
      const create = other.start('create', '-d', 'nutanix', 'ci-1');
      // The VM is made; the driver's create goes on until the guest is ready.
      await create.seen(/\(ci-1\) waiting for/);
      create.killGroup();
      await create.outcome;
      expect(await verdicts('--older-than', '0', '--store', other.store)).toEqual([]);
      expect(await verdicts('--older-than', '0')).toEqual(['ci-1 orphan']);
    } finally {
      other.dispose();
    }
    expect((await orphans('--delete', '--yes', '--older-than', '0')).code).toBe(0);
    expect(await simulator.vmNames()).not.toContain('ci-1');
  });

  test('a store that is not there, or not understood, is no reason to delete', async () => {
    rmSync(join(machine.store, 'machines', 'web-3'), { recursive: true });
    const lost = new Machine(DOCKER_MACHINE, simulator.env, folder, join(folder, 'nowhere'));
    const options = ['--delete', '--yes', '--older-than', '0'];
    const nowhere = await lost.startProgram(dist('nutanix-hosts'), 'orphans', ...options).outcome;
    expect(nowhere).toMatchObject({
      code: 2,
      stdout: expect.stringMatching(/nothing was deleted/) as unknown,
    });
    writeFileSync(join(machine.store, 'machines', 'web-1', 'config.json'), '{"Driver":{"VMId"');
    const broken = await orphans(...options);
    expect(broken).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/nothing was deleted/) as unknown,
    });
    expect((await simulator.vmNames()).sort()).toEqual(['web-1', 'web-2', 'web-3', 'web-4']);
  });
});
