/**
 * What the simulated Prism Central needs of whatever runs inside its VMs. The API part knows nothing of SSH
 * or Docker; a backend knows nothing of tasks, versions or the API. Emulated guests (in this process) and
 * container guests (real engines) are two backends behind this one interface.
 */

/** A NIC as the VM's specification has it at power-on. */
export interface GuestNic {
  readonly uuid: string;
  /** Lower case, colons, e.g. `50:6b:8d:01:02:03`. */
  readonly macAddress: string;
  /** Handed out by the subnet's IPAM; undefined = the guest picks one and it is LEARNED later. */
  readonly address: string | undefined;
  /** Bits of the network part, e.g. 24; undefined when the subnet does not say. */
  readonly prefixLength: number | undefined;
  /** The subnet that the NIC is on: NICs of the same one reach each other. */
  readonly subnetUuid?: string | undefined;
  /** The subnet's default gateway; undefined when the subnet does not say. */
  readonly gateway?: string | undefined;
}

/** A disk of the VM. CD-ROMs (the cloud-init seed) are not listed. */
export interface GuestDisk {
  readonly uuid: string;
  readonly sizeBytes: number;
  /** SCSI, SATA, PCI, IDE, … as the API spells it. */
  readonly adapter: string;
  /** Device index on that adapter. */
  readonly index: number;
  /** Of a disk of a volume group: all of them are behind one place of the adapter, each as a LUN; 0 when absent. */
  readonly lun?: number;
  /** The volume group that it belongs to; such a disk can be taken away while the guest runs. */
  readonly volumeGroupUuid?: string;
}

/**
 * A VM as its guest sees it. Fixed while the guest runs; a changed VM shows at the next power-on, except for what
 * `Guest.disksChanged` tells.
 */
export interface GuestSpec {
  readonly vmUuid: string;
  /** The VM's name; the guest's host name unless cloud-init data say otherwise. */
  readonly name: string;
  /** cloud-init user-data, decoded to text; undefined = none was given. */
  readonly userData: string | undefined;
  /** cloud-init meta-data, decoded to text; undefined = none was given. */
  readonly metaData: string | undefined;
  readonly memoryMiB: number;
  readonly cpus: number;
  readonly nics: readonly GuestNic[];
  /** System disk first. */
  readonly disks: readonly GuestDisk[];
}

/** What a guest tells the outside. Both may be called at any time between `powerOn` and the guest's end. */
export interface GuestEvents {
  /** The guest uses `ip` on this NIC. Called once per NIC and boot, for NICs without an IPAM address. */
  addressLearned(nicUuid: string, ip: string): void;
  /**
   * The guest turned itself off (ACPI request honoured, `poweroff` inside). Called at most once per
   * `powerOn`, and never because of `powerOff`. The Guest object is of no use afterwards.
   */
  poweredOff(): void;
}

/** A running guest, from `powerOn` to `powerOff` or `poweredOff`. */
export interface Guest {
  /** ACPI power button: returns at once; `poweredOff` follows if the guest obeys. */
  requestShutdown(): void;
  /** ACPI reboot: returns at once; the guest goes down by itself and comes back if it obeys. */
  requestReboot(): void;
  /** Hard power-off: every socket is closed when this resolves. Idempotent. */
  powerOff(): Promise<void>;
  /** Reset button: hard off and on again; resolves when the guest has begun to boot. */
  reset(): Promise<void>;
  /**
   * Volume groups were attached, detached or grown while the guest runs: `disks` is what the VM has now, as in its
   * specification. A disk that is missing is gone at once, mounted or not, as when storage takes it away. A guest
   * without this method sees the change at its next power-on.
   */
  disksChanged?(disks: readonly GuestDisk[]): Promise<void>;
  /**
   * A login at the console, as root and without a password. `show` gets what the terminal shows, and holds it up;
   * `ended` is called once, when the login is over or the guest has lost power. A guest without it has no console here.
   */
  openTerminal?(show: (output: Uint8Array) => Promise<void>, ended: () => void): GuestTerminal;
}

/** A terminal from its opening to `ended`; of no effect afterwards. */
export interface GuestTerminal {
  /** Keys as a terminal sends them: `\r` for Enter, `\x03` for Ctrl-C, `\x04` for the end of the input. */
  type(keys: string): void;
  /** Hangs up: what runs in it ends. Idempotent. */
  close(): void;
}

/**
 * What disks of volume groups hold: kept by the disk's UUID, apart from any VM, so that it moves with the volume group.
 * Blank until something is written. Recovery points of disks are kept in the same way, by UUIDs of their own.
 */
export interface VolumeContents {
  /** `to` holds from now on what `from` holds at this moment, attached or not; `to` is attached to nothing. */
  copy(from: string, to: string): Promise<void>;
  /** Those that hold nothing count as removed. */
  remove(uuids: readonly string[]): Promise<void>;
}

/** A volume group as iSCSI clients have it. */
export interface GuestTarget {
  /** Its IQN. */
  readonly name: string;
  readonly disks: readonly Required<Pick<GuestDisk, 'uuid' | 'sizeBytes' | 'lun'>>[];
  readonly clients: readonly GuestTargetClient[];
}

/** A client of a target: an initiator by its IQN, or any one that calls from an address. */
export type GuestTargetClient = ({ readonly initiatorName: string } | { readonly address: string }) & {
  /** With it, CHAP is demanded. */
  readonly secret?: string;
};

/** The iSCSI data services of a cluster, as far as guests can use them. */
export interface DataServices {
  /**
   * These targets, and no others, are to be had at this address (IPv4) from now on. When it resolves, clients that have
   * lost a target cannot write to it any more.
   */
  serve(address: string, targets: readonly GuestTarget[]): Promise<void>;
}

/**
 * The state of a guest (files, users, docker's TLS material, host keys) is kept per `vmUuid` over power
 * cycles and dropped by `remove`.
 */
export interface GuestBackend {
  /** For logs and `--help`, e.g. `emulated`. */
  readonly kind: string;
  /** A backend without it keeps nothing of volume groups. */
  readonly contents?: VolumeContents;
  /** With a backend without it, no guest gets to a volume group by iSCSI. */
  readonly dataServices?: DataServices;
  /**
   * Begins to boot the guest and resolves as soon as that is certain to go on (ports not yet listening).
   * Rejects with an OperationError when the guest cannot run here (port in use, port needs privileges).
   */
  powerOn(spec: GuestSpec, events: GuestEvents): Promise<Guest>;
  /** The VM is gone: powers the guest off if it still runs and drops all it kept. Idempotent. */
  remove(vmUuid: string): Promise<void>;
  /**
   * What it keeps of these VMs now, as plain JSON values, so that another one can go on with them in a later
   * process. A backend without it keeps nothing that long.
   */
  save?(vmUuids: ReadonlySet<string>): unknown;
  /**
   * Takes up what a backend of the same kind has saved; before the first power-on. Nothing in it is trusted.
   * Throws OperationError `invalid-input`.
   */
  load?(saved: unknown): void;
  /** Powers every guest off, frees every port, drops everything. Idempotent. */
  close(): Promise<void>;
}

/** VMs with nothing inside: they obey ACPI at once, listen nowhere, and never learn an address. */
export function noGuests(): GuestBackend {
  return {
    kind: 'none',
    powerOn: (_spec, events) =>
      Promise.resolve({
        requestShutdown: () => events.poweredOff(),
        requestReboot: () => undefined,
        powerOff: () => Promise.resolve(),
        reset: () => Promise.resolve(),
      }),
    remove: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
}
