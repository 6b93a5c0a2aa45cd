import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gob } from '../../../src/gob/index.js';
import { emptyStruct, RpcClient } from '../../../src/netrpc/index.js';
import { systemClock } from '../../../src/support/index.js';
import { DOCKER_MACHINE, Machine } from '../machine.js';
import { startSimulator, type Simulator } from '../simulator.js';
import {
  agentsAt,
  answersOf,
  asked,
  driverConfig,
  ended,
  FOLDER,
  LAUNCHER,
  MOST_STALLS,
  plugin,
  PROGRAM,
  programOf,
  Runtime,
  textOf,
} from './launched.js';

let simulator: Simulator;
let runtime: Runtime;
let store: Machine;
let machine: Machine;

beforeAll(async () => {
  simulator = await startSimulator();
  store = new Machine(DOCKER_MACHINE, { ...simulator.env, PLUGIN_FOLDER: FOLDER });
  const alone = store.withEnvironment({ NUTANIX_AGENT: 'off' });
  for (const name of ['agent-1', 'agent-2']) await alone.run('create', '-d', 'nutanix', name);
});
afterAll(async () => {
  store.dispose();
  await simulator.stop();
});
beforeEach(() => {
  runtime = new Runtime();
  machine = store.withEnvironment({ XDG_RUNTIME_DIR: runtime.path });
});
afterEach(() => runtime.dispose());

test('commands say the same with the agent and without it; nothing of the client is in its process', async () => {
  await machine.run('status', 'agent-1');
  const agent = await runtime.agent();
  const alone = machine.withEnvironment({ NUTANIX_AGENT: 'off' });
  for (const command of [
    ['ls'],
    ['status', 'agent-1'],
    ['ip', 'agent-1'],
    ['inspect', 'agent-2'],
    ['url', 'agent-2'],
  ]) {
    const withIt = await machine.attempt(...command);
    const without = await alone.attempt(...command);
    expect({ command, ...withIt }).toEqual({ command, ...without });
  }
  const { NUTANIX_PASSWORD: password = '' } = simulator.env;
  expect(textOf(`/proc/${agent}/environ`)).not.toContain('NUTANIX');
  expect(textOf(`/proc/${agent}/environ`) + textOf(`/proc/${agent}/cmdline`)).not.toContain(password);
  expect([0, 1, 2].map((fd) => readlinkSync(`/proc/${agent}/fd/${fd}`))).toEqual(Array(3).fill('/dev/null'));
  expect(runtime.agents()).toEqual([agent]);
});

test('a state that changed behind its back is shown at once', async () => {
  expect(await machine.run('status', 'agent-1')).toBe('Running');
  await runtime.agent();
  const alone = machine.withEnvironment({ NUTANIX_AGENT: 'off' });
  await alone.run('kill', 'agent-1');
  expect(await machine.run('status', 'agent-1')).toBe('Stopped');
  await alone.run('start', 'agent-1');
  expect(await machine.run('ls', '--format', '{{.Name}} {{.State}}')).toBe(
    'agent-1 Running\nagent-2 Running',
  );
});

