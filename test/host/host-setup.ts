import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createHostLifecycle,
  type CreatedHost,
  type HostLifecycle,
  type HostSpec,
} from '../../src/host/index.js';
import type { CallContext } from '../../src/provider/index.js';
import type { Logger } from '../../src/support/index.js';
import { startSshServer, unusedPort, type Answer, type SshServer } from '../guest/ssh-server.js';
import { FakeProvider } from './fake-provider.js';
import { QuickClock } from './quick-clock.js';

/** A request with nothing special in it. */
export function hostSpecIn(folder: string): HostSpec {
  return {
    name: 'web-1',
    placement: {
      cluster: 'east',
      image: 'debian-12',
      subnets: ['lan'],
      categories: [],
      gpus: [],
      storageContainers: [],
      staticAddresses: [],
    },
    vm: {
      description: '',
      sockets: 2,
      coresPerSocket: 1,
      cpuPassthrough: false,
      memoryMiB: 2048,
      disks: [],
      staticAddresses: [],
      bootType: 'legacy',
      vtpm: false,
      serialPort: false,
    },
    ssh: { user: 'root', port: 1, keyPath: join(folder, 'id_rsa'), generate: 'ed25519' },
    mounts: [],
    waitFor: 'ip',
    keepOnError: false,
  };
}

/** A machine's folder, a cloud, and the life of hosts on it. */
export class HostSetup {
  readonly folder = mkdtempSync(join(tmpdir(), 'host-'));
  readonly cloud = new FakeProvider();
  readonly clock = new QuickClock();
  readonly progress: string[] = [];
  readonly warnings: string[] = [];
  readonly controller = new AbortController();
  readonly hosts: HostLifecycle;
  /** The guest's sshd, once it was made. */
  guest: SshServer | undefined;
  readonly context: CallContext = {
    signal: this.controller.signal,
    progress: (line) => void this.progress.push(line),
  };
  readonly logger: Logger = {
    debug: () => undefined,
    info: () => undefined,
    warn: (line) => void this.warnings.push(line),
  };

  constructor(cleanupTimeout = 5_000) {
    const { cloud: provider, logger, clock } = this;
    this.hosts = createHostLifecycle({ provider, logger, clock, cleanupTimeout });
  }

  spec(change: Partial<HostSpec> = {}): HostSpec {
    return { ...hostSpecIn(this.folder), ...change };
  }

  /** The same with SSH in the guest, on a port of its own. */
  async sshSpec(change: Partial<HostSpec> = {}): Promise<HostSpec> {
    const spec = this.spec({ waitFor: 'ssh', ...change });
    return { ...spec, ssh: { ...spec.ssh, port: await unusedPort() } };
  }

  /** Prepares and creates; a guest with SSH takes the machine's key, as cloud-init would. */
  async create(spec: HostSpec, answer?: (command: string) => Answer): Promise<CreatedHost> {
    const prepared = await this.hosts.prepare(spec, this.context);
    if (spec.waitFor !== 'ip') {
      this.cloud.after('create', async () => {
        const publicKey = readFileSync(`${spec.ssh.keyPath}.pub`, 'utf8');
        const options = { user: spec.ssh.user, publicKey, port: spec.ssh.port };
        this.guest = await startSshServer(answer === undefined ? options : { ...options, answer });
      });
    }
    return await this.hosts.create(spec, prepared, this.context);
  }

  /** Everything that exists: VMs, reservations, files. */
  leftovers(): { vms: number; reservations: number; files: string[] } {
    return {
      vms: this.cloud.vms.size,
      reservations: this.cloud.reservations.size,
      files: readdirSync(this.folder).sort(),
    };
  }

  async dispose(): Promise<void> {
    await this.guest?.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export const NOTHING = { vms: 0, reservations: 0, files: [] };
