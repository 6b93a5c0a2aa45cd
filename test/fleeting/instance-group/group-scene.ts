import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { z } from 'zod';
import { createEmulatedGuests } from '../../../src/emulator/index.js';
import type { GuestFaults } from '../../../src/emulator/guest/options.js';
import {
  createInstanceGroup,
  type ConnectorSettings,
  type GroupCloud,
  type InstanceGroup,
  type InstanceState,
} from '../../../src/fleeting/index.js';
import { categoryOf, type GroupSettings } from '../../../src/fleeting/plugin-config/index.js';
import { createHostLifecycle, type HostSpec } from '../../../src/host/index.js';
import { createPrismProvider } from '../../../src/prism/index.js';
import { vmPort, type CallContext, type Provider } from '../../../src/provider/index.js';
import {
  PRESET,
  presetInventory,
  startSimulator,
  type Simulator,
  type SimulatorOptions,
} from '../../../src/simulator/index.js';
import {
  silentLogger,
  systemClock,
  type Clock,
  type Logger,
  type OperationError,
} from '../../../src/support/index.js';
import { unusedPort } from '../../guest/ssh-server.js';
import { hostSpecIn } from '../../host/host-setup.js';
import { hasty } from '../../prism/simulated.js';
import { loopbackCertificate } from '../../simulator/loopback-certificate.js';
import { NO_CONNECTOR } from '../no-connector.js';

export type Api = 'v3' | 'v4';

const answerShape = z.looseObject({
  metadata: z.looseObject({}).optional(),
  spec: z.looseObject({}).optional(),
});

export const context = (signal: AbortSignal = new AbortController().signal): CallContext => ({
  signal,
  progress: () => undefined,
});

/** As `hasty`, but an Increase has its 10 s whole: on a slow computer they are not over before the VMs are made. */
export const unhurried: Clock = {
  now: () => hasty.now(),
  sleep: async (ms, signal) => await (ms === 10_000 ? systemClock : hasty).sleep(ms, signal),
};

/** One process of the plugin: its group, and what becomes of it when it is killed. */
export class GroupProcess {
  readonly warnings: string[] = [];
  readonly lines: string[] = [];
  leases = 0;
  /** Another process has the group when this one starts. */
  leaseRefusal: OperationError | undefined;
  /** Another process has the group. */
  lostTo: OperationError | undefined;
  /** Called when a wait for a guest is over, before anything else is asked. */
  waitEnds: () => void = () => undefined;
  readonly group: InstanceGroup;
  readonly #providers: Provider[] = [];
  readonly #underWay = new Set<Promise<unknown>>();
  #isKilled = false;

  readonly #api: Api;

