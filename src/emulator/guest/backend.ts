import { copyOf, type DiskContent } from '../disks/index.js';
import type { FileSystemLimits, MemoryFileSystem } from '../filesystem/index.js';
import type {
  Guest,
  GuestBackend,
  GuestDisk,
  GuestEvents,
  GuestSpec,
  VolumeContents,
} from '../../simulator/index.js';
import { createImage } from './base-image.js';
import { DISTRIBUTIONS } from '../os/distribution.js';
import { probePort, type Interface } from '../os/network.js';
import type { GuestSystem } from './guest-system.js';
import { OwnAddresses } from './addresses.js';
import { EmulatedGuest } from './emulated-guest.js';
import {
  DEFAULT_ENGINE_VERSION,
  DEFAULT_MAX_FILE_BYTES,
  DEFAULT_OWN_ADDRESS_PREFIX,
  DEFAULT_TIMES,
  MAX_NODES,
  type EmulatedGuestOptions,
  type GuestTimes,
} from './options.js';
import { portError } from './ports.js';
import { baseProgramNames } from './programs.js';
import {
  loadMachine,
  MAX_SAVED_BYTES,
  parseSavedGuests,
  savedMachines,
  type KeptDisks,
} from './saved-guests.js';
import type { SavedGuests } from './saved-guests.js';

const DEFAULT_PREFIX_LENGTH = 24;

/** What is kept of a VM while it exists. */
interface Machine extends KeptDisks {
  guest: EmulatedGuest | undefined;
}

/** Guests inside this process. */
export class EmulatedGuests implements GuestBackend {
  readonly #options: EmulatedGuestOptions;

  readonly kind = 'emulated';
  readonly #machines = new Map<string, Machine>();
  /** What volume groups' disks hold, by UUID: also a part of what the VM has that has them now. */
  readonly #volumes = new Map<string, DiskContent>();
  readonly contents: VolumeContents = {
    copy: (from, to) => {
      this.#volumes.set(to, copyOf(this.#volumes.get(from) ?? { fileSystem: undefined }));
      return Promise.resolve();
    },
    remove: (uuids) => {
      for (const uuid of uuids) this.#volumes.delete(uuid);
      return Promise.resolve();
    },
  };

  readonly #addresses: OwnAddresses;
  readonly #times: GuestTimes;

  constructor(options: EmulatedGuestOptions) {
    this.#options = options;

    this.#addresses = new OwnAddresses(options.ownAddressPrefix ?? DEFAULT_OWN_ADDRESS_PREFIX);
    this.#times = { ...DEFAULT_TIMES, ...options.times };
  }

  async powerOn(spec: GuestSpec, events: GuestEvents): Promise<Guest> {
    const machine = this.#machineOf(spec);
    await machine.guest?.powerOff();
    this.#keepVolumes(machine, spec.disks);
    const faults = this.#options.faults?.(spec) ?? {};
    const interfaces = this.#interfaces(spec, faults.newAddress ?? false);
    await this.#requirePorts(spec, interfaces);
    const guest = new EmulatedGuest({
      spec,
      events,
      fs: machine.fs,
      diskContents: machine.diskContents,
      keepVolumes: (disks) => this.#keepVolumes(machine, disks),
      options: this.#options,
      times: this.#times,
      faults,
      interfaces,
    });
    machine.guest = guest;
    guest.start();
    return guest;
  }

  async remove(vmUuid: string): Promise<void> {
    const machine = this.#machines.get(vmUuid);
    this.#machines.delete(vmUuid);
    for (const uuid of machine?.nicUuids ?? []) this.#addresses.release(uuid);
    await machine?.guest?.powerOff();
  }

  /** As they are on their disks this moment: to a guest that runs, it is as if it lost power now. */
  save(vmUuids: ReadonlySet<string>): SavedGuests {
    const kept = [...this.#machines].filter(([vmUuid]) => vmUuids.has(vmUuid));
    const { machines, leftOut } = savedMachines(kept, this.#options.maxSavedBytes ?? MAX_SAVED_BYTES);
    if (leftOut.length > 0) {
      this.#options.logger.warn(
        `The guests of ${String(leftOut.length)} VMs hold more files than can be saved; they will start with ` +
          `fresh disks: ${leftOut.join(', ')}`,
      );
    }
    const nics = new Set(kept.flatMap(([, { nicUuids }]) => nicUuids));
    return { machines, addresses: this.#addresses.save().filter(([nicUuid]) => nics.has(nicUuid)) };
  }

  load(saved: unknown): void {
    const { machines, addresses } = parseSavedGuests(saved);
    for (const machine of machines) {
      this.#machines.set(machine.vmUuid, { ...loadMachine(machine, this.#limits), guest: undefined });
    }
    this.#addresses.load(addresses);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#machines.keys()].map((vmUuid) => this.remove(vmUuid)));
  }

  /** The running system of a VM, for tests; undefined when its power is off. */
  system(vmUuid: string): GuestSystem | undefined {
    return this.#machines.get(vmUuid)?.guest?.system;
  }

  get #limits(): FileSystemLimits {
    return { maxBytes: this.#options.maxFileBytes ?? DEFAULT_MAX_FILE_BYTES, maxNodes: MAX_NODES };
  }

  #machineOf(spec: GuestSpec): Machine {
    const known = this.#machines.get(spec.vmUuid);
    const machine = known ?? {
      fs: this.#image(),
      diskContents: new Map<string, DiskContent>(),
      guest: undefined,
      nicUuids: [],
    };
    machine.nicUuids = spec.nics.map(({ uuid }) => uuid);
    this.#machines.set(spec.vmUuid, machine);
    return machine;
  }

  #keepVolumes({ diskContents }: Machine, disks: readonly GuestDisk[]): void {
    const wanted = disks.filter(({ volumeGroupUuid }) => volumeGroupUuid !== undefined);
    const uuids = new Set(wanted.map(({ uuid }) => uuid));
    for (const uuid of diskContents.keys()) {
      if (this.#volumes.has(uuid) && !uuids.has(uuid)) diskContents.delete(uuid);
    }
    for (const { uuid } of wanted) {
      const content = this.#volumes.get(uuid) ?? diskContents.get(uuid) ?? { fileSystem: undefined };
      this.#volumes.set(uuid, content);
      diskContents.set(uuid, content);
    }
  }

  #image(): MemoryFileSystem {
    const options = this.#options;
    return createImage({
      distribution: DISTRIBUTIONS[options.distribution ?? 'ubuntu'],
      engineVersion: options.engineVersion ?? DEFAULT_ENGINE_VERSION,
      dockerInstalled: options.dockerInstalled ?? false,
      sshPort: options.sshPort,
      programs: baseProgramNames,
      limits: this.#limits,
    });
  }

  #interfaces(spec: GuestSpec, newAddress: boolean): Interface[] {
    return spec.nics.map((nic, index) => ({
      name: `ens${3 + index}`,
      nic,
      address: nic.address ?? this.#addresses.lease(nic, newAddress),
      prefixLength: nic.prefixLength ?? DEFAULT_PREFIX_LENGTH,
    }));
  }

  /** Checked before the VM counts as running: only now does a request wait that can carry the error. */
  async #requirePorts(spec: GuestSpec, interfaces: readonly Interface[]): Promise<void> {
    for (const { address } of interfaces) {
      const error = await probePort(address, this.#options.sshPort);
      if (error !== undefined) throw portError(spec.name, address, this.#options.sshPort, error);
    }
  }
}
