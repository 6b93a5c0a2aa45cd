import type { Clock, Logger } from '../../support/index.js';
import type { GuestSpec } from '../../simulator/index.js';

/** Emulated durations, ms of the given clock. */
export interface GuestTimes {
  /** Power-on until the network is up. */
  readonly boot: number;
  /** From then until cloud-init's final stage begins; SSH answers meanwhile. */
  readonly cloudInit: number;
  /** Shutdown request until power is off. */
  readonly shutdown: number;
  /** From network up until Prism learns the address of a NIC without an IPAM address. */
  readonly learning: number;
  /** What apt takes for a package. */
  readonly package: number;
}

export const DEFAULT_TIMES: GuestTimes = {
  boot: 300,
  cloudInit: 200,
  shutdown: 150,
  learning: 300,
  package: 10,
};

/** What is wrong with a guest. Asked for at each power-on. */
export interface GuestFaults {
  /** The power button and the reboot request have no effect. */
  readonly ignoresAcpi?: boolean | undefined;
  /** Never gets as far as the network. */
  readonly hangsAtBoot?: boolean | undefined;
  /** sshd is not started. */
  readonly noSsh?: boolean | undefined;
  /** Prism never learns the address of NICs without an IPAM address. */
  readonly addressNotLearned?: boolean | undefined;
  /** NICs without an IPAM address get another address than at the last boot. */
  readonly newAddress?: boolean | undefined;
  /** cloud-init ends with this error, or never ends. */
  readonly cloudInit?: { readonly error: string } | 'hangs' | undefined;
}

export interface EmulatedGuestOptions {
  /** Port of every guest's sshd; below 1024 the process needs the right to open it. */
  readonly sshPort: number;
  /** Port on which the engine's 2376 is opened; 2376 unless given. */
  readonly dockerPort?: number | undefined;
  readonly clock: Clock;
  readonly logger: Logger;
  /** What the image is; `ubuntu` unless given. */
  readonly distribution?: 'ubuntu' | 'debian' | undefined;
  /** Whether Docker is in the image; false unless given: the provisioner then installs it. */
  readonly dockerInstalled?: boolean | undefined;
  /** Version of the engine that the guest's package mirror offers, e.g. `28.2.2`. */
  readonly engineVersion?: string | undefined;
  readonly times?: Partial<GuestTimes> | undefined;
  readonly faults?: ((spec: GuestSpec) => GuestFaults | undefined) | undefined;
  /** First two bytes of addresses that guests pick themselves, e.g. `127.78`. */
  readonly ownAddressPrefix?: string | undefined;
  /** Bytes of files per guest; 32 MiB unless given. */
  readonly maxFileBytes?: number | undefined;
  /** Bytes of files that `save` takes of all guests together; 256 MiB unless given. */
  readonly maxSavedBytes?: number | undefined;
}

export const DEFAULT_ENGINE_VERSION = '28.2.2';
export const DEFAULT_OWN_ADDRESS_PREFIX = '127.78';
export const DEFAULT_MAX_FILE_BYTES = 32 * 1024 * 1024;
export const MAX_NODES = 20_000;
