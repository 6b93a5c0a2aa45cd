import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, readdirSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { systemClock } from '../../../src/support/index.js';
import { DOCKER_MACHINE, Machine } from '../machine.js';
import { startSimulator, type Simulator } from '../simulator.js';
import {
  answersOf,
  driverConfig,
  ended,
  FOLDER,
  LAUNCHER,
  MOST_STALLS,
  pathOf,
  plugin,
  PROGRAM,
  programOf,
  Runtime,
  textOf,
  undisturbedAnswers,
} from './launched.js';

let simulator: Simulator;
let runtime: Runtime;
let store: Machine;
let machine: Machine;

beforeAll(async () => {
  simulator = await startSimulator();
  store = new Machine(DOCKER_MACHINE, { ...simulator.env, PLUGIN_FOLDER: FOLDER });
  const alone = store.withEnvironment({ NUTANIX_AGENT: 'off' });
  await alone.run('create', '-d', 'nutanix', 'agent-1');
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

test('killed between two calls, or while one is answered, it is not missed by a client that asks', async () => {
  const undisturbed = await undisturbedAnswers(runtime, driverConfig(machine, 'agent-1'));
  const instants = ['', 'GetVersion', 'SetConfigRaw, asked', 'GetState', 'GetState, asked', 'Close'];
  const all = instants.map(async (instant) => {
    const own = new Runtime();
    try {
      await ended((await plugin(own.path)).child);
      await own.agent();
      return await answersOf(own.path, driverConfig(machine, 'agent-1'), async (now) => {
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
    ['ls', '--timeout', '100', '--format', '{{.Name}} {{.State}} {{.URL}}'],
    ['status', 'agent-1'],
    ['url', 'agent-1'],
    ['inspect', 'agent-1'],
    ['env', 'agent-1'],
    ['ssh', 'agent-1', 'echo', 'here'],
  ];
  await machine.run('status', 'agent-1');
  const killed = async (command: readonly string[], index: number): Promise<void> => {
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
      const said = alone.code === code ? '' : alone.output;
      expect({ command, code, stdout, said }).toEqual({
        command,
        code: alone.code,
        stdout: alone.stdout,
        said: '',
      });
    } finally {
      own.dispose();
    }
  };
  await Promise.all(commands.map(killed));
  // By itself: the client saves the machine then, and another one finds no config.json for a moment.
  await killed(['ip', 'agent-1'], 2);
});

test.each(['GetState', 'GetState, asked'])(
  'stopped at %s, after answers, it is given up as long as nothing was changed',
  async (instant) => {
    const { agent, ...undisturbed } = await undisturbedAnswers(runtime, driverConfig(machine, 'agent-1'));
    const disturbed = await answersOf(runtime.path, driverConfig(machine, 'agent-1'), async (now) => {
      if (now === instant) process.kill(agent, 'SIGSTOP');
      await Promise.resolve();
    });
    expect(disturbed).toEqual({ ...undisturbed, program: PROGRAM });
    // Another one was started in its place.
    expect(await runtime.agent(async () => await systemClock.sleep(20), [agent])).not.toBe(agent);
  },
);

test('an agent that is asked to end gives its clients to others', async () => {
  const { agent, ...undisturbed } = await undisturbedAnswers(runtime, driverConfig(machine, 'agent-1'));
  const disturbed = await answersOf(runtime.path, driverConfig(machine, 'agent-1'), async (now) => {
    if (now === 'GetState') process.kill(agent, 'SIGTERM');
    await Promise.resolve();
  });
  expect(disturbed).toEqual({ ...undisturbed, program: PROGRAM });
});

/** Four clients close their side, and the agent is killed then; resolves with what their plugins are once all are closed. */
async function closedWithoutAgent(): Promise<string[]> {
  await ended((await plugin(runtime.path)).child);
  const agent = await runtime.agent();
  const connected = Array.from({ length: 4 }, async () => {
    const { child, address } = await plugin(runtime.path);
    const port = Number(address.split(':')[1]);
    const socket = connect({ host: '127.0.0.1', port, allowHalfOpen: true });
    socket.write('CONNECT /_goRPC_ HTTP/1.0\n\n');
    await once(socket, 'data');
    return { child, socket };
  });
  const clients = await Promise.all(connected);
  process.kill(agent, 'SIGSTOP');
  for (const { socket } of clients) socket.end();
  // A launcher hears of it at once; one that hears of it later tells the next agent alone.
  await systemClock.sleep(50);
  process.kill(agent, 'SIGKILL');
  await Promise.all(clients.map(({ socket }) => once(socket.resume(), 'end')));
  const programs = clients.map(({ child }) => programOf(child));
  await Promise.all(clients.map(async ({ child }) => await ended(child)));
  return programs;
}

test('the next agent is told, too, which clients have closed their side', async () => {
  // One has become the program, which started that agent; where it takes longer than four seconds to begin, all have.
  let programs = await closedWithoutAgent();
  for (let stalls = 1; stalls < MOST_STALLS && !programs.includes(join(FOLDER, LAUNCHER)); stalls += 1)
    programs = await closedWithoutAgent();
  expect(programs).toContain(join(FOLDER, LAUNCHER));
});

test('a client is told that it may call while the agent hangs; a stranger to net/rpc is told so by the next one', async () => {
  await ended((await plugin(runtime.path)).child);
  const agent = await runtime.agent();
  process.kill(agent, 'SIGSTOP');
  const said = async (words: string): Promise<{ readonly text: string; readonly hasAgent: boolean }> => {
    const { child, address } = await plugin(runtime.path);
    const socket = connect({ host: '127.0.0.1', port: Number(address.split(':')[1]) });
    socket.write(words);
    if (!words.startsWith('CONNECT')) process.kill(agent, 'SIGKILL');
    const [bytes] = (await once(socket, 'data')) as [Buffer];
    const hasAgent = programOf(child) === join(FOLDER, LAUNCHER);
    socket.destroy();
    child.kill('SIGKILL');
    return { text: bytes.toString().split('\n')[0]?.trim() ?? '', hasAgent };
  };
  expect(await said('CONNECT /_goRPC_ HTTP/1.0\n\n')).toEqual({
    text: 'HTTP/1.0 200 Connected to Go RPC',
    hasAgent: true,
  });
  expect((await said('GET / HTTP/1.0\r\n\r\n')).text).toBe('HTTP/1.0 404 Not Found');
});

/**
 * The one that starts an agent, and those that came while there was none; more only where the next agent takes longer than four
 * seconds to begin.
 */
const MOST_PROGRAMS = 20;

/** The store with this one machine under many names. */
function crowd(count: number): Machine {
  const many = new Machine(DOCKER_MACHINE, { ...simulator.env, PLUGIN_FOLDER: FOLDER });
  cpSync(join(store.store, 'certs'), join(many.store, 'certs'), { recursive: true });
  for (let number = 1; number <= count; number += 1) {
    const folder = join(many.store, 'machines', `m-${number}`);
    cpSync(join(store.store, 'machines', 'agent-1'), folder, { recursive: true });
    const text = textOf(join(folder, 'config.json')).replaceAll(store.store, many.store);
    writeFileSync(join(folder, 'config.json'), text.replaceAll('agent-1', `m-${number}`));
  }
  return many;
}

/** What this client's plugins are: launchers, or programs that they have become. */
function pluginsOf(client: number | undefined): string[] {
  const threads = readdirSync(`/proc/${String(client)}/task`);
  const children = threads.flatMap((thread) =>
    textOf(`/proc/${String(client)}/task/${thread}/children`).split(' '),
  );
  return children.filter((pid) => pid !== '').map((pid) => pathOf(`/proc/${pid}/exe`));
}

/** An ls of 100 in whose middle the agent is killed: what it says, and how many plugins have become programs. */
async function listedWithoutAgent(
  many: Machine,
): Promise<{ readonly lines: string[]; readonly programs: number }> {
  const client = many.withEnvironment({ XDG_RUNTIME_DIR: runtime.path });
  await ended((await plugin(runtime.path)).child);
  const agent = await runtime.agent();
  // By itself it gives each machine 10 s, which a hundred have not on every computer.
  const running = client.start('ls', '--timeout', '100', '--format', '{{.Name}} {{.State}}{{.Error}}');
  const { pid } = running.child;
  while (pluginsOf(pid).length < 50) await systemClock.sleep(5);
  process.kill(agent, 'SIGKILL');
  let programs = 0;
  while (running.child.exitCode === null) {
    programs = Math.max(programs, pluginsOf(pid).filter((path) => path === PROGRAM).length);
    await systemClock.sleep(20);
  }
  const { stdout } = await running.outcome;
  return { lines: stdout.trim().split('\n').sort(), programs };
}

test.each([
  ['nothing else to do', 0],
  ['both cores busy', 2],
])('killed in the middle of an ls of 100, with %s, it is not missed', async (_, loops) => {
  const many = crowd(100);
  const busy = Array.from({ length: loops }, () =>
    spawn('sh', ['-c', 'while :; do :; done'], { stdio: 'ignore' }),
  );
  try {
    const expected = Array.from({ length: 100 }, (_name, index) => `m-${index + 1} Running`).sort();
    let fewest = Number.POSITIVE_INFINITY;
    for (let stalls = 0; stalls < MOST_STALLS && fewest >= MOST_PROGRAMS; stalls += 1) {
      const { lines, programs } = await listedWithoutAgent(many);
      expect(lines).toEqual(expected);
      fewest = Math.min(fewest, programs);
    }
    expect(fewest).toBeLessThan(MOST_PROGRAMS);
  } finally {
    for (const loop of busy) loop.kill('SIGKILL');
    many.dispose();
  }
});
