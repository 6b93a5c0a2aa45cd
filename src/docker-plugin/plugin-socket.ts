import { chmod, lstat, mkdir, rm } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { dirname, isAbsolute } from 'node:path';
import { hasSystemCode, OperationError } from '../support/index.js';

/** A path at which to listen, or a socket that systemd has opened and handed in. */
export type PluginSocketPlace = { readonly path: string } | { readonly descriptor: number };

export interface PluginSocket {
  readonly address: string;
  /** No more connections are taken; those that are open stay. A socket of systemd stays where it is. */
  close(): Promise<void>;
}

/** Bytes of `sun_path` without its closing zero; runtimes cut longer paths and report success (volumes.md 5). */
const LONGEST_PATH = 107;
/** systemd's first descriptor (sd_listen_fds). */
const FIRST_DESCRIPTOR = 3;
/** Answers or refuses at once where a process is; longer means that it hangs and lives. ms. */
const PROBE_LIMIT = 2000;

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
  if (length > LONGEST_PATH) {
    throw refusal(attempted, `the path has ${length} bytes, and a socket's can have ${LONGEST_PATH}`);
  }
  try {
    await mkdir(dirname(path), { recursive: true });
    const found = await lstat(path);
    if (!found.isSocket()) throw refusal(attempted, 'there is something else than a socket');
    if (await isAnswered(path)) {
      throw new OperationError({
        code: 'conflict',
        attempted,
        problem: 'another process answers there',
        advice:
          'Stop it first (systemctl stop nutanix-volume.socket nutanix-volume.service), or give --socket.',
      });
    }
    await rm(path);
  } catch (error) {
    if (hasSystemCode(error, 'ENOENT')) return;
    if (error instanceof OperationError) throw error;
    throw OperationError.from(error, attempted).with({ code: 'invalid-input' });
  }
}

function isAnswered(path: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const probe = connect({ path });
    const end = (settle: () => void): void => {
      clearTimeout(timer);
      probe.destroy();
      settle();
    };
    const timer = setTimeout(() => end(() => resolve(true)), PROBE_LIMIT);
    probe.once('connect', () => end(() => resolve(true)));
    probe.once('error', (error) => {
      if (hasSystemCode(error, 'ECONNREFUSED', 'ENOENT')) end(() => resolve(false));
      // The backlog of a living process is full.
      else if (hasSystemCode(error, 'EAGAIN')) end(() => resolve(true));
      else end(() => reject(error));
    });
  });
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
