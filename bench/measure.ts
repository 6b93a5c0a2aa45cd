import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { gob } from '../src/gob/index.js';
import { emptyStruct, RpcClient } from '../src/netrpc/index.js';

/** One run of one subject. Times in ms from the spawn on (`calls`: their sum), memory in MiB. */
export interface Sample {
  readonly start: number;
  readonly firstReply?: number;
  readonly calls?: number;
  readonly residentMiB?: number | undefined;
  readonly privateMiB?: number | undefined;
}

/** A program that only starts and ends. */
export async function measureExit(command: string, args: string[]): Promise<Sample> {
  const began = performance.now();
  const child = spawn(command, args, { stdio: 'ignore' });
  const [code] = (await once(child, 'exit')) as unknown[];
  if (code !== 0) throw new Error(`${command} ended with ${String(code)}`);
  return { start: performance.now() - began };
}

/** A libmachine plugin, started and asked as docker-machine does. */
export async function measurePlugin(command: string, args: string[], calls: number): Promise<Sample> {
  const began = performance.now();
  const child = spawn(command, args, {
    stdio: ['ignore', 'pipe', 'ignore'],
    env: environment(),
  });
  const ended = once(child, 'exit');
  try {
    const address = await firstLine(child, command);
    const start = performance.now() - began;
    const client = await RpcClient.connect(addressParts(address));
    const nothing = { type: emptyStruct, value: {} };
    await client.call('RPCServerDriver.GetVersion', nothing, gob.int);
    const firstReply = performance.now() - began;

    const beforeCalls = performance.now();
    for (let call = 0; call < calls; call++) {
      await client.call('RPCServerDriver.DriverName', nothing, gob.string);
    }
    const sample = { start, firstReply, calls: performance.now() - beforeCalls, ...memoryOf(child.pid) };
    client.close();
    return sample;
  } finally {
    child.kill('SIGKILL');
    await ended;
  }
}

/** A plugin that runs, as a measurement of its memory sees it. */
export interface RunningPlugin {
  readonly port: number;
  readonly client: () => Promise<RpcClient>;
  /** Calls of several kinds are answered. */
  readonly session: (client: RpcClient) => Promise<void>;
  /** The most memory it ever had (VmHWM), MiB. */
  readonly peakMiB: () => number;
}

/** Starts a plugin for one measurement and kills it after. */
export async function withPlugin<T>(
  command: string,
  args: readonly string[],
  measure: (plugin: RunningPlugin) => Promise<T>,
): Promise<T> {
  const child = spawn(command, [...args], { stdio: ['ignore', 'pipe', 'ignore'], env: environment() });
  const ended = once(child, 'exit');
  try {
    const { host, port } = addressParts(await firstLine(child, command));
    const session = async (client: RpcClient): Promise<void> => {
      const nothing = { type: emptyStruct, value: {} };
      await client.call('RPCServerDriver.GetVersion', nothing, gob.int);
      await client.call('RPCServerDriver.DriverName', nothing, gob.string);
      await client.call('RPCServerDriver.GetConfigRaw', nothing, gob.bytes);
      await client.call('RPCServerDriver.Heartbeat', nothing, emptyStruct);
    };
    const peakMiB = (): number => {
      const status = readFileSync(`/proc/${String(child.pid)}/status`, 'utf8');
      return Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1]) / 1024;
    };
    return await measure({ port, client: () => RpcClient.connect({ host, port }), session, peakMiB });
  } finally {
    child.kill('SIGKILL');
    await ended;
  }
}

function environment(): NodeJS.ProcessEnv {
  return { ...process.env, MACHINE_PLUGIN_TOKEN: '42', MACHINE_PLUGIN_DRIVER_NAME: 'bench' };
}

/** The rest of stdout is read on and dropped, so that the plugin never waits for a reader. */
async function firstLine({ stdout }: ChildProcess, command: string): Promise<string> {
  if (stdout === null) throw new Error('stdout is no pipe');
  let text = '';
  return new Promise((resolve, reject) => {
    stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      const end = text.indexOf('\n');
      if (end >= 0) resolve(text.slice(0, end));
    });
    stdout.on('end', () => reject(new Error(`${command} ended without an address line`)));
  });
}

function addressParts(address: string): { host: string; port: number } {
  const colon = address.lastIndexOf(':');
  return { host: address.slice(0, colon), port: Number(address.slice(colon + 1)) };
}

/** From Linux' /proc; nothing elsewhere. */
export function memoryOf(pid: number | undefined): Pick<Sample, 'residentMiB' | 'privateMiB'> {
  let text: string;
  try {
    text = readFileSync(`/proc/${String(pid)}/smaps_rollup`, 'utf8');
  } catch {
    return {};
  }
  const mebibytes = (name: string): number =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)?.[1]) / 1024;
  return {
    residentMiB: mebibytes('Rss'),
    privateMiB: mebibytes('Private_Clean') + mebibytes('Private_Dirty'),
  };
}
