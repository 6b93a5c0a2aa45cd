import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { gob, type GobType, type TypedValue } from '../../../src/gob/index.js';
import { emptyStruct, RpcClient } from '../../../src/netrpc/index.js';

const base = { Name: gob.string, Usage: gob.string, EnvVar: gob.string };
const flagList = gob.slice(
  gob.interface({
    '*mcnflag.StringFlag': gob.struct('StringFlag', { ...base, Value: gob.string }),
    '*mcnflag.IntFlag': gob.struct('IntFlag', { ...base, Value: gob.int }),
    '*mcnflag.BoolFlag': gob.struct('BoolFlag', base),
    '*mcnflag.StringSliceFlag': gob.struct('StringSliceFlag', { ...base, Value: gob.slice(gob.string) }),
  }),
);
const flagValues: GobType = gob.interface({
  '*rpcdriver.RPCFlags': gob.struct('RPCFlags', { Values: gob.map(gob.string, gob.interface({})) }),
});
const nothing: TypedValue = { type: emptyStruct, value: {} };

/** A running plugin, driven as docker-machine does. */
export class Plugin {
  readonly #heartbeat: NodeJS.Timeout;

  private constructor(
    readonly process: ChildProcess,
    readonly client: RpcClient,
  ) {
    this.#heartbeat = setInterval(() => void this.call('Heartbeat').catch(() => undefined), 5_000);
    this.#heartbeat.unref();
  }

  /** Starts `docker-machine-driver-nutanix` from the PATH and gives it a configuration. */
  static async start(config: Readonly<Record<string, unknown>>): Promise<Plugin> {
    const child = spawn('docker-machine-driver-nutanix', {
      stdio: ['ignore', 'pipe', process.env['MACHINE_DEBUG'] === undefined ? 'ignore' : 'inherit'],
      env: { ...process.env, MACHINE_PLUGIN_TOKEN: '42', MACHINE_PLUGIN_DRIVER_NAME: 'nutanix' },
    });
    const address = await new Promise<string>((resolve, reject) => {
      child.on('error', reject);
      child.on('exit', (code) => reject(new Error(`the plugin ended with ${String(code)}`)));
      let first = true;
      createInterface({ input: child.stdout }).on('line', (line) => {
        if (first) resolve(line);
        else console.log(`(${String(config['MachineName'])}) ${line}`);
        first = false;
      });
    });
    const [host = '', port] = address.split(':');
    const plugin = new Plugin(child, await RpcClient.connect({ host, port: Number(port) }));
    await plugin.call('SetConfigRaw', {
      type: gob.bytes,
      value: Buffer.from(JSON.stringify(config)),
    });
    return plugin;
  }

  async call(method: string, argument = nothing): Promise<void> {
    await this.ask(method, emptyStruct, argument);
  }

  ask<R>(method: string, reply: GobType<R>, argument = nothing): Promise<R> {
    return this.client.call(`RPCServerDriver.${method}`, argument, reply);
  }

  async text(method: string): Promise<string> {
    return this.ask(method, gob.string);
  }

  async number(method: string): Promise<number> {
    return Number(await this.ask(method, gob.int));
  }

  async config(): Promise<string> {
    return Buffer.from(await this.ask('GetConfigRaw', gob.bytes)).toString();
  }

  createFlags(): Promise<unknown> {
    return this.ask('GetCreateFlags', flagList);
  }

  async setFlags(given: ReadonlyMap<string, unknown>): Promise<void> {
    const value = { name: '*rpcdriver.RPCFlags', value: { Values: given } };
    await this.call('SetConfigFromFlags', { type: flagValues, value });
  }

  async close(): Promise<void> {
    clearInterval(this.#heartbeat);
    await this.call('Close').catch(() => undefined);
    this.client.close();
  }
}
