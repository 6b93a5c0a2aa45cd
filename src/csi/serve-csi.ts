import { chmod, rm } from 'node:fs/promises';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import { shutDownServer } from '../grpc/index.js';
import { makeWayForSocket } from '../process/index.js';
import { OperationError, systemClock, type Clock, type Logger } from '../support/index.js';
import { Calls } from './calls.js';
import { controllerMethods } from './controller.js';
import { loadCsiInterface } from './csi-interface.js';
import { identityMethods } from './identity.js';
import { nodeMethods, type HostManner } from './node-calls.js';
import type { OpenService } from './served-method.js';
import { socketPathOf } from './unix-socket.js';

/**
 * Which half of the driver a process is: beside the orchestrator's manager, on each host, or both. `swarm` is both, and
 * each host attaches and detaches for itself: Swarm's manager loses such calls (findings/swarm-unasked-controller.sh,
 * findings/swarm-lost-unpublish.sh).
 */
export const CSI_ROLES = ['controller', 'node', 'all', 'swarm'] as const;
export type CsiRole = (typeof CSI_ROLES)[number];

/** The name of the driver for orchestrators; Swarm's is that of the plugin. */
export const CSI_DRIVER_NAME = 'nutanix-volume.csi';

export interface CsiOptions {
  readonly role: CsiRole;
  /** `unix:///run/….sock` or a full path; its folder is made. */
  readonly endpoint: string;
  /** Where volumes are staged of which an orchestrator names no staging path. */
  readonly stagingFolder?: string | undefined;
  readonly service: OpenService;
  readonly version: string;
  readonly logger: Logger;
  /** Absent = the system's. */
  readonly clock?: Clock | undefined;
  /** How long one call may take, in milliseconds; default 10 min. Clients give up much earlier, and come again. */
  readonly limitMs?: number | undefined;
}

/** A driver that listens. */
export interface CsiServer {
  readonly socketPath: string;
  /** Stops what is under way, waits for it, and takes the socket away. Never rejects. */
  close(): Promise<void>;
}

const LONGEST_CALL_MS = 10 * 60_000;
/** Requests of CSI have a few KiB; this is what gRPC has as its default, stated. */
const LARGEST_REQUEST_BYTES = 4 << 20;
/**
 * Swarm asks here before it has asked the old host to let go, and pauses after each refusal for longer than after the one
 * before. But while a node's call runs, Swarm starts and stops nothing on that node (findings/swarm-waiting-node.sh).
 */
const SWARM_PATIENCE_MS = 3_000;
const STAGING_FOLDER = '/var/lib/nutanix-volume/staging';

/**
 * Serves CSI at a unix socket, before anything is asked of Prism. Resolves when it listens. Rejects with `invalid-input`
 * for an endpoint that cannot be, `conflict` when another process serves it.
 */
export async function serveCsi(options: CsiOptions): Promise<CsiServer> {
  const { service, role, logger } = options;
  const socketPath = socketPathOf(options.endpoint);
  await makeWayForSocket(socketPath, `listen at ${socketPath}`, 'Stop it, or choose another endpoint.');
  const rpcService = loadCsiInterface();
  const calls = new Calls({ logger, limitMs: options.limitMs ?? LONGEST_CALL_MS });
  const server = new Server({ 'grpc.max_receive_message_length': LARGEST_REQUEST_BYTES });
  const served = {
    Identity: identityMethods({ name: CSI_DRIVER_NAME, version: options.version }),
    ...(role === 'node' ? {} : { Controller: controllerMethods(service, { attaches: role !== 'swarm' }) }),
    ...(role === 'controller' ? {} : { Node: nodeMethods(service, hostOf(options)) }),
  };
  for (const name of ['Identity', 'Controller', 'Node'] as const) {
    const { definition, methods } = rpcService(name);
    if (served[name] !== undefined) server.addService(definition, calls.implement(methods, served[name]));
  }
  await listen(server, socketPath);
  logger.info(`CSI ${role} listens at ${socketPath}`);
  return {
    socketPath,
    close: async () => {
      await calls.close();
      await shutDownServer(server);
      await rm(socketPath, { force: true });
    },
  };
}

function hostOf({ role, stagingFolder = STAGING_FOLDER, clock = systemClock }: CsiOptions): HostManner {
  return { stagingFolder, clock, holderPatienceMs: role === 'swarm' ? SWARM_PATIENCE_MS : 0 };
}

async function listen(server: Server, socketPath: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.bindAsync(`unix:${socketPath}`, ServerCredentials.createInsecure(), (error) => {
      if (error === null) resolve();
      else reject(OperationError.from(error, `listen at ${socketPath}`));
    });
  });
  // Who may write to it commands the storage.
  await chmod(socketPath, 0o600);
}
