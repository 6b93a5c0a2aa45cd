import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { gob } from '../../src/gob/index.js';
import { emptyStruct, RpcClient } from '../../src/netrpc/index.js';
import { systemClock } from '../../src/support/index.js';
import { dist, DOCKER_MACHINE, Machine } from './machine.js';
import { startSimulator, type Simulator } from './simulator.js';

const LAUNCHER = 'docker-machine-driver-nutanix';
const FOLDER = dist('launcher');

/** Runtime folder of a user; agents in it are ended with it. */
class Runtime {
  readonly path = mkdtempSync(join(tmpdir(), 'agent-'));

  agents(): number[] {
    return readdirSync('/proc')
      .map(Number)
      .filter((pid) => {
        const [, command, place] = textOf(`/proc/${pid}/cmdline`).split('\0');
        return Number.isInteger(pid) && command === 'agent' && place?.startsWith(this.path) === true;
      });
  }

  /** The agent, once it listens; `wake` makes clients that start one, since one that was killed is not replaced at once. */
  async agent(wake: () => Promise<unknown> = async () => await systemClock.sleep(20)): Promise<number> {
    const folder = join(this.path, 'nutanix-agent');
    for (let attempt = 0; attempt < 1_000; attempt += 1) {
      const [pid] = this.agents();
      const files = existsSync(folder) ? readdirSync(folder) : [];
      const place = files.find((name) => !name.endsWith('.start'));
      if (pid !== undefined && place !== undefined && (await isListening(join(folder, place)))) return pid;
      await wake();
    }
    throw new Error('there is no agent');
  }

  dispose(): void {
    for (const pid of this.agents()) process.kill(pid, 'SIGKILL');
    rmSync(this.path, { recursive: true, force: true });
  }
}

