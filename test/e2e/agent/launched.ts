import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { gob } from '../../../src/gob/index.js';
import { emptyStruct, RpcClient } from '../../../src/netrpc/index.js';
import { systemClock } from '../../../src/support/index.js';
import { dist, type Machine } from '../machine.js';

export const LAUNCHER = 'docker-machine-driver-nutanix';
export const FOLDER = dist('launcher');
/** What runs where no agent serves. */
export const PROGRAM = join(FOLDER, `${LAUNCHER}-program`);

/** Runtime folder of a user; agents in it are ended with it. */
export class Runtime {
  readonly path = mkdtempSync(join(tmpdir(), 'agent-'));

  agents(): number[] {
    return agentsAt(this.path);
  }

  /** The agent, once it listens, unless it is one of these others; `wake` makes clients that start one. */
  async agent(
    wake: () => Promise<unknown> = async () => await systemClock.sleep(20),
    others: readonly number[] = [],
  ): Promise<number> {
    const folder = join(this.path, 'nutanix-agent');
    for (const end = Date.now() + 200_000; Date.now() < end;) {
      const [pid] = this.agents().filter((one) => !others.includes(one));
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

/** Agents whose socket is in this folder or below it. */
export function agentsAt(folder: string): number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => {
      const [, command, place] = textOf(`/proc/${pid}/cmdline`).split('\0');
      return Number.isInteger(pid) && command === 'agent' && place?.startsWith(`${folder}/`) === true;
    });
}

async function isListening(path: string): Promise<boolean> {
  const socket = connect(path);
  return await new Promise((resolve) => {
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
  }).then((answer) => (socket.destroy(), answer === true));
}

export function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** A plugin as a client starts it; resolves with the address that it says. */
export async function plugin(
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
export async function asked(folder: string): Promise<{
  readonly child: ChildProcess;
  readonly program: string;
  readonly version: number | bigint;
  readonly client: RpcClient;
  readonly address: string;
}> {
  const { child, address } = await plugin(folder);
  const client = await RpcClient.connect({ host: '127.0.0.1', port: Number(address.split(':')[1]) });
  const request = { type: emptyStruct, value: {} };
  const version = await client.call('RPCServerDriver.GetVersion', request, gob.int);
  return { child, program: programOf(child), version, client, address };
}

/** The launcher, or the program that it has become. */
export function programOf(child: ChildProcess): string {
  return readlinkSync(`/proc/${String(child.pid)}/exe`);
}

export async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  await once(child, 'exit');
}

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
export async function answersOf(
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

/**
 * How often a launcher may become the program where the agent is there: a stall of six seconds is no fault of either, and does not
 * come ten times in a row.
 */
export const MOST_STALLS = 10;

/** The answers of a plugin that nothing happens to, and that the agent has served to its end. */
export async function undisturbedAnswers(
  runtime: Runtime,
  config: string,
): Promise<Awaited<ReturnType<typeof answersOf>> & { readonly agent: number }> {
  for (let stalls = 0; stalls < MOST_STALLS; stalls += 1) {
    await ended((await plugin(runtime.path)).child);
    const agent = await runtime.agent();
    const found = await answersOf(runtime.path, config);
    if (found.program === join(FOLDER, LAUNCHER)) return { ...found, agent };
  }
  throw new Error('the agent serves no plugin');
}

/** The Driver object of a machine's config.json. */
export function driverConfig(machine: Machine, name: string, changes: object = {}): string {
  const config = machine.config(name) as { readonly Driver: object };
  return JSON.stringify({ ...config.Driver, ...changes });
}

/** Where a link leads; empty when it is gone. */
export function pathOf(link: string): string {
  try {
    return readlinkSync(link);
  } catch {
    return '';
  }
}
