import { homedir } from 'node:os';
import { join } from 'node:path';
import { readdir, readFile } from 'node:fs/promises';
import { z } from 'zod';
import type { ComputeSize } from '../../provider/index.js';
import { isThere, OperationError, replaceFile, systemCode } from '../../support/index.js';

/** What a machine's config.json says that is needed here; the client owns the file. */
const configShape = z.looseObject({
  DriverName: z.string().default(''),
  Driver: z.looseObject({
    IPAddress: z.string().default(''),
    SSHUser: z.string().default('root'),
    SSHPort: z.number().default(22),
    SSHKeyPath: z.string().default(''),
    VMId: z.string().catch(''),
  }),
});

const driverShape = z.looseObject({ Driver: z.looseObject({}) });

export interface StoredMachine {
  readonly name: string;
  readonly driver: string;
  /** Empty as long as the machine has none. */
  readonly address: string;
  readonly sshUser: string;
  readonly sshPort: number;
  readonly sshKeyPath: string;
  /** Id of its VM; empty as long as there is none. */
  readonly vmId: string;
}

/** docker-machine's folder. All changes go through the client, but for the size of a VM, which no client changes. */
export class MachineStore {
  constructor(readonly folder: string) {}

  /** The folder that the client uses with this environment. */
  static of(environment: Readonly<Record<string, string | undefined>>): MachineStore {
    const given = environment['MACHINE_STORAGE_PATH'] ?? '';
    return new MachineStore(given === '' ? join(homedir(), '.docker', 'machine') : given);
  }

  machineFolder(name: string): string {
    return join(this.folder, 'machines', name);
  }

  /** Names of everything that has a folder, also of what a broken create has left. */
  async names(): Promise<ReadonlySet<string>> {
    const folder = join(this.folder, 'machines');
    const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
      if (systemCode(error) === 'ENOENT') return [];
      // Taken for an empty store it would have every host made once more.
      throw unreadableStore(
        folder,
        'Run it as the user to whom the store belongs, or name another one with MACHINE_STORAGE_PATH.',
        error,
      );
    });
    return new Set(entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name));
  }

  /** Whether the client has got as far as saving what it is about to make. */
  hasConfiguration(name: string): Promise<boolean> {
    return isThere(join(this.machineFolder(name), 'config.json'));
  }

  /** The `Driver` object of the configuration as JSON; undefined when there is none, or it cannot be understood. */
  async driverJson(name: string): Promise<string | undefined> {
    try {
      const text = await readFile(join(this.machineFolder(name), 'config.json'), 'utf8');
      return JSON.stringify(driverShape.parse(JSON.parse(text)).Driver);
    } catch {
      return undefined;
    }
  }

  /**
   * Writes the size that a VM has now into the machine's configuration, so that it says the same as the VM. No client
   * must be at work on the machine. A file that is half written is never seen.
   */
  async setSize(name: string, { sockets, coresPerSocket, memoryMiB }: ComputeSize): Promise<void> {
    const path = join(this.machineFolder(name), 'config.json');
    const config = driverShape.parse(JSON.parse(await readFile(path, 'utf8')));
    const size = { VMVCPUs: sockets, VMCores: coresPerSocket, VMMem: memoryMiB };
    const text = JSON.stringify({ ...config, Driver: { ...config.Driver, ...size } }, undefined, 4);
    await replaceFile(path, text, 0o600);
  }

  /** undefined when there is no such machine, or its file cannot be understood. */
  async read(name: string): Promise<StoredMachine | undefined> {
    try {
      const text = await readFile(join(this.machineFolder(name), 'config.json'), 'utf8');
      const { DriverName, Driver } = configShape.parse(JSON.parse(text));
      return {
        name,
        driver: DriverName,
        address: Driver.IPAddress,
        sshUser: Driver.SSHUser,
        sshPort: Driver.SSHPort,
        sshKeyPath: Driver.SSHKeyPath === '' ? join(this.machineFolder(name), 'id_rsa') : Driver.SSHKeyPath,
        vmId: Driver.VMId,
      };
    } catch {
      return undefined;
    }
  }
}

/** A store that is there and cannot be read. */
export function unreadableStore(folder: string, advice: string, error: unknown): OperationError {
  return new OperationError({
    code: 'permission-denied',
    attempted: `read the machine store ${folder}`,
    problem: systemCode(error) ?? String(error),
    advice,
    cause: error,
  });
}