test('a password that is wrong is told to the machine that has it, and to no other one', async () => {
  await machine.run('status', 'agent-1');
  await runtime.agent();
  const path = join(machine.store, 'machines', 'agent-2', 'config.json');
  const before = textOf(path);
  writeFileSync(path, before.replace(/"Password": "[^"]*"/, '"Password": "changed"'));
  const { stdout } = await machine.attempt('ls', '--format', '{{.Name}} {{.Error}}');
  writeFileSync(path, before);
  expect(stdout).toMatch(/^agent-1 *$/m);
  expect(stdout).toMatch(/agent-2 .*401/);
  expect(await machine.run('status', 'agent-2')).toBe('Running');
});

test('a machine that was made without it is served by a program of its own', async () => {
  await ended((await plugin(runtime.path)).child);
  await runtime.agent();
  const alone = await answersOf(runtime.path, driverConfig(machine, 'agent-1', { Agent: 'off' }));
  expect(alone.program).toBe(PROGRAM);
  expect(alone).toMatchObject({
    code: 0,
    answers: expect.arrayContaining(['GetMachineName agent-1']) as object,
  });
});

test('500 clients at once are served by the one agent', async () => {
  const first = await plugin(runtime.path);
  await runtime.agent();
  // Each asks as soon as it has an address, and this process reads none while it starts others: a plugin without a client goes
  // by itself, on a busy machine before the last of 500 has started.
  const all: Awaited<ReturnType<typeof asked>>[] = [];
  const served = (): number => all.filter(({ program }) => program === join(FOLDER, LAUNCHER)).length;
  // At a stall of six seconds those that wait rightly become programs.
  for (let batch = 0; batch < 10 + MOST_STALLS && served() < 500; batch += 1)
    all.push(...(await Promise.all(Array.from({ length: 50 }, async () => await asked(runtime.path)))));
  expect(new Set(all.map(({ version }) => version))).toEqual(new Set([1]));
  expect(served()).toBeGreaterThanOrEqual(500);
  for (const { client } of all) client.close();
  await Promise.all([first, ...all].map(async ({ child }) => await ended(child)));
  const last = await plugin(runtime.path);
  expect(last.address).toMatch(/^127\.0\.0\.1:\d+$/);
  await ended(last.child);
});

test('two builds have an agent each', async () => {
  const other = mkdtempSync(join(tmpdir(), 'build-'));
  cpSync(FOLDER, other, { recursive: true });
  const plugins = [await plugin(runtime.path), await plugin(runtime.path, { folder: other })];
  while (runtime.agents().length < 2) await systemClock.sleep(20);
  expect(runtime.agents()).toHaveLength(2);
  for (const { child } of plugins) await ended(child);
  rmSync(other, { recursive: true });
});

/** Where a user has its agent without a runtime folder of its own. */
const STRANGERS = '/tmp/nutanix-agent-65534';

const asRoot = process.getuid?.() === 0 ? test : test.skip;

asRoot(
  'another user does not come to it, and a folder that is full, read-only or open to others is not used',
  async () => {
    await ended((await plugin(runtime.path)).child);
    const agent = await runtime.agent();
    const visible = mkdtempSync(join(tmpdir(), 'visible-'));
    chmodSync(visible, 0o755);
    cpSync(FOLDER, visible, { recursive: true });
    const others = agentsAt(STRANGERS);
    const stranger = await plugin(runtime.path, { folder: visible, uid: 65_534 });
    expect(programOf(stranger.child)).toBe(join(visible, `${LAUNCHER}-program`));
    // It has an agent of its own, which is not the test's to keep.
    const its = (): number[] => agentsAt(STRANGERS).filter((pid) => !others.includes(pid));
    while (its().length === 0) await systemClock.sleep(20);
    await ended(stranger.child);
    for (const pid of its()) process.kill(pid, 'SIGKILL');
    const full = join(runtime.path, 'full');
    mkdirSync(full);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'nr_inodes=1,mode=0700', 'none', full]);
    const crowded = await plugin(full);
    expect(programOf(crowded.child)).toBe(PROGRAM);
    await ended(crowded.child);
    execFileSync('umount', [full]);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'ro,mode=0700', 'none', full]);
    const still = await plugin(full);
    expect(programOf(still.child)).toBe(PROGRAM);
    await ended(still.child);
    execFileSync('umount', [full]);
    rmSync(visible, { recursive: true });
    expect(runtime.agents()).toEqual([agent]);
  },
);

test('a second client is answered when the first one has gone', async () => {
  await ended((await plugin(runtime.path)).child);
  await runtime.agent();
  const { child, client, address } = await asked(runtime.path);
  const order: string[] = [];
  const request = { type: emptyStruct, value: {} };
  const ask = async (one: RpcClient): Promise<string> =>
    await one.call('RPCServerDriver.DriverName', request, gob.string);
  const second = RpcClient.connect({ host: '127.0.0.1', port: Number(address.split(':')[1]) });
  const answer = second.then(ask).finally(() => order.push('second'));
  for (let call = 0; call < 3; call += 1)
    await client.call('RPCServerDriver.DriverName', request, gob.string);
  order.push('first');
  client.close();
  expect(await answer).toBe('nutanix');
  expect(order).toEqual(['first', 'second']);
  (await second).close();
  await ended(child);
});

test('the variable is for the one command, the option is stored', async () => {
  const alone = machine.withEnvironment({ NUTANIX_AGENT: 'off' });
  await alone.run('create', '-d', 'nutanix', 'agent-3');
  expect(machine.config('agent-3')).toMatchObject({ Driver: { Agent: 'on' } });
  await alone.run('rm', '-y', 'agent-3');
  await machine.run('create', '-d', 'nutanix', '--nutanix-agent=off', 'agent-3');
  expect(machine.config('agent-3')).toMatchObject({ Driver: { Agent: 'off' } });
  await machine.run('rm', '-y', 'agent-3');
});
