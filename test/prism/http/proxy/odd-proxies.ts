import { once } from 'node:events';
import net, { type AddressInfo, type Socket } from 'node:net';

/** What proxies do to their clients, other than making a connection. */
export const ODD_PROXIES = [
  'refuses without a password',
  'forbids the target',
  'cannot reach the target',
  'is an ordinary web server',
  'closes at once',
  'closes when asked',
  'says nothing',
  'speaks something else',
  'closes the tunnel',
  'says nothing in the tunnel',
  'is not there',
] as const;
export type OddProxy = (typeof ODD_PROXIES)[number];

const ESTABLISHED = 'HTTP/1.1 200 Connection established\r\n\r\n';

function status(line: string): string {
  return `HTTP/1.1 ${line}\r\nContent-Length: 0\r\n\r\n`;
}

function answer(socket: Socket, behaviour: OddProxy, onSilence: () => void): void {
  switch (behaviour) {
    case 'refuses without a password':
      return void socket.end(status('407 Proxy Authentication Required'));
    case 'forbids the target':
      return void socket.end(status('403 Forbidden'));
    case 'cannot reach the target':
      return void socket.end(status('502 Bad Gateway'));
    case 'is an ordinary web server':
      return void socket.end(status('400 Bad Request'));
    case 'closes when asked':
      return void socket.end();
    case 'speaks something else':
      return void socket.end('220 mail.test ESMTP\r\n');
    case 'closes the tunnel':
      socket.write(ESTABLISHED);
      // Not before the client has begun its handshake, so that it is the tunnel that breaks.
      return void socket.once('data', () => socket.destroy());
    case 'says nothing in the tunnel':
      socket.write(ESTABLISHED);
      return void socket.once('data', onSilence);
    case 'says nothing':
      onSilence();
      return;
    case 'closes at once':
    case 'is not there':
      return;
  }
}

/**
 * A proxy on loopback that behaves like this to every client. `onSilence`: called when it has read what it never answers, from
 * where on time alone can end the attempt.
 */
export async function oddProxy(
  behaviour: OddProxy,
  onSilence: () => void = () => undefined,
): Promise<{ readonly port: number; close(): void }> {
  const sockets = new Set<Socket>();
  const server = net.createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    if (behaviour === 'closes at once') socket.destroy();
    else socket.once('data', () => answer(socket, behaviour, onSilence));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const close = (): void => {
    for (const socket of sockets) socket.destroy();
    if (server.listening) server.close();
  };
  if (behaviour === 'is not there') {
    server.close();
    await once(server, 'close');
  }
  return { port, close };
}
