import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { silentLogger, type Clock, type Logger } from '../../src/support/index.js';
import {
  createVolumeService,
  readPolicy,
  type Policy,
  type VolumeService,
  type VolumeServiceParts,
} from '../../src/volume/index.js';
import { MemoryCloud, TEMPORARY } from './memory-cloud.js';
import { MemoryDisks, MemoryNode } from './memory-node.js';

/** Time passes when somebody waits. */
const hasty: Clock = {
  now: () => 0,
  sleep: async (_, signal) => {
    signal?.throwIfAborted();
    await new Promise(setImmediate);
    signal?.throwIfAborted();
  },
};

/** What differs from an ordinary host, which has its volumes as disks of a VM. */
type Manner = Partial<Pick<VolumeServiceParts, 'detachesAll' | 'attachment' | 'background'>>;

export interface MemoryHost {
  readonly vmId: string;
  readonly node: MemoryNode;
  readonly folder: string;
  /** The process of this moment. */
  service: VolumeService;
  /** A new process after the one before it was killed; its locks are those of a process that is gone. */
  restart(manner?: Manner): VolumeService;
}

/** Hosts and the cloud that they share, in memory; records and locks are real files. */
export class MemoryHosts {
  readonly cloud = new MemoryCloud();
  readonly disks = new MemoryDisks();
  readonly logger: Logger;
  policy: Policy = readPolicy(undefined);
  now = new Date('2026-11-29T03:42:00Z');
  readonly #services: VolumeService[] = [];
  readonly #folders: string[] = [];

  readonly #clock: Clock;

  constructor(logger: Logger = silentLogger, clock = hasty) {
    this.logger = logger;
    this.#clock = clock;
  }

  add(vmId: string): MemoryHost {
    this.cloud.vms.set(vmId, { id: vmId, name: `vm-${vmId}`, power: 'on' });
    const node = new MemoryNode(vmId, this.cloud, this.disks);
    const folder = mkdtempSync(join(TEMPORARY, 'volume-host-'));
    this.#folders.push(folder);
    const start = (manner: Manner = {}): VolumeService => {
      rmSync(join(folder, 'locks'), { recursive: true, force: true });
      const service = createVolumeService({
        volumes: this.cloud,
        notes: this.cloud,
        node,
        clock: this.#clock,
        logger: this.logger,
        folder,
        policy: async () => await Promise.resolve(this.policy),
        attachment: 'vm',
        now: () => this.now,
        ...manner,
      });
      this.#services.push(service);
      return service;
    };
    const host: MemoryHost = {
      vmId,
      node,
      folder,
      service: start(),
      restart: (manner) => {
        host.service = start(manner);
        return host.service;
      },
    };
    return host;
  }

  async free(): Promise<void> {
    this.cloud.around = () => undefined;
    for (const service of this.#services) await service.close();
    this.disks.free();
    for (const folder of this.#folders) rmSync(folder, { recursive: true, force: true });
  }
}
