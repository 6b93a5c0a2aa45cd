import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { OperationError, SerialQueue } from '../support/index.js';
import { IscsiConnection } from './connection.js';
import { ScsiDisk } from './scsi-disk.js';
import { clientOf, type IscsiTarget } from './target.js';

/** The port of iSCSI, at which portals are. */
export const ISCSI_PORT = 3260;

export interface IscsiServerOptions {
  readonly address: string;
  /** Of the portal that is named to initiators: it lists targets, and redirects logins. 3260; 0 = any free one. */
  readonly port?: number | undefined;
  /** Of the portal at which sessions are. 3205; 0 = any free one. */
  readonly sessionPort?: number | undefined;
}

/** Where Nutanix's storage has the sessions to which its portal redirects. */
const SESSION_PORT = 3205;

interface OpenTarget {
  readonly target: IscsiTarget;
  readonly disks: ReadonlyMap<number, ScsiDisk>;
}

/**
 * An iSCSI target in this process, over files: as the data services of a Nutanix cluster are, one portal that lists
 * targets and redirects each login to another portal. Without digests, persistent reservations and discards.
 */
export class IscsiServer {
  readonly #portal = createServer((socket) => this.#accept(socket, true));
  readonly #sessions = createServer((socket) => this.#accept(socket, false));
  readonly #queue = new SerialQueue();
  readonly #connections = new Set<IscsiConnection>();
  #targets: readonly OpenTarget[] = [];

  private constructor() {
    // Made by `start` alone.
  }

  /** Rejects with an OperationError when an address or port cannot be had. */
  static async start({ address, port, sessionPort }: IscsiServerOptions): Promise<IscsiServer> {
    const server = new IscsiServer();
    try {
      await listen(server.#sessions, address, sessionPort ?? SESSION_PORT);
      await listen(server.#portal, address, port ?? ISCSI_PORT);
    } catch (error) {
      server.#sessions.close();
      throw OperationError.from(error, `serve iSCSI at ${address}`).with({ code: 'conflict' });
    }
    return server;
  }

  /** The portal, `address:port`. */
  get portal(): string {
    return addressOf(this.#portal);
  }

  /**
   * Serves these targets from now on. When this resolves, nothing reaches a disk any more through sessions with targets,
   * or of clients, that are missing.
   */
  async serve(targets: readonly IscsiTarget[]): Promise<void> {
    await this.#queue.run(async () => {
      const before = this.#targets;
      const opened: OpenTarget[] = [];
      for (const target of targets) opened.push({ target, disks: await openDisks(target) });
      this.#targets = opened;
      const lost = [...this.#connections].filter((connection) => !this.#mayStay(connection));
      await Promise.all(lost.map(async (connection) => await connection.end()));
      for (const { disks } of before) for (const disk of disks.values()) await disk.close();
    });
  }

  /** How many sessions there are with a target. */
  sessionsOf(targetName: string): number {
    return [...this.#connections].filter((one) => one.targetName === targetName && one.nexus !== '').length;
  }

  async close(): Promise<void> {
    const closed = [this.#portal, this.#sessions].map(
      async (server) => await new Promise<void>((resolve) => server.close(() => resolve())),
    );
    await Promise.all([...this.#connections].map(async (connection) => await connection.end()));
    await this.serve([]);
    await Promise.all(closed);
  }

  #accept(socket: Socket, isPortal: boolean): void {
    const address = (socket.remoteAddress ?? '').replace(/^::ffff:/, '');
    const connection = new IscsiConnection(socket, {
      address,
      movedTo: isPortal ? addressOf(this.#sessions) : undefined,
      findTarget: (name) => this.#find(name)?.target,
      listTargets: (initiatorName) =>
        this.#targets
          .filter(({ target }) => clientOf(target, initiatorName, address) !== undefined)
          .map(({ target }) => [target.name, this.portal]),
      disksOf: (name) => this.#find(name)?.disks ?? new Map<number, ScsiDisk>(),
      began: (one) => this.#endOlder(one),
    });
    this.#connections.add(connection);
    socket.on('close', () => this.#connections.delete(connection));
  }

  #find(name: string): OpenTarget | undefined {
    return this.#targets.find(({ target }) => target.name.toLowerCase() === name.toLowerCase());
  }

  #mayStay(connection: IscsiConnection): boolean {
    const { targetName, initiatorName, address } = connection;
    if (targetName === undefined) return true;
    const target = this.#find(targetName)?.target;
    return target !== undefined && clientOf(target, initiatorName, address) !== undefined;
  }

  /** An initiator that has lost its connection comes back with the same port. */
  #endOlder(connection: IscsiConnection): void {
    for (const other of this.#connections) {
      if (other !== connection && other.nexus === connection.nexus) void other.end();
    }
  }
}

async function openDisks({ disks }: IscsiTarget): Promise<ReadonlyMap<number, ScsiDisk>> {
  const opened = new Map<number, ScsiDisk>();
  for (const disk of disks) opened.set(disk.lun, await ScsiDisk.open(disk));
  return opened;
}

async function listen(server: Server, address: string, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, address, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function addressOf(server: Server): string {
  const bound: AddressInfo | string | null = server.address();
  return bound === null || typeof bound === 'string' ? '' : `${bound.address}:${bound.port}`;
}
