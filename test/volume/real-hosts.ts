import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createStorageNode } from '../../src/node/index.js';
import { PRESET, startSimulator, type Simulator } from '../../src/simulator/index.js';
import { silentLogger, systemClock, type Logger } from '../../src/support/index.js';
import { createVolumeService, readPolicy, type VolumeService } from '../../src/volume/index.js';
import { LoopDevices, run } from '../node/loop-devices.js';
import { presetSpec, v4Providers } from '../prism/v4/simulated-v4.js';
import { volumesPorts } from '../prism/v4/volume/simulated-volumes.js';
import { LoopDisks } from './loop-hosts.js';
import { callContext } from './memory-cloud.js';

/** The core on hosts whose disks are real block devices, in front of a simulator. */
export class RealHosts {
  readonly disks = new LoopDisks();
  readonly #providers = v4Providers();
  readonly #ports = volumesPorts();
  readonly #folders: string[] = [];
  readonly #services: VolumeService[] = [];
  readonly #vms: string[] = [];
  #simulator: Simulator | undefined;

  /** VMs of these names are there afterwards. */
  async start(...names: readonly string[]): Promise<void> {
    LoopDevices.install();
    const guests = this.disks.backend();
    this.#simulator = await startSimulator({ pcVersion: 'pc.7.6', profile: 'fast', guests });
    this.disks.volumes = this.#ports.to(this.#simulator);
    const provider = this.#providers.to(this.#simulator, { pcVersion: 'pc.7.6' });
    for (const name of names) {
      const token = await provider.issueCreationToken(name, callContext());
      this.#vms.push(await provider.create(token, presetSpec(name), callContext()));
    }
  }

  /** A process on the VM of this number; `records`: the folder of its records, which stays. */
  host(index: number, records?: string, logger: Logger = silentLogger): VolumeService {
    const { volumes } = this.disks;
    if (volumes === undefined) throw new Error('not started');
    const service = createVolumeService({
      volumes,
      notes: volumes,
      node: this.disks.nodeOf(this.#vms[index] ?? ''),
      clock: systemClock,
      logger,
      folder: records ?? this.folder(),
      policy: async () => await Promise.resolve(readPolicy({ defaults: { size: '320M' } })),
      attachment: 'vm',
      cluster: PRESET.cluster.name,
    });
    this.#services.push(service);
    return service;
  }

  /** A folder that goes in the end, with what is mounted in it. */
  folder(): string {
    const folder = mkdtempSync(join(tmpdir(), 'volume-host-'));
    this.#folders.push(folder);
    return folder;
  }

  async attachments(name: string): Promise<number> {
    const [volume] = (await this.disks.volumes?.findByName(name, callContext())) ?? [];
    return volume?.attachments.length ?? 0;
  }

  async free(): Promise<void> {
    for (const service of this.#services) await service.close();
    const targets = (await createStorageNode().mounts()).map(({ target }) => target);
    // What a test that failed has left mounted, the innermost first.
    for (const target of targets.toReversed()) {
      if (this.#folders.some((folder) => target.startsWith(folder))) run('umount', '--lazy', target);
    }
    this.disks.free();
    for (const folder of this.#folders) rmSync(folder, { recursive: true });
    await this.#ports.stop();
    await this.#providers.stop();
    await this.#simulator?.close();
  }
}
