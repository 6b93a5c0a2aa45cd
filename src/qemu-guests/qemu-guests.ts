import { join } from 'node:path';
import { KeyedQueue, OperationError, type Logger } from '../support/index.js';
import type { Guest, GuestBackend, GuestEvents, GuestSpec } from '../simulator/index.js';
import { acceleration } from './accelerator.js';
import { readGuestImage, type GuestImage } from './guest-image.js';
import { GuestNetwork } from './guest-network.js';
import { namespaceName } from './namespace.js';
import { PluggedDisks } from './plugged-disks.js';
import { demandPrograms } from './programs.js';
import { qemuArguments } from './qemu-arguments.js';
import { QemuGuest } from './qemu-guest.js';
import { QemuProcess } from './qemu-process.js';
import { makeRunFolder, removeRunFolder, sweepRunFolders, type RunFolder } from './run-folder.js';
import { StorageNetwork } from './storage-network.js';
import { VmFiles } from './vm-files.js';
import { VolumeFiles } from './volume-files.js';

export interface QemuGuestsOptions {
  /** Folder of the guest image, see scripts/qemu-guest. */
  readonly image: string;
  readonly logger: Logger;
}

/** What is known of a VM, on or off. */
interface Vm {
  readonly files: VmFiles;
  guest?: QemuGuest | undefined;
}

/**
 * Guests that are VMs of QEMU with a kernel of their own, systemd, cloud-init, sshd, dockerd and open-iscsi. Sweeps away
 * what killed simulators have left. Rejects with an OperationError when such guests cannot run here.
 */
export async function createQemuGuests(options: QemuGuestsOptions): Promise<GuestBackend> {
  const attempted = 'run guests by QEMU';
  if (process.getuid?.() !== 0) {
    const problem = 'their networks can only be made by root';
    throw new OperationError({ code: 'permission-denied', attempted, problem });
  }
  await demandPrograms(
    ['qemu-system-x86_64', 'qemu-img', 'dnsmasq', 'genisoimage', 'ip', 'setpriv'],
    attempted,
  );
  const image = await readGuestImage(options.image);
  const swept = await sweepRunFolders();
  if (swept > 0) options.logger.info(`removed the guests of ${swept} simulators that were killed`);
  return new QemuGuests(await makeRunFolder(), image, options.logger);
}

class QemuGuests implements GuestBackend {
  readonly kind = 'qemu';
  readonly contents: VolumeFiles;
  readonly dataServices: StorageNetwork;
  readonly #folder: RunFolder;
  readonly #image: GuestImage;
  readonly #logger: Logger;
  readonly #network: GuestNetwork;
  readonly #vms = new Map<string, Vm>();
  /** One change of a VM at a time. */
  readonly #queue = new KeyedQueue();
  #closing: Promise<void> | undefined;

  constructor(folder: RunFolder, image: GuestImage, logger: Logger) {
    this.#folder = folder;
    this.#image = image;
    this.#logger = logger;
    this.#network = new GuestNetwork(folder.instance, logger);
    this.contents = new VolumeFiles(join(folder.path, 'volumes'));
    this.dataServices = new StorageNetwork(this.#network, this.contents);
  }

  async powerOn(spec: GuestSpec, events: GuestEvents): Promise<Guest> {
    return await this.#queue.run(spec.vmUuid, async () => {
      if (this.#closing !== undefined) throw closed(spec.name);
      const vm = this.#vms.get(spec.vmUuid) ?? this.#enter(spec.vmUuid);
      await vm.guest?.powerOff();
      const disks = await vm.files.prepareDisks(spec);
      const configDrive = await vm.files.prepareConfigDrive(spec);
      const nics = await this.#network.connect(spec.vmUuid, spec.nics);
      const { console } = vm.files;
      const parts = { spec, image: this.#image, disks, configDrive, nics, console };
      const args = qemuArguments({ ...parts, acceleration: await acceleration() });
      const namespace = nics.length === 0 ? undefined : namespaceName(this.#folder.instance);
      vm.guest = await QemuGuest.powerOn({
        name: spec.name,
        events,
        logger: this.#logger,
        console,
        disks: new PluggedDisks(spec.disks, this.contents, this.#logger),
        start: async () => await QemuProcess.start(args, namespace, spec.name),
      });
      for (const { nic, address } of nics) {
        if (nic.address === undefined) events.addressLearned(nic.uuid, address);
      }
      return vm.guest;
    });
  }

  async remove(vmUuid: string): Promise<void> {
    await this.#queue.run(vmUuid, async () => {
      const vm = this.#vms.get(vmUuid);
      if (vm === undefined) return;
      await vm.guest?.powerOff();
      await this.#network.release(vmUuid);
      await vm.files.remove();
      this.#vms.delete(vmUuid);
    });
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const removals = [...this.#vms.keys()].map(async (uuid) => await this.remove(uuid));
    await Promise.allSettled(removals);
    await this.dataServices.close();
    await this.#network.close();
    try {
      await removeRunFolder(this.#folder.path);
    } catch (error) {
      this.#logger.warn(OperationError.from(error, 'remove the guests').message);
    }
  }

  #enter(vmUuid: string): Vm {
    const vm: Vm = { files: new VmFiles(join(this.#folder.path, 'vms', vmUuid), this.#image) };
    this.#vms.set(vmUuid, vm);
    return vm;
  }
}

function closed(name: string): OperationError {
  const problem = 'the simulator is closing';
  return new OperationError({ code: 'cancelled', attempted: `boot guest ${name}`, problem });
}
