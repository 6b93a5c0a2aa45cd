import { join } from 'node:path';
import { OperationError, type Logger } from '../support/index.js';
import {
  VmTable,
  type Guest,
  type GuestBackend,
  type GuestEvents,
  type GuestSpec,
} from '../simulator/index.js';
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
  readonly #vms: VmTable<VmFiles>;

  constructor(folder: RunFolder, image: GuestImage, logger: Logger) {
    this.#folder = folder;
    this.#image = image;
    this.#logger = logger;
    this.#network = new GuestNetwork(folder.instance, logger);
    this.#vms = new VmTable({
      make: (vmUuid) => new VmFiles(join(folder.path, 'vms', vmUuid), image),
      drop: async (files, vmUuid) => {
        await this.#network.release(vmUuid);
        await files.remove();
      },
    });
    this.contents = new VolumeFiles(join(folder.path, 'volumes'));
    this.dataServices = new StorageNetwork(this.#network, this.contents);
  }

  async powerOn(spec: GuestSpec, events: GuestEvents): Promise<Guest> {
    return await this.#vms.powerOn(spec, async (files) => {
      const disks = await files.prepareDisks(spec);
      const configDrive = await files.prepareConfigDrive(spec);
      const nics = await this.#network.connect(spec.vmUuid, spec.nics);
      const { console } = files;
      const parts = { spec, image: this.#image, disks, configDrive, nics, console };
      const args = qemuArguments({ ...parts, acceleration: await acceleration() });
      const namespace = nics.length === 0 ? undefined : namespaceName(this.#folder.instance);
      const guest = await QemuGuest.powerOn({
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
      return guest;
    });
  }

  async remove(vmUuid: string): Promise<void> {
    await this.#vms.remove(vmUuid);
  }

  async close(): Promise<void> {
    await this.#vms.close(async () => await this.#closeRest());
  }

  async #closeRest(): Promise<void> {
    await this.dataServices.close();
    await this.#network.close();
    try {
      await removeRunFolder(this.#folder.path);
    } catch (error) {
      this.#logger.warn(OperationError.from(error, 'remove the guests').message);
    }
  }
}
