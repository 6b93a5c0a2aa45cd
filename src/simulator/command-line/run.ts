import { OperationError, systemClock } from '../../support/index.js';
import { environmentHints, shellEnvironment, type ClientEnvironment } from '../environment.js';
import { PRESET, presetInventory } from '../core/inventory/preset.js';
import { profileNamed } from '../apis.js';
import type { SimulatorOptions } from '../options.js';
import { startSimulator, type Simulator } from '../simulator.js';
import { readFaultFile, readLimitsFile, readStateFile, writeWhole } from './files.js';
import type { GuestKinds } from './guests.js';
import { parseCommandLine, type Settings } from './settings.js';

/** Bad input, a port in use, missing permission: all that is known before anything is served. */
const BAD_INPUT = 2;
/** Secrets are in the environment file, none in the certificate. */
const OWNER_ONLY = 0o600;
const READABLE = 0o644;

export interface ProgramContext {
  readonly args: readonly string[];
  readonly version: string;
  readonly isRoot: boolean;
  print(text: string): void;
  complain(line: string): void;
  /** Where the log goes: stderr. */
  readonly log: NodeJS.WritableStream;
  /** What `--guests` offers. */
  readonly guests: GuestKinds;
  /** Resolves when the user or the system wants the program to end. */
  readonly interrupted: Promise<void>;
}

/** The whole life of `prism-simulator`. Resolves with the exit code; nothing is left running then. */
export async function runSimulator(context: ProgramContext): Promise<number> {
  let simulator: Simulator;
  let settings: Settings;
  try {
    const line = parseCommandLine(context.args, context);
    if (line.kind === 'print') {
      context.print(line.text);
      return 0;
    }
    settings = line.settings;
    simulator = await begin(settings, context);
  } catch (error) {
    context.complain(OperationError.from(error, 'start the simulator').message);
    return BAD_INPUT;
  }
  await context.interrupted;
  return end(simulator, settings, context);
}

/** What is saved is the state before the end: VMs that are on will be on again. */
async function end(simulator: Simulator, settings: Settings, context: ProgramContext): Promise<number> {
  const state = simulator.save();
  await simulator.close();
  if (settings.state === undefined) return 0;
  try {
    await writeWhole(settings.state, `${JSON.stringify(state)}\n`, OWNER_ONLY);
    return 0;
  } catch (error) {
    context.complain(OperationError.from(error, 'save the state').message);
    return 1;
  }
}

async function begin(settings: Settings, context: ProgramContext): Promise<Simulator> {
  // Loaded here, so that who only asks for help, and every test of the simulator, goes without it.
  const { daemonLog } = await import('./daemon-log.js');
  const logger = daemonLog({ level: settings.log, format: settings.logFormat }, context.log);
  const faults = settings.faults === undefined ? [] : await readFaultFile(settings.faults);
  const state = settings.state === undefined ? undefined : await readStateFile(settings.state);
  const v4Limits = await v4LimitsOf(settings.v4Limits);
  const kind = context.guests[settings.guests];
  const guests = await kind.make({ settings, clock: systemClock, logger });
  const simulator = await startSimulator({
    host: settings.host,
    port: settings.port,
    username: settings.username,
    password: settings.password,
    apiKey: settings.apiKey,
    profile: kind.latency(profileNamed(settings.profile), settings.profile),
    pcVersion: settings.pcVersion,
    requestsPerSecond: settings.rateLimit,
    apis: settings.api,
    v4Limits,
    inventory: presetInventory(settings.subnet),
    state,
    guests,
    sshPort: settings.sshPort,
    faults,
    logger,
  });
  try {
    await announce(simulator, settings, context);
  } catch (error) {
    await simulator.close();
    throw error;
  }
  return simulator;
}

async function v4LimitsOf(setting: string): Promise<SimulatorOptions['v4Limits']> {
  if (setting === 'none') return undefined;
  return setting === 'recorded' ? 'recorded' : readLimitsFile(setting);
}

/** How to get a VM whose address is learned from its guest. */
function learningFlags(ownAddressNetwork: string | undefined): string {
  const subnet = `--nutanix-vm-network ${PRESET.unmanagedSubnet.name}`;
  return ownAddressNetwork === undefined ? subnet : `${subnet} --nutanix-ip-network ${ownAddressNetwork}`;
}

async function announce(simulator: Simulator, settings: Settings, context: ProgramContext): Promise<void> {
  const environment: ClientEnvironment = {
    host: simulator.host,
    port: simulator.port,
    username: simulator.username,
    password: simulator.password,
    fingerprint: simulator.fingerprint,
    cluster: PRESET.cluster.name,
    image: PRESET.image.name,
    subnet: PRESET.managedSubnet.name,
    sshPort: settings.sshPort,
  };
  const { caFile, environmentFile, pcVersion } = settings;
  if (caFile !== undefined) await writeWhole(caFile, simulator.certificatePem, READABLE);
  const lines = shellEnvironment(environment);
  context.print(
    lines +
      environmentHints(environment, {
        url: simulator.url,
        pcVersion,
        caFile,
        learningFlags: learningFlags(context.guests[settings.guests].ownAddressNetwork),
      }),
  );
  if (environmentFile !== undefined) await writeWhole(environmentFile, lines, OWNER_ONLY);
}
