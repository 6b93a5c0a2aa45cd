import { isDeepStrictEqual } from 'node:util';
import { IscsiServer, type IscsiTarget } from '../iscsi-target/index.js';
import { SerialQueue } from '../support/index.js';
import { scsiSerial, type DataServices, type GuestTarget } from '../simulator/index.js';
import type { GuestNetwork } from './guest-network.js';
import type { VolumeFiles } from './volume-files.js';

interface Portal {
  readonly server: IscsiServer;
  served: readonly IscsiTarget[];
}

/** The data services of clusters for guests: iSCSI targets over the files of volume groups. */
export class StorageNetwork implements DataServices {
  readonly #network: GuestNetwork;
  readonly #files: VolumeFiles;
  readonly #queue = new SerialQueue();
  readonly #portals = new Map<string, Portal>();

  constructor(network: GuestNetwork, files: VolumeFiles) {
    this.#network = network;
    this.#files = files;
  }

  async serve(address: string, targets: readonly GuestTarget[]): Promise<void> {
    await this.#queue.run(async () => {
      const open = this.#portals.get(address);
      // An address that serves nothing is not needed yet.
      if (open === undefined && targets.length === 0) return;
      const portal = open ?? (await this.#open(address));
      const served: IscsiTarget[] = [];
      for (const target of targets) served.push(await this.#onFiles(target));
      if (isDeepStrictEqual(served, portal.served)) return;
      await portal.server.serve(served);
      portal.served = served;
    });
  }

  async close(): Promise<void> {
    await this.#queue.run(async () => {
      for (const { server } of this.#portals.values()) await server.close();
      this.#portals.clear();
    });
  }

  async #open(address: string): Promise<Portal> {
    await this.#network.takeAddress(address);
    const portal: Portal = { server: await IscsiServer.start({ address }), served: [] };
    this.#portals.set(address, portal);
    return portal;
  }

  async #onFiles({ name, disks, clients }: GuestTarget): Promise<IscsiTarget> {
    const files = [];
    for (const disk of disks) {
      const path = await this.#files.provide(disk.uuid, disk.sizeBytes);
      files.push({ lun: disk.lun, sizeBytes: disk.sizeBytes, path, serial: scsiSerial(disk) });
    }
    return { name, disks: files, clients };
  }
}
