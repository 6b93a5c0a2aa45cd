import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PRESET } from '../../../src/simulator/index.js';
import { FleetingHost, type ConnectorConfig, type HostChoice } from '../../interop/fleeting/host.js';
import type { Cloud } from '../cloud.js';
import { dist } from '../machine.js';

export const PLUGIN = dist('fleeting-plugin-nutanix');
/** The group of these tests, and what the names of its instances begin with. */
export const GROUP = 'ci-small';

/** Updates of the plugin go on until one fulfils a condition. */
const UPDATE_EVERY = 100;

/**
 * The computer of a GitLab Runner: a home with the plugin's state, its configuration, and GitLab's host code, which starts the
 * packaged plugin.
 */
export class Runner {
  readonly home = mkdtempSync(join(tmpdir(), 'gitlab-runner-'));
  readonly #hosts: FleetingHost[] = [];

  constructor(
    readonly cloud: Cloud,
    readonly changes: Readonly<Record<string, unknown>> = {},
    /** Beside the tester's variables. */
    readonly variables: Readonly<Record<string, string>> = {},
  ) {}

  /** `plugin_config`; credentials come by the environment. */
  get config(): Record<string, unknown> {
    const { host, port, fingerprint } = this.cloud.simulator;
    return {
      name: GROUP,
      max_size: 5,
      state_dir: join(this.home, 'state'),
      endpoint: `${host}:${port}`,
      fingerprint: `sha256:${fingerprint}`,
      cluster: PRESET.cluster.name,
      vm_image: PRESET.image.name,
      vm_network: [PRESET.managedSubnet.name],
      ssh_port: this.cloud.sshPort,
      ...this.changes,
    };
  }

  /** Of the host and the plugin: no variable of the tester's that means something to either. */
  get env(): NodeJS.ProcessEnv {
    const own = Object.entries(process.env).filter(([name]) => !/^(NUTANIX|FLEETING|XDG|PLUGIN)_/.test(name));
    const { username, password } = this.cloud.simulator;
    return {
      ...Object.fromEntries(own),
      ...this.variables,
      HOME: this.home,
      NUTANIX_USERNAME: username,
      NUTANIX_PASSWORD: password,
    };
  }

  /** A host whose plugin is not started. */
  host({ env, ...choice }: HostChoice = {}): FleetingHost {
    const host = new FleetingHost(PLUGIN, { ...choice, env: { ...this.env, ...env } });
    this.#hosts.push(host);
    return host;
  }

  /** A host whose plugin has been started with these changes of the configuration, without Init. */
  async started(changes: Readonly<Record<string, unknown>> = {}, choice?: HostChoice): Promise<FleetingHost> {
    const host = this.host(choice);
    await host.start({ ...this.config, ...changes });
    return host;
  }

  /** The same, with Init. */
  async ready(
    changes: Readonly<Record<string, unknown>> = {},
    connector: ConnectorConfig = {},
  ): Promise<FleetingHost> {
    const host = await this.started(changes);
    await host.init(connector);
    return host;
  }

  /** Ends the hosts that are left with their plugins, and the computer. */
  async close(): Promise<void> {
    for (const host of this.#hosts) await host.close();
    rmSync(this.home, { recursive: true, force: true });
  }
}

/** Instances by their states, from updates until one of them is as wanted. */
export async function updateUntil(
  host: FleetingHost,
  fits: (states: ReadonlyMap<string, string>) => boolean,
): Promise<ReadonlyMap<string, string>> {
  for (;;) {
    const states = new Map((await host.update()).map(({ id, state }) => [id, state] as const));
    if (fits(states)) return states;
    await new Promise((resolve) => setTimeout(resolve, UPDATE_EVERY));
  }
}

/** Makes so many instances more, waits until all are running, and answers with their ids. */
export async function withRunning(host: FleetingHost, count: number): Promise<string[]> {
  const succeeded = await host.increase(count);
  if (succeeded !== count) throw new Error(`${succeeded} of ${count}: ${host.log}`);
  return [...(await updateUntil(host, allRunning(count))).keys()];
}

/** Whether there are at least so many instances, and all of them are running. */
export function allRunning(count: number): (states: ReadonlyMap<string, string>) => boolean {
  return (states) => states.size >= count && [...states.values()].every((state) => state === 'running');
}

/** Whether no instance is there any more. */
export function none(states: ReadonlyMap<string, string>): boolean {
  return states.size === 0;
}
