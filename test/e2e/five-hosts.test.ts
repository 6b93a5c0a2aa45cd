import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DOCKER_MACHINE, Machine, ROOT } from './machine.js';
import { startSimulator, type Simulator } from './simulator.js';

jest.setTimeout(600_000);

const SCRIPT = join(ROOT, 'scripts', 'create-five-hosts.sh');
const NAMES = [1, 2, 3, 4, 5].map((number) => `web-${number}`);

/** scripts/create-five-hosts.sh, the loop that everybody writes. The tests build on each other. */
describe('five hosts in parallel', () => {
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

  test('all run, each with its own log', async () => {
    const { code, output } = await machine.startProgram(SCRIPT, '--prefix', 'web').outcome;
    expect({ code, output }).toMatchObject({ code: 0 });
    const listed = await machine.run('ls', '--format', '{{.Name}} {{.State}} {{.DockerVersion}}');
    expect(listed.split('\n').sort()).toEqual(
      NAMES.map((name) => expect.stringMatching(`^${name} Running v`) as unknown),
    );
    expect((await simulator.vmNames()).sort()).toEqual(NAMES);
    for (const name of NAMES) expect(log(name)).toContain('Docker is up and running!');
  });

  test('each has its own address', async () => {
    const addresses = (await machine.run('ip', ...NAMES)).split('\n');
    expect(new Set(addresses).size).toBe(5);
  });

  test('running it again changes nothing', async () => {
    const { code, output } = await machine.startProgram(SCRIPT, '--prefix', 'web').outcome;
    expect({ code, output }).toMatchObject({ code: 0 });
    expect(output.match(/exists already/g)).toHaveLength(5);
    expect(await simulator.vmNames()).toHaveLength(5);
  });

  test('stop and rm take them all at once', async () => {
    await machine.run('stop', 'web-1', 'web-2');
    expect(await machine.run('ls', '--filter', 'state=Stopped', '-q')).toBe('web-1\nweb-2');
    await machine.run('rm', '-y', ...NAMES);
    expect(await simulator.vmNames()).toEqual([]);
  });

  test('failures are collected, and only those are made again', async () => {
    const bad = ['--prefix', 'db', '--count', '2', '--', '--nutanix-vm-image', 'no-such-image'];
    const failed = await machine.startProgram(SCRIPT, ...bad).outcome;
    expect(failed.code).toBe(1);
    expect(failed.output).toContain('2 of 2 failed');
    expect(log('db-1')).toContain('no-such-image');
    const { code, output } = await machine.startProgram(SCRIPT, '--prefix', 'db', '--count', '2').outcome;
    expect({ code, output }).toMatchObject({ code: 0 });
    await machine.run('rm', '-y', 'db-1', 'db-2');
  });

  test('Ctrl-C leaves no VM, and the next run makes the hosts', async () => {
    const run = machine.startProgram(SCRIPT, '--prefix', 'app', '--count', '3');
    await run.seen(/Creating machine\.\.\./);
    run.interrupt();
    expect((await run.outcome).code).toBe(130);
    expect(await simulator.vmNames()).toEqual([]);
    expect((await machine.startProgram(SCRIPT, '--prefix', 'app', '--count', '3').outcome).code).toBe(0);
    expect(await simulator.vmNames()).toHaveLength(3);
    await machine.run('rm', '-y', 'app-1', 'app-2', 'app-3');
  });

  test.each([
    [['--count', 'many'], /--count/],
    [['--prefix', '-x-'], /--prefix/],
    [['--frobnicate'], /unknown option --frobnicate/],
    [['--network'], /--network needs a value/],
  ])('%j is refused before anything is made', async (options, text) => {
    const { code, stderr } = await machine.startProgram(SCRIPT, ...options).outcome;
    expect(code).toBe(2);
    expect(stderr).toMatch(text);
    expect(existsSync(join(machine.store, 'machines', 'docker-1'))).toBe(false);
  });

  function log(name: string): string {
    return readFileSync(join(machine.store, 'create-hosts', `${name}.log`), 'utf8');
  }
});