async function isListening(path: string): Promise<boolean> {
  const socket = connect(path);
  return await new Promise((resolve) => {
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
  }).then((answer) => (socket.destroy(), answer === true));
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** A plugin as a client starts it; resolves with the address that it says. */
async function plugin(
  runtime: string,
  { folder = FOLDER, uid }: { readonly folder?: string; readonly uid?: number } = {},
): Promise<{ readonly child: ChildProcess; readonly address: string }> {
  const env = { MACHINE_PLUGIN_TOKEN: '42', XDG_RUNTIME_DIR: runtime, PATH: process.env['PATH'] };
  const child = spawn(join(folder, LAUNCHER), [], {
    env,
    uid,
    gid: uid,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const lines = createInterface({ input: child.stdout });
  const [address] = (await once(lines, 'line')) as [string];
  return { child, address };
}

/** A plugin with a client that has asked it for its version and stays. */
async function asked(folder: string): Promise<{
  readonly child: ChildProcess;
  readonly program: string;
  readonly version: number | bigint;
  readonly client: RpcClient;
}> {
  const { child, address } = await plugin(folder);
  const client = await RpcClient.connect({ host: '127.0.0.1', port: Number(address.split(':')[1]) });
  const request = { type: emptyStruct, value: {} };
  const version = await client.call('RPCServerDriver.GetVersion', request, gob.int);
  return { child, program: programOf(child), version, client };
}

/** The launcher, or the program that it has become. */
function programOf(child: ChildProcess): string {
  return readlinkSync(`/proc/${String(child.pid)}/exe`);
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  await once(child, 'exit');
}

let simulator: Simulator;
let runtime: Runtime;
let store: Machine;
let machine: Machine;

beforeAll(async () => {
  simulator = await startSimulator();
  store = new Machine(DOCKER_MACHINE, { ...simulator.env, PLUGIN_FOLDER: FOLDER });
  const alone = store.withEnvironment({ NUTANIX_AGENT: 'off' });
  // The variable alone would be stored with the machines.
  for (const name of ['agent-1', 'agent-2'])
    await alone.run('create', '-d', 'nutanix', '--nutanix-agent=on', name);
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

test('an agent that hangs is left alone: the plugin runs by itself, and another agent is started', async () => {
  await machine.run('status', 'agent-1');
  const hung = await runtime.agent();
  process.kill(hung, 'SIGSTOP');
  expect(await machine.run('status', 'agent-1')).toBe('Running');
  expect(await machine.run('status', 'agent-1')).toBe('Running');
  process.kill(hung, 'SIGCONT');
  expect(await machine.run('status', 'agent-1')).toBe('Running');
});

test('killed at any moment of create, it leaves nothing that rm does not find', async () => {
  // Behind Create, the client itself tries for minutes to speak to a plugin that has ended.
  const steps = [/pre-create/, /Creating machine/];
  for (const [round, step] of steps.entries()) {
    const name = `agent-k${round}`;
    await runtime.agent(async () => await machine.run('status', 'agent-1'));
    const create = machine.start('create', '-d', 'nutanix', name);
    await create.seen(step).catch(() => undefined);
    for (const pid of runtime.agents()) process.kill(pid, 'SIGKILL');
    await create.outcome;
    await machine.attempt('rm', '-y', '-f', name);
    expect(await simulator.vmNames()).not.toContain(name);
  }
});

/** The calls of a client that only asks, with what they are answered. */
const ASKING = [
  ['GetVersion', gob.int],
  ['SetConfigRaw', emptyStruct],
  ['GetMachineName', gob.string],
  ['DriverName', gob.string],
  ['GetState', gob.int],
  ['GetURL', gob.string],
  ['GetConfigRaw', gob.bytes],
  ['Close', emptyStruct],
] as const;

/** Makes these calls of a plugin that its agent serves; `before` each of them. */
async function answersOf(
  place: string,
  config: string,
  before: (method: string) => Promise<void> = async () => await Promise.resolve(),
): Promise<{ readonly answers: readonly string[]; readonly program: string; readonly code: unknown }> {
  const { child, address } = await plugin(place);
  const exited = once(child, 'exit');
  await before('');
  const client = await RpcClient.connect({ host: '127.0.0.1', port: Number(address.split(':')[1]) });
  const answers: string[] = [];
  let program = '';
  for (const [method, reply] of ASKING) {
    const argument =
      method === 'SetConfigRaw'
        ? { type: gob.bytes, value: Buffer.from(config) }
        : { type: emptyStruct, value: {} };
    await before(method);
    const answer = client.call<unknown, unknown>(`RPCServerDriver.${method}`, argument, reply);
    await before(`${method}, asked`);
    answers.push(`${method} ${String(await answer)}`);
    if (method === 'GetConfigRaw') program = programOf(child);
  }
  client.close();
  const [code] = (await exited) as [unknown];
  return { answers, program, code };
}

/** The Driver object of a machine's config.json. */
function driverConfig(name: string, changes: object = {}): string {
  const config = machine.config(name) as { readonly Driver: object };
  return JSON.stringify({ ...config.Driver, ...changes });
}

test('killed between two calls, or while one is answered, it is not missed by a client that asks', async () => {
  await ended((await plugin(runtime.path)).child);
  await runtime.agent();
  const undisturbed = await answersOf(runtime.path, driverConfig('agent-1'));
  expect(undisturbed.program).toBe(join(FOLDER, LAUNCHER));
  const instants = ['', 'GetVersion', 'SetConfigRaw, asked', 'GetState', 'GetState, asked', 'Close'];
  const all = instants.map(async (instant) => {
    const own = new Runtime();
    try {
      await ended((await plugin(own.path)).child);
      await own.agent();
      return await answersOf(own.path, driverConfig('agent-1'), async (now) => {
        if (now === instant) for (const pid of own.agents()) process.kill(pid, 'SIGKILL');
        await Promise.resolve();
      });
    } finally {
      own.dispose();
    }
  });
  for (const disturbed of await Promise.all(all))
    expect(disturbed).toMatchObject({ answers: undisturbed.answers, code: 0 });
});

test('killed at any moment, it is not missed by commands that ask', async () => {
  const commands = [
    ['ls', '--format', '{{.Name}} {{.State}} {{.URL}}'],
    ['status', 'agent-1'],
    ['ip', 'agent-1'],
    ['url', 'agent-1'],
    ['inspect', 'agent-1'],
    ['env', 'agent-1'],
    ['ssh', 'agent-1', 'echo', 'here'],
  ];
  await machine.run('status', 'agent-1');
  const all = commands.map(async (command, index) => {
    const own = new Runtime();
    try {
      const client = machine.withEnvironment({ XDG_RUNTIME_DIR: own.path });
      await ended((await plugin(own.path)).child);
      await own.agent();
      const running = client.start(...command);
      await systemClock.sleep(30 * index);
      for (const pid of own.agents()) process.kill(pid, 'SIGKILL');
      const { code, stdout } = await running.outcome;
      const alone = await machine.withEnvironment({ NUTANIX_AGENT: 'off' }).attempt(...command);
      expect({ command, code, stdout }).toEqual({ command, code: alone.code, stdout: alone.stdout });
    } finally {
      own.dispose();
    }
  });
  await Promise.all(all);
});

test('a machine that was made without it is served by a program of its own', async () => {
  await ended((await plugin(runtime.path)).child);
  await runtime.agent();
  const alone = await answersOf(runtime.path, driverConfig('agent-1', { Agent: 'off' }));
  expect(alone.program).toBe(join(FOLDER, `${LAUNCHER}-program`));
  expect(alone).toMatchObject({
    code: 0,
    answers: expect.arrayContaining(['GetMachineName agent-1']) as object,
  });
});

test('500 clients at once are served by the one agent', async () => {
  const first = await plugin(runtime.path);
  await runtime.agent();
  // Each asks as soon as it has an address: a plugin without a client goes by itself, long before the last of 500 has started.
  const all = await Promise.all(Array.from({ length: 500 }, async () => await asked(runtime.path)));
  expect(new Set(all.map(({ version }) => version))).toEqual(new Set([1]));
  expect(new Set(all.map(({ program }) => program))).toEqual(new Set([join(FOLDER, LAUNCHER)]));
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
  const until = Date.now() + 20_000;
  while (runtime.agents().length < 2 && Date.now() < until) await systemClock.sleep(20);
  expect(runtime.agents()).toHaveLength(2);
  for (const { child } of plugins) await ended(child);
  rmSync(other, { recursive: true });
});

const asRoot = process.getuid?.() === 0 ? test : test.skip;

asRoot(
  'another user does not come to it, and a folder that is full, read-only or open to others is not used',
  async () => {
    await ended((await plugin(runtime.path)).child);
    const agent = await runtime.agent();
    const visible = mkdtempSync(join(tmpdir(), 'visible-'));
    chmodSync(visible, 0o755);
    cpSync(FOLDER, visible, { recursive: true });
    const stranger = await plugin(runtime.path, { folder: visible, uid: 65_534 });
    expect(programOf(stranger.child)).toBe(join(visible, `${LAUNCHER}-program`));
    await ended(stranger.child);
    const full = join(runtime.path, 'full');
    mkdirSync(full);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'nr_inodes=1,mode=0700', 'none', full]);
    const crowded = await plugin(full);
    expect(programOf(crowded.child)).toBe(join(FOLDER, `${LAUNCHER}-program`));
    await ended(crowded.child);
    execFileSync('umount', [full]);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'ro,mode=0700', 'none', full]);
    const still = await plugin(full);
    expect(programOf(still.child)).toBe(join(FOLDER, `${LAUNCHER}-program`));
    await ended(still.child);
    execFileSync('umount', [full]);
    rmSync(visible, { recursive: true });
    expect(runtime.agents()).toEqual([agent]);
  },
);
