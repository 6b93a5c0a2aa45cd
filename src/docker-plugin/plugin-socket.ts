import { chmod } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { isAbsolute } from 'node:path';
import { LONGEST_SOCKET_PATH, makeWayForSocket } from '../process/index.js';
import { OperationError } from '../support/index.js';

/** A path at which to listen, or a socket that systemd has opened and handed in. */
export type PluginSocketPlace = { readonly path: string } | { readonly descriptor: number };

export interface PluginSocket {
  readonly address: string;
  /** No more connections are taken; those that are open stay. A socket of systemd stays where it is. */
  close(): Promise<void>;
}

/** systemd's first descriptor (sd_listen_fds). */
const FIRST_DESCRIPTOR = 3;

/** Opens the socket, mode 0600, and takes connections. What a dead plugin has left is replaced; a living one is not. */
export async function openPluginSocket(
  place: PluginSocketPlace,
  take: (connection: Socket) => void,
): Promise<PluginSocket> {
  const server = createServer(take);
  if ('descriptor' in place) {
    await listening(server, () => server.listen({ fd: place.descriptor }), 'listen at the socket of systemd');
    return { address: `the socket of systemd`, close: () => stopListening(server) };
  }
  const { path } = place;
  const attempted = `listen at ${path}`;
  await makeWay(path, attempted);
  await listening(server, () => narrowly(() => server.listen({ path })), attempted);
  await chmod(path, 0o600);
  return { address: path, close: () => stopListening(server) };
}

/** Runs what makes the socket's file, so that its mode is narrow from the first moment on. */
function narrowly(bind: () => void): void {
  const former = process.umask(0o177);
  try {
    bind();
  } finally {
    process.umask(former);
  }
}

/** The descriptor that systemd has handed to this process, as LISTEN_FDS and LISTEN_PID say; undefined = none. */
export function inheritedDescriptor(
  environment: Readonly<Record<string, string | undefined>>,
  pid: number,
): number | undefined {
  const { LISTEN_FDS: count = '0', LISTEN_PID: owner } = environment;
  if (owner !== String(pid) || !/^[1-9]\d*$/.test(count)) return undefined;
  if (count === '1') return FIRST_DESCRIPTOR;
  throw new OperationError({
    code: 'invalid-input',
    attempted: 'take over the socket of systemd',
    problem: `LISTEN_FDS is ${count}; one socket is expected`,
  });
}

async function makeWay(path: string, attempted: string): Promise<void> {
  if (!isAbsolute(path)) throw refusal(attempted, 'the path of the socket has to begin with /');
  const length = Buffer.byteLength(path);
  if (length > LONGEST_SOCKET_PATH) {
    throw refusal(attempted, `the path has ${length} bytes, and a socket's can have ${LONGEST_SOCKET_PATH}`);
  }
  const advice =
    'Stop it first (systemctl stop nutanix-volume.socket nutanix-volume.service), or give --socket.';
  await makeWayForSocket(path, attempted, advice);
}

function listening(server: Server, begin: () => void, attempted: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) =>
      reject(OperationError.from(error, attempted).with({ code: 'invalid-input' })),
    );
    server.once('listening', resolve);
    begin();
  });
}

/** `close` alone waits for the connections, which the engine keeps open. */
function stopListening(server: Server): Promise<void> {
  server.close();
  return Promise.resolve();
}

function refusal(attempted: string, problem: string): OperationError {
  return new OperationError({ code: 'invalid-input', attempted, problem });
}
