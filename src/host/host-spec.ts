import type {
  CreationToken,
  Placement,
  PlacementRequest,
  Provider,
  VmId,
  VmSpec,
} from '../provider/index.js';
import type { Clock, Logger } from '../support/index.js';

/** A Docker host to be made, as a front end asks for it. Memory in MiB, disks in GiB, times in ms. */
export interface HostSpec {
  /** Name of machine, VM and (first label) guest host name. */
  readonly name: string;
  readonly placement: PlacementRequest;
  readonly vm: Omit<VmSpec, 'name' | 'placement' | 'userData' | 'hostname'>;
  readonly ssh: SshAccess;
  /** The user's own cloud-init user-data, as text, merged with ours; undefined = none. */
  readonly userData?: string | undefined;
  /** The disk (index into vm.disks) for /var/lib/docker, if there is one. */
  readonly dockerDisk?: { readonly disk: number; readonly filesystem: 'xfs' | 'ext4' } | undefined;
  /** Other disks to be formatted and mounted. */
  readonly mounts: readonly {
    readonly disk: number;
    readonly path: string;
    readonly filesystem: 'xfs' | 'ext4';
  }[];
  /** When Create is over: an address is known, SSH answers with our key, or cloud-init has ended. */
  readonly waitFor: 'ip' | 'ssh' | 'cloud-init';
  /** CIDR: only an address in it is used; undefined = the first usable one. */
  readonly addressNetwork?: string | undefined;
  readonly keepOnError: boolean;
}

/**
 * How the host is reached. The key pair lies in files because docker-machine's own ssh opens them; a front end without
 * such a client may give the key itself.
 */
export interface SshAccess {
  readonly user: string;
  readonly port: number;
  /**
   * Path of the private key; the public one is beside it with `.pub`. Create makes it when `generate` is set, or
   * copies it from `existingKey`; with neither, it has to be there before `prepare`.
   */
  readonly keyPath: string;
  readonly generate: 'ed25519' | 'rsa' | false;
  /** Path of a private key of the user's own, checked in `prepare`; only with `generate: false`. */
  readonly existingKey?: string | undefined;
  /**
   * Text of the private key, secret: then no file is read or made, and `keyPath` only says in errors where the key is
   * from.
   */
  readonly privateKey?: string | undefined;
}

/** What PreCreateCheck found and fixed. Plain JSON, no secrets; saved before Create runs. */
export interface PreparedHost {
  readonly placement: Placement;
  readonly creationToken: CreationToken;
}

/** What Create learned. */
export interface CreatedHost {
  readonly vmId: VmId;
  readonly address: string;
}

/** What the life of hosts is built from. */
export interface HostDependencies {
  readonly provider: Provider;
  readonly logger: Logger;
  readonly clock: Clock;
  /** How long the clean-up after a failed Create may take, ms; default `CLEANUP_TIME`. */
  readonly cleanupTimeout?: number | undefined;
  /** What the front end calls `addressNetwork`, e.g. `--nutanix-ip-network`; absent = it has no name for it. */
  readonly addressNetworkOption?: string | undefined;
}
