import { silentLogger, systemClock } from '../support/index.js';
import { apisOf, profileNamed } from './apis.js';
import { fingerprintOf } from './http/certificate.js';
import { serveControl } from './control/control-routes.js';
import type { FaultRuleInput } from './core/faults/fault-rule.js';
import { Injector } from './core/faults/injector.js';
import { noGuests, type GuestBackend } from './guests/index.js';
import { accountsOf, Authentication } from './http/authentication.js';
import { listen, newHttpsServer, serveApis } from './http/server.js';
import { RateLimit } from './http/rate-limit.js';
import { RequestLog } from './http/request-log.js';
import type { User, World } from './core/world.js';
import { snapshot, vmSummaries, type Snapshot, type VmSummary } from './control/inspection.js';
import { loadInventory } from './core/inventory/load-inventory.js';
import { presetInventory } from './core/inventory/preset.js';
import type { SimulatorOptions } from './options.js';
import { servePage } from './page/page-routes.js';
import type { ConnectionFacts } from './page/workbench/connection.js';
import { DEFAULT_PC_VERSION, parsePcVersion } from './core/pc-version.js';
import { parseSavedState, type SavedServer, type SavedState } from './state/saved-state.js';
import { serverCertificate } from './state/server-identity.js';
import { loadStore, loadGuests, saveAll } from './state/whole-state.js';
import { Store } from './core/store/store.js';
import { TaskEngine } from './core/task-engine.js';
import { SimulatedTime } from './core/time.js';
import { NO_GUEST_FAULT, powerOn } from './core/vm/power.js';

const STANDARD_SSH_PORT = 22;
const DAY_MS = 86_400_000;
/** How long work under way may take to stop. */
const CLOSE_MS = 10_000;

/** A running simulator. */
export interface Simulator {
  readonly url: string;
  readonly host: string;
  readonly port: number;
  readonly certificatePem: string;
  /** SHA-256 of the certificate, 64 lower-case hex digits. */
  readonly fingerprint: string;
  readonly username: string;
  readonly password: string;
  /** All VMs, also those being made or deleted. */
  vms(): readonly VmSummary[];
  snapshot(): Snapshot;
  /** Requests so far by `METHOD /pattern`, e.g. `GET /vms/:uuid`. */
  requestCounts(): Readonly<Record<string, number>>;
  /** Throws OperationError `invalid-input`. */
  addFault(...rules: FaultRuleInput[]): void;
  removeFault(name: string): boolean;
  clearFaults(): void;
  /** Every session cookie given out so far ends now. */
  expireSessions(): void;
  /** All that outlives a simulator, as plain JSON for `options.state`; holds secrets: user data, keys, a password. */
  save(): SavedState;
  /** Stops tasks, guests and the server; idempotent. */
  close(): Promise<void>;
}

