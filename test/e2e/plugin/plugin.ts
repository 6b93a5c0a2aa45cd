import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { PluginClient } from '../../libmachine/plugin-client.js';
import { dist } from '../machine.js';

/** One process of the packaged plugin, driven over its RPC as libmachine does it. */
export class Plugin {
  /** As libmachine's: a plugin that hears nothing for 10 s takes its client for dead. */
  readonly #heartbeat = setInterval(() => {
    this.rpc.call('Heartbeat').catch(() => undefined);
  }, 2_000).unref();

  private constructor(
    readonly rpc: PluginClient,
    readonly lines: readonly string[],
    readonly process: ChildProcess,
    /** On the loopback interface. */
    readonly port: number,
  ) {}

  static async start(env: Readonly<Record<string, string>> = {}): Promise<Plugin> {
    const child = spawn(dist('docker-machine-driver-nutanix'), [], {
      env: {
        PATH: process.env['PATH'],
        ...env,
        MACHINE_PLUGIN_TOKEN: '42',
        MACHINE_PLUGIN_DRIVER_NAME: 'nutanix',
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const lines: string[] = [];
    createInterface(child.stderr).on('line', (line) => lines.push(line));
    const stdout = createInterface(child.stdout);
    const [address] = (await once(stdout, 'line')) as [string];
    stdout.on('line', (line) => lines.push(line));
    return new Plugin(await PluginClient.connect(address), lines, child, Number(address.split(':')[1]));
  }

  /** SIGKILL, and the end of the process waited for. */
  async kill(): Promise<void> {
    clearInterval(this.#heartbeat);
    const exit = once(this.process, 'exit');
    this.process.kill('SIGKILL');
    await exit;
    this.rpc.close();
  }

  /** The ordinary end: Close, exit code 0. Returns the exit code. */
  async close(): Promise<number | null> {
    clearInterval(this.#heartbeat);
    // After the exit, what it has written may still be on its way.
    const exit = once(this.process, 'close') as Promise<[number | null]>;
    await this.rpc.call('Close').catch(() => undefined);
    this.rpc.close();
    return (await exit)[0];
  }
}
