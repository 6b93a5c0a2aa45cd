import type { GobType } from '../../src/gob/index.js';
import { gob } from '../../src/gob/index.js';
import { RpcClient } from '../../src/netrpc/index.js';
import { wire } from '../../src/libmachine/wire.js';
import { METHODS } from './golden.js';

const ARGUMENTS: Readonly<Record<string, GobType>> = {
  'struct {}': gob.struct('', {}),
  '[]byte': gob.bytes,
  'drivers.DriverOptions': wire.flagValues,
  'map[string]string': gob.map(gob.string, gob.string),
};
const REPLIES: Readonly<Record<string, GobType>> = {
  'struct {}': gob.struct('', {}),
  int: gob.int,
  string: gob.string,
  '[]byte': gob.bytes,
  '[]mcnflag.Flag': wire.createFlags,
};

/** A client of the plugin that calls its methods by name, with the types of the method table. */
export class PluginClient {
  readonly #rpc: RpcClient;
  readonly service: string;

  private constructor(rpc: RpcClient, service: string) {
    this.#rpc = rpc;
    this.service = service;
  }

  static async connect(address: string, service = 'RPCServerDriver'): Promise<PluginClient> {
    const [host = '', port = ''] = address.split(':');
    return new PluginClient(await RpcClient.connect({ host, port: Number(port) }), service);
  }

  /** The same connection under the other service name. */
  as(service: string): PluginClient {
    return new PluginClient(this.#rpc, service);
  }

  async call(method: string, argument: unknown = {}): Promise<unknown> {
    const row = METHODS.methods.find(({ name }) => name === method);
    const type = ARGUMENTS[row?.argument ?? 'struct {}'] ?? gob.struct('', {});
    const reply = REPLIES[row?.reply ?? 'struct {}'] ?? gob.struct('', {});
    return await this.#rpc.call(`${this.service}.${method}`, { type, value: argument }, reply);
  }

  async setConfig(config: Readonly<Record<string, unknown>>): Promise<void> {
    await this.call('SetConfigRaw', Buffer.from(JSON.stringify(config)));
  }

  async config(): Promise<Record<string, unknown>> {
    const bytes = await this.call('GetConfigRaw');
    const json: unknown = JSON.parse(bytes instanceof Uint8Array ? Buffer.from(bytes).toString() : '');
    return Object.fromEntries(Object.entries(json ?? {}));
  }

  async setFlags(flags: Readonly<Record<string, unknown>>): Promise<void> {
    const Values = new Map(Object.entries(flags).map(([key, value]) => [key, interfaceOf(value)]));
    await this.call('SetConfigFromFlags', { name: '*rpcdriver.RPCFlags', value: { Values } });
  }

  close(): void {
    this.#rpc.close();
  }
}

/** A value as Go's interface holds it. */
function interfaceOf(value: unknown): { name: string; value: unknown } {
  if (Array.isArray(value)) return { name: '[]string', value };
  if (typeof value === 'number') return { name: 'int', value };
  return { name: typeof value === 'boolean' ? 'bool' : 'string', value };
}

/** What a create sends at least. */
export const FLAGS = {
  'nutanix-endpoint': 'prism.example.test',
  'nutanix-username': 'operator',
  'nutanix-password': 'top-secret-password',
  'nutanix-cluster': 'c1',
  'nutanix-vm-image': 'ubuntu',
  'nutanix-vm-network': ['net-a'],
  'swarm-master': false,
  'swarm-host': 'tcp://0.0.0.0:3376',
  'swarm-discovery': '',
} as const;
