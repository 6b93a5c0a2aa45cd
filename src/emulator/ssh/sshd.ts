import ssh2, { type Connection } from 'ssh2';
import type { Socket } from 'node:net';
import { DaemonError, type Daemon, type DaemonStart } from '../services/index.js';
import type { Listener } from '../os/network.js';
import type { System } from '../os/process.js';
import { Authentication, type Login } from './authentication.js';
import { hostKeys } from './host-keys.js';
import { serveSession } from './session.js';

const MAX_CONNECTIONS = 100;
const MAX_SESSIONS = 10;
const LOGIN_GRACE_MS = 60_000;

/** ssh2's server side has no group exchange, though it offers it unless told otherwise. */
const KEY_EXCHANGE = [
  'curve25519-sha256',
  'curve25519-sha256@libssh.org',
  'ecdh-sha2-nistp256',
  'ecdh-sha2-nistp384',
  'ecdh-sha2-nistp521',
  'diffie-hellman-group14-sha256',
  'diffie-hellman-group16-sha512',
] as const;

/** The emulated sshd: listens on every address of the guest, on the port of /etc/ssh/sshd_config. */
export async function sshd({ system, log }: DaemonStart): Promise<Daemon> {
  const server = new ssh2.Server(
    {
      hostKeys: hostKeys(system.fs, system.hostname),
      // Not OpenSSH's name: some clients would then send the ends of a symbolic link the other way round.
      ident: 'emulated-guest',
      algorithms: { kex: [...KEY_EXCHANGE] },
    },
    (connection) => serveConnection(system, connection),
  );
  const port = portOf(system);
  const listeners: Listener[] = [];
  let open = 0;
  const accept = (socket: Socket) => {
    if (open >= MAX_CONNECTIONS) {
      socket.destroy();
      return;
    }
    open++;
    socket.once('close', () => open--);
    socket.setNoDelay(true);
    server.injectSocket(socket);
  };
  try {
    for (const address of system.network.addresses) {
      listeners.push(await system.network.listen(address, port, 'sshd', accept));
      log(`Server listening on ${address} port ${port}.`);
    }
  } catch (error) {
    await Promise.all(listeners.map((listener) => listener.close()));
    throw error;
  }
  // As with the real one, sessions that are open go on when only the service stops.
  const stop = async () => {
    await Promise.all(listeners.map((listener) => listener.close()));
  };
  return { stop };
}

function portOf({ fs }: System): number {
  const path = '/etc/ssh/sshd_config';
  const text = fs.find(path)?.kind === 'file' ? fs.readText(path) : '';
  const port = Number(/^\s*Port\s+(\d+)/im.exec(text)?.[1] ?? 22);
  if (port > 0 && port < 65536) return port;
  throw new DaemonError(`${path}: Badly formatted port number.`);
}

function serveConnection(system: System, connection: Connection): void {
  let login: Login | undefined;
  let sessions = 0;
  const grace = setTimeout(() => connection.end(), LOGIN_GRACE_MS);
  grace.unref();
  const authentication = new Authentication(
    system,
    (accepted) => (login = accepted),
    () => connection.end(),
  );
  connection.on('authentication', (context) => authentication.handle(context));
  connection.on('ready', () => clearTimeout(grace));
  connection.on('close', () => clearTimeout(grace));
  // Scanners, clients that vanish, algorithms that do not fit: the guest goes on without them.
  connection.on('error', (error) => system.journal.add('ssh.service', error.message));
  connection.on('session', (accept, reject) => {
    if (login === undefined || sessions >= MAX_SESSIONS) {
      reject();
      return;
    }
    sessions++;
    const session = accept();
    session.on('close', () => sessions--);
    serveSession(system, login, session);
  });
}
