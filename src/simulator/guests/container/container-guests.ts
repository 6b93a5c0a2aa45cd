import { randomBytes } from 'node:crypto';
import { hasEnded, processIdentity } from '../../../process/index.js';
import type { Clock, Logger } from '../../../support/index.js';
import type { Guest, GuestBackend, GuestEvents, GuestSpec } from '../guest-backend.js';
import { VmTable } from '../vm-table.js';
import { ContainerGuest } from './container-guest.js';
import { visibleCpus } from './container-options.js';
import { DiskStorage } from './disk-storage.js';
import { engineError } from './engine-error.js';
import { checkEngine, engineAt, type Engine } from './engine.js';
import { GUEST_IMAGE, labelsOf, type Ownership } from './labels.js';
import { removeInstance, sweep } from './orphans.js';
import { SubnetNetworks } from './networks.js';
import { VmContainer, type NicOnNetwork } from './vm-container.js';
import { VmDisks } from './vm-disks.js';

export interface ContainerGuestsOptions {
  /** `unix:///PATH` or `tcp://HOST:PORT` of an engine on this machine; default `/var/run/docker.sock`. */
  readonly dockerHost?: string | undefined;
  /** Default GUEST_IMAGE. */
  readonly image?: string | undefined;
  /** Guests reach what the engine's machine reaches; default false: only each other and this machine. */
  readonly routed?: boolean | undefined;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** What is kept of a VM, on or off. */
interface Vm {
  readonly container: VmContainer;
  readonly disks: VmDisks;
  /** In which turn it got its CPUs. */
  readonly turn: number;
}

/**
 * Guests that are systemd containers of a local Docker engine, with real cloud-init, sshd and dockerd. Sweeps
 * away what simulators that ended without closing have left. Rejects with an OperationError when there is no
 * engine, or it lacks the image.
 */
export async function createContainerGuests(options: ContainerGuestsOptions): Promise<GuestBackend> {
  const engine = engineAt(options.dockerHost);
  const image = options.image ?? GUEST_IMAGE;
  const { cpus } = await checkEngine(engine, image);
  try {
    const swept = await sweep(engine, hasEnded);
    if (swept > 0) options.logger.info(`removed ${swept} things left by simulators that were killed`);
  } catch (error) {
    throw engineError('remove what former simulators have left', error);
  }
  return new ContainerGuests(engine, { ...options, image, cpus });
}

class ContainerGuests implements GuestBackend {
  readonly kind = 'container';
  readonly contents: DiskStorage;
  readonly #engine: Engine;
  readonly #options: ContainerGuestsOptions & { readonly image: string; readonly cpus: number };
  readonly #ownership: Ownership = { owner: processIdentity(), instance: randomBytes(4).toString('hex') };
  readonly #isolated: boolean;
  readonly #networks: SubnetNetworks;
  readonly #vms = new VmTable<Vm>({
    make: (vmUuid) => this.#vmOf(vmUuid),
    drop: async ({ container }, vmUuid) => {
      await container.remove();
      await this.#networks.release(vmUuid);
    },
  });
  #count = 0;

  constructor(
    engine: Engine,
    options: ContainerGuestsOptions & { readonly image: string; readonly cpus: number },
  ) {
    this.#engine = engine;
    this.#options = options;
    this.#isolated = options.routed !== true;
    const { logger } = options;
    this.#networks = new SubnetNetworks(engine, {
      ownership: this.#ownership,
      isolated: this.#isolated,
      logger,
    });
    this.contents = new DiskStorage({
      engine,
      name: `prism-${this.#ownership.instance}-volumes`,
      image: options.image,
      labels: labelsOf(this.#ownership),
    });
  }

  async powerOn(spec: GuestSpec, events: GuestEvents): Promise<Guest> {
    return await this.#vms.powerOn(spec, async (vm) => {
      const nics = await this.#connect(spec);
      const cpus = visibleCpus(spec.cpus, this.#options.cpus, vm.turn);
      await vm.container.prepare({ spec, nics, visibleCpus: cpus, isolated: this.#isolated });
      await this.#networks.release(
        spec.vmUuid,
        nics.map(({ network }) => network.name),
      );
      vm.disks.set(spec.disks);
      const { clock, logger } = this.#options;
      return await ContainerGuest.powerOn({
        name: spec.name,
        container: vm.container.calls,
        waiting: vm.container.waits,
        events,
        clock,
        logger,
        starting: async () => await vm.disks.plugIn(),
        started: async () => await this.#tellAddresses(vm, nics, events),
        cutOff: async () => await vm.disks.cutOff(),
        disksChanged: async (disks) => await vm.disks.change(disks),
      });
    });
  }

  async remove(vmUuid: string): Promise<void> {
    await this.#vms.remove(vmUuid);
  }

  async close(): Promise<void> {
    await this.#vms.close(async () => await this.#removeRest());
  }

  async #removeRest(): Promise<void> {
    const { logger } = this.#options;
    try {
      const stayed = await removeInstance(this.#engine, this.#ownership.instance);
      if (stayed.length > 0) logger.warn(`could not be removed from the engine: ${stayed.join(', ')}`);
    } catch (error) {
      logger.warn(engineError('remove the guests', error).message);
    }
  }

  #vmOf(vmUuid: string): Vm {
    const container = new VmContainer({
      engine: this.#engine,
      name: `prism-${this.#ownership.instance}-${vmUuid}`,
      image: this.#options.image,
      labels: labelsOf(this.#ownership, vmUuid),
    });
    const disks = new VmDisks({ container, storage: this.contents, logger: this.#options.logger });
    const vm: Vm = { container, disks, turn: this.#count };
    this.#count += 1;
    return vm;
  }

  async #connect(spec: GuestSpec): Promise<NicOnNetwork[]> {
    const connected: NicOnNetwork[] = [];
    for (const nic of spec.nics) connected.push({ nic, network: await this.#networks.use(spec.vmUuid, nic) });
    return connected;
  }

  async #tellAddresses(vm: Vm, nics: readonly NicOnNetwork[], events: GuestEvents): Promise<void> {
    for (const { nic, network } of nics) {
      if (nic.address !== undefined) continue;
      const address = await vm.container.addressOn(network.name);
      if (address !== undefined) events.addressLearned(nic.uuid, address);
    }
  }
}
