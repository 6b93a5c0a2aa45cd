import { createEmulatedGuests } from '../emulator/index.js';
import {
  clientVariables,
  parseFaultRules,
  PRESET,
  startSimulator,
  type Simulator,
} from '../simulator/index.js';
import { silentLogger, systemClock } from '../support/index.js';

/**
 * A rule by which requests go wrong, with the fields of the files of `prism-simulator --faults` (docs/simulator.md); they are
 * checked when it is added.
 */
export type PrismSimulatorFault = Readonly<Record<string, unknown>>;

/** All optional: the defaults make a fast simulator on a free port of loopback. */
export interface PrismSimulatorOptions {
  /** A port of 127.0.0.1; 0, the default, is any free one. */
  readonly port?: number;
  /** The administrator's name; `admin`. */
  readonly username?: string;
  /** The administrator's password; a random one. */
  readonly password?: string;
  /** A key that is taken in the header X-ntnx-api-key. */
  readonly apiKey?: string;
  /** Which Prism Central it plays, e.g. `pc.2024.3.0.1`. */
  readonly pcVersion?: string;
  /** Which APIs it serves; all that its version has. */
  readonly apis?: readonly ('v3' | 'v4')[];
  /** How long requests and tasks take; `fast`. */
  readonly profile?: 'fast' | 'real' | 'slow';
  /** More requests in a second are answered with 429; no limit. */
  readonly requestsPerSecond?: number;
  readonly faults?: readonly PrismSimulatorFault[];
  /**
   * What runs in VMs: nothing (`none`, the default; they have power and addresses), or guests in this process whose SSH and
   * Docker really answer, on addresses of loopback: SSH on `sshPort`, Docker on 2376. Emulated guests need Linux.
   */
  readonly guests?: { readonly kind: 'none' } | { readonly kind: 'emulated'; readonly sshPort: number };
}

/** What is seen of a VM, also of one that is being made or deleted. */
export interface PrismSimulatorVm {
  readonly uuid: string;
  readonly name: string;
  readonly power: 'ON' | 'OFF';
  readonly description: string | undefined;
  readonly addresses: readonly string[];
}

/** A simulator that serves until `close`. */
export interface PrismSimulator {
  /** `https://127.0.0.1:PORT`; its page is there, too. */
  readonly url: string;
  readonly host: string;
  readonly port: number;
  readonly username: string;
  readonly password: string;
  /** Of the self-signed certificate: for clients that take an authority. */
  readonly certificatePem: string;
  /** SHA-256 of the certificate, 64 hexadecimal digits. */
  readonly fingerprint: string;
  /** Names of what it has from the start. */
  readonly names: { readonly cluster: string; readonly image: string; readonly subnet: string };
  /** The variables `NUTANIX_…` that point docker-machine and nutanix-hosts at it; the password is one of them. */
  readonly environment: Readonly<Record<string, string>>;
  vms(): readonly PrismSimulatorVm[];
  /** Requests so far by `METHOD /pattern`, e.g. `GET /vms/:uuid`. */
  requestCounts(): Readonly<Record<string, number>>;
  /** Throws an Error that names what is wrong with a rule. */
  addFault(...rules: PrismSimulatorFault[]): void;
  clearFaults(): void;
  /** Ends tasks, guests and the server; may be called more than once. */
  close(): Promise<void>;
}

/** What errors of rules speak of. */
const SOURCE = 'a call';
/** SSH's own port: what is told to clients where no guest answers. */
const SSH_PORT = 22;

/** Starts one. Rejects with an Error that names the option that is wrong, or the port that cannot be had. */
export async function startPrismSimulator(options: PrismSimulatorOptions = {}): Promise<PrismSimulator> {
  const { guests = { kind: 'none' }, faults = [], ...server } = options;
  const sshPort = guests.kind === 'emulated' ? guests.sshPort : SSH_PORT;
  const emulated =
    guests.kind === 'emulated'
      ? createEmulatedGuests({ sshPort, clock: systemClock, logger: silentLogger })
      : undefined;
  const simulator = await startSimulator({
    ...server,
    host: '127.0.0.1',
    guests: emulated,
    faults: parseFaultRules(faults, SOURCE),
  });
  return shown(simulator, sshPort);
}

function shown(simulator: Simulator, sshPort: number): PrismSimulator {
  const { url, host, port, username, password, certificatePem, fingerprint } = simulator;
  const names = { cluster: PRESET.cluster.name, image: PRESET.image.name, subnet: PRESET.managedSubnet.name };
  const access = { url, host, port, username, password, certificatePem, fingerprint, names };
  return {
    ...access,
    environment: clientVariables({ ...access, ...names, sshPort }),
    vms: () =>
      simulator.vms().map(({ uuid, name, power, description, addresses }) => {
        return { uuid, name, power, description, addresses: addresses.map(({ ip }) => ip) };
      }),
    requestCounts: () => simulator.requestCounts(),
    addFault: (...rules) => simulator.addFault(...parseFaultRules(rules, SOURCE)),
    clearFaults: () => simulator.clearFaults(),
    close: () => simulator.close(),
  };
}
