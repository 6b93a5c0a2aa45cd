import { join } from 'node:path';
import { CsiClient } from '../../csi/csi-client.js';
import { dist, ROOT } from '../machine.js';
import type { Simulator } from '../simulator.js';
import type { TestEngine } from './engine.js';
import { VolumeGuest } from './volume-guest.js';

const SOCKET = '/run/nutanix-csi/csi.sock';

/** A guest in which the driver runs, on a node of its own: its calls by gRPC, and a shell to look at what they did. */
export class CsiHost {
  readonly nodeId: string;
  readonly #guest: VolumeGuest;
  readonly #socketPath: string;
  #client: CsiClient;

  private constructor(guest: VolumeGuest, pid: string) {
    this.#guest = guest;
    this.nodeId = `vm/${guest.vmId}`;
    // The socket is reached through the guest's root folder: unix sockets know no other kind of network.
    this.#socketPath = `/proc/${pid}/root${SOCKET}`;
    this.#client = new CsiClient(this.#socketPath);
  }

  /** Puts driver and csi-sanity into the guest of a new VM and starts the driver, both roles in one. */
  static async start(
    engine: TestEngine,
    simulator: Simulator,
    name: string,
    folder: string,
  ): Promise<CsiHost> {
    const guest = await VolumeGuest.start(engine, simulator, name, folder);
    guest.copyIn(dist('nutanix-volume'), '/usr/local/bin/nutanix-volume');
    guest.copyIn(join(ROOT, '.tools/csi-sanity'), '/usr/local/bin/csi-sanity');
    const pid = engine.docker('inspect', '--format', '{{.State.Pid}}', guest.container);
    const host = new CsiHost(guest, pid);
    await host.startDriver();
    return host;
  }

  /** Starts the driver as a service of the guest, and waits until it answers. */
  async startDriver(): Promise<void> {
    const command = `nutanix-volume csi --verbose --role all --endpoint unix://${SOCKET}`;
    this.run(`systemd-run --quiet --collect --unit nutanix-csi ${command}`);
    this.run(`while [ ! -S ${SOCKET} ]; do systemctl is-active -q nutanix-csi || exit 1; sleep 0.1; done`);
    // A client of the driver before this one waits before it connects again.
    this.#client.close();
    this.#client = new CsiClient(this.#socketPath);
    await this.#client.ready();
    await this.#client.call('Probe');
  }

  get client(): CsiClient {
    return this.#client;
  }

  /** What a script writes; throws unless it succeeds. */
  run(script: string): string {
    return this.#guest.run(script);
  }

  copyOut(path: string, to: string): void {
    this.#guest.copyOut(path, to);
  }
}
