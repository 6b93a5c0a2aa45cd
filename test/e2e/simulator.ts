import { randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { PRESET } from '../../src/simulator/index.js';
import { dist } from './machine.js';
import { ownNumber } from './own-number.js';
import { start } from './run.js';
import { PC_VERSION, SERVED } from './spoken-api.js';

const disks = z.array(z.looseObject({ uuid: z.string() }));
const vmShape = z.looseObject({ uuid: z.string(), name: z.string(), disks });
const stateShape = z.looseObject({ vms: z.array(vmShape) });

export interface Simulator {
  /** What it says to export: NUTANIX_ENDPOINT and so on. */
  readonly env: Readonly<Record<string, string>>;
  /** Names of the VMs that exist now. */
  vmNames(): Promise<string[]>;
  /** Makes a VM as somebody else would: without our marks. */
  makeVm(name: string): Promise<void>;
  /** Deletes the VM of this name as somebody does it in Prism, and waits until it is gone. */
  deleteVm(name: string): Promise<void>;
  /** UUIDs of the disks and CD-ROMs of all VMs. */
  diskUuids(): Promise<string[]>;
  /** Makes some requests fail; see docs/simulator.md for the rules. */
  addFault(rule: Readonly<Record<string, unknown>>): Promise<void>;
  clearFaults(): Promise<void>;
  /** One request as its administrator, and the JSON of the answer; rejects unless it is 2xx. */
  call(method: string, path: string, body?: unknown): Promise<unknown>;
  /** What is served there. */
  text(path: string): Promise<string>;
  /** Resolves with everything that it has written. */
  stop(): Promise<string>;
  /** Ctrl-C; resolves with its exit code when it has ended. */
  interrupt(): Promise<number | undefined>;
  /** SIGKILL: it has no chance to clean up. */
  kill(): Promise<void>;
}

export interface SimulatorChoice {
  /** How long requests and tasks take; `fast`. */
  readonly profile?: 'fast' | 'real';
  readonly guests?: 'emulated' | 'none';
  /** Container guests in this engine instead, e.g. `unix:///…`. */
  readonly dockerHost?: string | undefined;
  /** Qemu guests instead, of the image in this folder. */
  readonly qemuImage?: string | undefined;
  readonly cwd?: string;
  /** A free one unless given. */
  readonly port?: string | undefined;
  /** File of a saved state. */
  readonly state?: string;
  /** Both APIs, and the newest Prism Central, whichever API these tests run on. */
  readonly everyApi?: boolean;
  /** The executable unless given. */
  readonly program?: string;
  /** Killed after so many ms, should the tests have ended without it; 15 minutes. */
  readonly limit?: number;
  /** The address it listens at; its guests reach it at their gateway when it is 0.0.0.0. */
  readonly host?: string;
}

/** Starts the packaged simulator. */
export async function startSimulator(choice: SimulatorChoice = {}): Promise<Simulator> {
  const { profile, cwd, port, state, everyApi = false, program = dist('prism-simulator') } = choice;
  const folder = mkdtempSync(join(tmpdir(), 'prism-simulator-'));
  const envFile = join(folder, 'env');
  const options = {
    port: port ?? '0',
    profile: profile ?? 'fast',
    api: everyApi ? 'v3,v4' : SERVED.join(','),
    'pc-version': everyApi ? 'pc.7.6' : PC_VERSION,
    ...(choice.host === undefined ? {} : { host: choice.host }),
    ...guestOptions(choice),
    'environment-file': envFile,
    ...(state === undefined ? {} : { state }),
  };
  const args = Object.entries(options).map(([name, value]) => `--${name}=${value}`);
  const running = start(program, args, { env: process.env, cwd, limit: choice.limit ?? 900_000 });
  let ended: string | undefined;
  void running.outcome.then(({ output }) => (ended = output));
  // The file appears with all of its content.
  for (const end = Date.now() + 120_000; !existsSync(envFile);) {
    if (ended !== undefined || Date.now() > end)
      throw new Error(`prism-simulator did not start: ${ended ?? ''}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const env = readEnv(readFileSync(envFile, 'utf8'));
  const vms = async () => stateShape.parse(JSON.parse(await callPrism(env, 'GET', '/simulator/state'))).vms;
  return {
    env,
    vmNames: async () => (await vms()).map(({ name }) => name),
    makeVm: async (name) => {
      const spec = { name, resources: {}, cluster_reference: { kind: 'cluster', uuid: PRESET.cluster.uuid } };
      await callPrism(env, 'POST', '/api/nutanix/v3/vms', { metadata: { kind: 'vm' }, spec });
    },
    deleteVm: async (name) => {
      const [vm] = (await vms()).filter((one) => one.name === name);
      await callPrism(env, 'DELETE', `/api/nutanix/v3/vms/${vm?.uuid ?? name}`);
      while ((await vms()).some(({ uuid }) => uuid === vm?.uuid)) {
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    },
    diskUuids: async () => (await vms()).flatMap((vm) => vm.disks.map(({ uuid }) => uuid)),
    addFault: async (rule) => {
      await callPrism(env, 'POST', '/simulator/faults', rule);
    },
    clearFaults: async () => {
      await callPrism(env, 'DELETE', '/simulator/faults');
    },
    call: async (method, path, body) => JSON.parse(await callPrism(env, method, path, body)) as unknown,
    text: (path) => callPrism(env, 'GET', path),
    stop: async () => {
      running.child.kill('SIGTERM');
      const { output } = await running.outcome;
      rmSync(folder, { recursive: true, force: true });
      return output;
    },
    interrupt: async () => {
      running.interrupt();
      const { code } = await running.outcome;
      rmSync(folder, { recursive: true, force: true });
      return code;
    },
    kill: async () => {
      running.child.kill('SIGKILL');
      await running.outcome;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Guests have the subnet's addresses: another one each time, beside what else may run here. */
function guestOptions({ guests, dockerHost, qemuImage }: SimulatorChoice): Record<string, string> {
  if (dockerHost !== undefined) {
    return { guests: 'container', 'docker-host': dockerHost, subnet: `10.77.${32 + ownNumber(224)}.0/24` };
  }
  if (qemuImage !== undefined) {
    // jest runs these beside the others, with numbers of workers of its own.
    return { guests: 'qemu', 'guest-image': qemuImage, subnet: `10.80.${32 + ownNumber(224)}.0/24` };
  }
  return {
    guests: guests ?? 'emulated',
    'ssh-port': process.getuid?.() === 0 ? '22' : '2222',
    subnet: `127.${100 + ownNumber(49)}.${ownNumber(256)}.0/24`,
  };
}

/** Lines like `export NAME='value'`. */
function readEnv(text: string): Record<string, string> {
  const lines = text.matchAll(/^(?:export )?(\w+)=(["']?)(.*)\2$/gm);
  return Object.fromEntries([...lines].map(([, name = '', , value = '']) => [name, value]));
}

/** One request to a simulator as its administrator, whose environment this is; what it answered. */
export function callPrism(
  env: Readonly<Record<string, string>>,
  method: string,
  path: string,
  body?: unknown,
): Promise<string> {
  const { NUTANIX_ENDPOINT: host, NUTANIX_PORT: port, NUTANIX_USERNAME, NUTANIX_PASSWORD } = env;
  const auth = `${NUTANIX_USERNAME ?? ''}:${NUTANIX_PASSWORD ?? ''}`;
  const headers = {
    // API v4 wants one for each change.
    'ntnx-request-id': randomUUID(),
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
  };
  const options = { host, port, method, path, auth, headers, rejectUnauthorized: false, timeout: 5_000 };
  return new Promise((resolve, reject) => {
    const call = request(options, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => (text += chunk.toString()));
      response.on('end', () => {
        if ((response.statusCode ?? 500) < 300) resolve(text);
        else reject(new Error(`${method} ${path}: ${String(response.statusCode)} ${text}`));
      });
    });
    call.on('error', reject);
    call.end(body === undefined ? undefined : JSON.stringify(body));
  });
}