  constructor(
    scene: GroupScene,
    { api = scene.api, ...change }: Partial<GroupSettings> & { readonly api?: Api },
    clock: Clock,
  ) {
    this.#api = api;
    const settings = { ...scene.settings, ...change };
    const keep = (line: string): void => void this.lines.push(line);
    const warn = (line: string): void => {
      this.warnings.push(line);
      keep(line);
    };
    const logger: Logger = { debug: keep, info: keep, warn };
    this.group = createInstanceGroup({
      clock,
      logger,
      version: '1.2.3',
      buildInfo: 'a test',
      readSettings: async (_config, connector) => await Promise.resolve({ ...settings, connector }),
      openCloud: async ({ name }) => await Promise.resolve(this.#open(scene, name, logger)),
      takeLease: async () => {
        if (this.leaseRefusal !== undefined) throw this.leaseRefusal;
        this.leases += 1;
        return await Promise.resolve({
          confirm: async () => {
            await Promise.resolve();
            if (this.lostTo !== undefined) throw this.lostTo;
          },
          lost: () => this.lostTo,
          release: async () => void (this.leases -= await Promise.resolve(1)),
        });
      },
    });
  }

  /** From now on nothing that this process has begun goes on, as after SIGKILL; requests on their way arrive. */
  kill(): void {
    this.#isKilled = true;
  }

  /** Kills it; resolves when its requests on their way have arrived, and Prism Central has done what they ask. */
  async killed(): Promise<void> {
    this.kill();
    await Promise.allSettled(this.#underWay);
  }

  async start(connector: ConnectorSettings = NO_CONNECTOR): Promise<this> {
    await this.group.init(new Uint8Array(), connector, context());
    return this;
  }

  /** What one Update tells. */
  async states(): Promise<Record<string, InstanceState>> {
    const states: Record<string, InstanceState> = {};
    await this.group.update((name, state) => void (states[name] = state), context());
    return states;
  }

  /** Updates as the runner makes them, every 2 s, until `isEnough`; resolves with all that each instance was said to be. */
  async follow(
    isEnough: (states: Record<string, InstanceState>) => boolean,
  ): Promise<Record<string, readonly InstanceState[]>> {
    const told: Record<string, InstanceState[]> = {};
    for (let round = 0; round < 200; round += 1) {
      const states = await this.states();
      for (const [name, state] of Object.entries(states)) {
        const before = (told[name] ??= []);
        if (before.at(-1) !== state) before.push(state);
      }
      if (isEnough(states)) return told;
      await hasty.sleep(2_000);
    }
    throw new Error(`still not there: ${JSON.stringify(told)}; ${this.warnings.join('; ')}`);
  }

  /** Follows until there are so many running instances, and no others; their names. */
  async running(count: number): Promise<readonly string[]> {
    await this.follow((states) => {
      const all = Object.values(states);
      return all.length === count && all.every((state) => state === 'running');
    });
    return Object.keys(await this.states());
  }

  /** Ends what is under way, without waiting for it. */
  async close(): Promise<void> {
    if (!this.#isKilled) await this.group.shutdown(context(AbortSignal.abort()));
    for (const provider of this.#providers) await provider.close();
  }

  /** Never resolves in a process that was killed. */
  async #whileAlive(): Promise<void> {
    if (this.#isKilled) await new Promise(() => undefined);
  }

  #open(scene: GroupScene, group: string, logger: Logger): GroupCloud {
    const real = scene.provider(group, logger, hasty, this.#api);
    this.#providers.push(real);
    const methods = vmPort.through(async (work) => {
      await this.#whileAlive();
      const begun = work(real);
      this.#underWay.add(begun);
      const [outcome] = await Promise.allSettled([begun]);
      this.#underWay.delete(begun);
      await this.#whileAlive();
      if (outcome.status === 'rejected') throw outcome.reason;
      return outcome.value;
    });
    const provider = { ...methods, close: async () => await real.close() };
    const hosts = createHostLifecycle({ provider, logger, clock: hasty });
    const waitUntilReady: typeof hosts.waitUntilReady = async (...how) => {
      try {
        return await hosts.waitUntilReady(...how);
      } finally {
        this.waitEnds();
      }
    };
    return { provider, hosts: { ...hosts, waitUntilReady } };
  }
}

export interface SceneOptions extends SimulatorOptions {
  readonly api?: Api;
  /** Guests that answer SSH, and what is wrong with them; absent = VMs without guests, whose address is enough. */
  readonly guestFaults?: (spec: { readonly name: string }) => GuestFaults | undefined;
}

/** A Prism Central, a runner's computer, and the processes of the plugin that were started there one after the other. */
export class GroupScene {
  readonly #processes: GroupProcess[] = [];
  readonly #providers: ReturnType<typeof createPrismProvider>[] = [];

  private constructor(
    readonly simulator: Simulator,
    readonly api: Api,
    readonly settings: Omit<GroupSettings, 'connector'>,
    private readonly folder: string,
  ) {}

  static async start({ api = 'v3', guestFaults, ...options }: SceneOptions = {}): Promise<GroupScene> {
    const [sshPort, dockerPort] = [await unusedPort(), await unusedPort()];
    const guests =
      guestFaults === undefined
        ? undefined
        : createEmulatedGuests({
            sshPort,
            dockerPort,
            clock: systemClock,
            logger: silentLogger,
            times: { boot: 50, cloudInit: 50, shutdown: 50, learning: 20 },
            faults: guestFaults,
          });
    const inventory = presetInventory(`127.${90 + (process.pid % 100)}.${sshPort % 240}.0/20`);
    const simulator = await startSimulator({
      inventory,
      certificate: loopbackCertificate(),
      ...(guests === undefined ? {} : { guests }),
      ...options,
    });
    const folder = mkdtempSync(join(tmpdir(), 'group-'));
    return new GroupScene(simulator, api, settingsIn(folder, sshPort, guests !== undefined), folder);
  }

  /** A process of the plugin, not started yet. */
  process(
    change: Partial<GroupSettings> & { readonly api?: Api } = {},
    clock: Clock = unhurried,
  ): GroupProcess {
    const started = new GroupProcess(this, change, clock);
    this.#processes.push(started);
    return started;
  }

  provider(
    group: string,
    logger: Logger,
    clock: Clock = hasty,
    api: Api = this.api,
  ): ReturnType<typeof createPrismProvider> {
    const { host, port, username, password, fingerprint } = this.simulator;
    const connection = {
      host,
      port,
      credentials: { kind: 'password', username, password },
      trust: { kind: 'fingerprint', sha256: fingerprint },
      api,
    } as const;
    const provider = createPrismProvider(connection, {
      logger,
      clock,
      userAgent: 'fleeting-plugin-nutanix/1',
      group,
    });
    this.#providers.push(provider);
    return provider;
  }

  /** A request of a user who works with API v3 past the plugin. Rejects on a refusal. */
  async byHand(method: string, path: string, body?: unknown): Promise<z.infer<typeof answerShape>> {
    const { url, username, password, certificatePem } = this.simulator;
    const sent = request(new URL(`/api/nutanix/v3/${path}`, url), {
      method,
      ca: certificatePem,
      auth: `${username}:${password}`,
      headers: { 'content-type': 'application/json' },
    });
    sent.end(body === undefined ? undefined : JSON.stringify(body));
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    const answer = await text(response);
    if ((response.statusCode ?? 500) >= 300) throw new Error(`${method} ${path}: ${answer}`);
    return answerShape.parse(answer === '' ? {} : JSON.parse(answer));
  }

  get vmNames(): readonly string[] {
    return this.simulator.vms().map(({ name }) => name);
  }

  /** What is left in the cloud and on the disk besides the group's key. */
  left(): Readonly<Record<string, unknown>> {
    const { vms, reservations, addresses, volumeGroups } = this.simulator.snapshot();
    return {
      vms,
      reservations,
      addresses: addresses.flatMap(({ reserved }) => reserved),
      volumeGroups,
      unfinished: this.unfinished,
    };
  }

  get unfinished(): readonly string[] {
    return readdirSync(join(this.settings.stateFolder, 'unfinished'));
  }

  /** Those that are written to their end: from then on the next process knows of them. */
  get records(): readonly string[] {
    return this.unfinished.filter((name) => name.endsWith('.json'));
  }

  /** Requests so far that a list of VMs takes. */
  get listRequests(): number {
    const counts = this.simulator.requestCounts();
    return Object.entries(counts).reduce((sum, [route, count]) => {
      return / \/vms\/list$|GET \S*\/ahv\/config\/vms$/.test(route) ? sum + count : sum;
    }, 0);
  }

  get requests(): number {
    return Object.values(this.simulator.requestCounts()).reduce((sum, count) => sum + count, 0);
  }

  async close(): Promise<void> {
    for (const one of this.#processes) await one.close();
    for (const provider of this.#providers) await provider.close();
    await this.simulator.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export const NOTHING_LEFT = { vms: [], reservations: [], addresses: [], volumeGroups: [], unfinished: [] };

function settingsIn(folder: string, sshPort: number, hasGuests: boolean): Omit<GroupSettings, 'connector'> {
  const stateFolder = join(folder, 'ci');
  return {
    name: 'ci',
    category: categoryOf('ci'),
    maxSize: 20,
    parallel: 10,
    namePrefix: 'ci-',
    instanceName: (unique) => `ci-${unique}`,
    stateFolder,
    keyPath: join(stateFolder, 'id_ed25519'),
    timeLimit: 30_000,
    prismCentral: { host: 'prism.example', port: 9440 },
    connection: async () => await Promise.reject(new Error('the scene connects by itself')),
    specFor: (name) => specFor(name, folder, sshPort, hasGuests),
    explained: (error) => error,
  };
}

function specFor(name: string, folder: string, port: number, hasGuests: boolean): HostSpec {
  const base = hostSpecIn(folder);
  const cluster = PRESET.cluster.name;
  const subnets = [PRESET.managedSubnet.name];
  return {
    ...base,
    name,
    placement: { ...base.placement, cluster, image: PRESET.image.name, subnets },
    vm: { ...base.vm, memoryMiB: 512 },
    ssh: { ...base.ssh, port },
    waitFor: hasGuests ? 'cloud-init' : 'ip',
  };
}