/** Starts one. Rejects with OperationError when options are wrong or the port cannot be had. */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const host = options.host ?? '127.0.0.1';
  const saved = options.state === undefined ? undefined : parseSavedState(options.state);
  const accounts = accountsOf({ ...options, password: options.password ?? saved?.server.password });
  const [administrator] = accounts;
  let closed: Promise<void> | undefined;
  const store = new Store();
  const world = newWorld(options, store, accounts, () => closed !== undefined);
  const wereOn = fill(world, options, saved);
  const logger = world.logger;
  const log = new RequestLog(logger);
  const injector = new Injector(world.version);
  injector.add(options.faults ?? []);
  const authentication = new Authentication(accounts, world.time, world.version);
  const certificate = serverCertificate({
    host,
    certificate: options.certificate,
    saved: saved?.server,
    logger,
  });
  const server: SavedServer = {
    ...(options.certificate === undefined ? { certificate } : {}),
    ...(options.password === undefined ? { password: administrator.password } : {}),
  };

  const apis = apisOf(world.version, options.apis);
  const [first] = apis;
  const { errors } = first;
  const app = newHttpsServer(certificate, errors);
  const look = (): Snapshot => snapshot(world, log, injector);
  const rateLimit = new RateLimit(options.requestsPerSecond ?? Infinity);
  const parts = { world, authentication, log, injector, rateLimit, limits: options.v4Limits };
  await serveApis(app, parts, apis);
  await serveControl(app, { authentication, injector, errors, snapshot: look, now: () => world.time.now() });
  const basePaths = new Map(apis.map(({ name, basePath }) => [name, basePath]));
  let address = { host, port: options.port ?? 0 };
  const connection = (): ConnectionFacts => ({
    ...address,
    username: administrator.username,
    password: isShown(options, world.guests) ? administrator.password : undefined,
    fingerprint: fingerprintOf(certificate.certificatePem),
    sshPort: options.sshPort ?? STANDARD_SSH_PORT,
  });
  await servePage(app, { world, log, injector, basePaths, connection });
  const listening = await listen(app, host, options.port ?? 0);
  address = { host: listening.host, port: listening.port };
  await Promise.all(wereOn.map((uuid) => bootAgain(world, uuid)));

  const shutDown = async (): Promise<void> => {
    for (const boot of world.boots.values()) boot.over.abort();
    await app.close();
    // A guest that cannot be had off the ground must not hold up the end.
    const limit = AbortSignal.timeout(CLOSE_MS);
    await Promise.race([world.tasks.close(), new Promise((resolve) => (limit.onabort = resolve))]);
    await world.guests.close();
  };
  return {
    ...listening,
    certificatePem: certificate.certificatePem,
    fingerprint: fingerprintOf(certificate.certificatePem),
    username: administrator.username,
    password: administrator.password,
    vms: () => vmSummaries(world),
    snapshot: look,
    requestCounts: () => log.counts(),
    addFault: (...rules) => injector.add(rules),
    removeFault: (name) => injector.remove(name),
    clearFaults: () => injector.clear(),
    expireSessions: () => authentication.expireSessions(),
    save: () => saveAll(world, server),
    close: () => (closed ??= shutDown()),
  };
}

/**
 * Whether the page may show the password to every user of this machine: one that was made up, and with which nothing can be
 * started outside this process.
 */
function isShown({ password }: SimulatorOptions, { kind }: GuestBackend): boolean {
  return password === undefined && (kind === 'emulated' || kind === 'none');
}

function newWorld(
  options: SimulatorOptions,
  store: Store,
  users: readonly User[],
  isClosing: () => boolean,
): World {
  const time = new SimulatedTime(options.clock ?? systemClock);
  const profile = options.profile ?? 'fast';
  return {
    store,
    users,
    time,
    tasks: new TaskEngine(time),
    version: parsePcVersion(options.pcVersion ?? DEFAULT_PC_VERSION),
    behaviour: {
      earlyRead: 'not-found',
      repeatedCreate: 'replay',
      staleTag: 'refused',
      requestMemory: 14 * DAY_MS,
      ...options.behaviour,
    },
    latency: typeof profile === 'string' ? profileNamed(profile) : profile,
    guests: options.guests ?? noGuests(),
    boots: new Map(),
    isClosing,
    logger: options.logger ?? silentLogger,
  };
}

/** The saved state, or the inventory. Returns the VMs that have to be switched on again. */
function fill(world: World, options: SimulatorOptions, saved: SavedState | undefined): string[] {
  if (saved === undefined) {
    loadInventory(world.store, options.inventory ?? presetInventory(), world.time.now());
    return [];
  }
  const { guests, tasks, ...stored } = saved;
  loadGuests(world, guests);
  world.tasks.load(tasks);
  return loadStore(world.store, stored);
}

async function bootAgain(world: World, uuid: string): Promise<void> {
  const vm = world.store.vms.get(uuid);
  if (vm === undefined) return;
  try {
    await powerOn(world, vm, NO_GUEST_FAULT);
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    world.logger.warn(`VM ${vm.name} (${uuid}) was on and could not be switched on again: ${problem}`);
  }
}
