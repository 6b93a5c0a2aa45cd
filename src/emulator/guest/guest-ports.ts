import { createServer } from 'node:net';
import { OperationError } from '../../support/index.js';

/**
 * Tries whether guests can listen where they will have to, so that a missing permission shows at the start
 * and not with the first VM. Rejects with OperationError `permission-denied` or `unreachable`.
 */
export async function checkGuestPorts(address: string, ports: readonly number[]): Promise<void> {
  for (const port of ports) await tryPort(address, port);
}

function tryPort(address: string, port: number): Promise<void> {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(problem(address, port, error)));
    server.listen({ host: address, port, exclusive: true }, () => server.close(() => resolve()));
  });
}

function problem(address: string, port: number, error: NodeJS.ErrnoException): OperationError {
  const attempted = `let guests listen on ${address}:${String(port)}`;
  switch (error.code) {
    case 'EACCES':
      return new OperationError({
        code: 'permission-denied',
        attempted,
        problem: 'permission denied',
        advice: 'Choose a port above 1023 with --ssh-port, or run as root.',
      });
    case 'EADDRNOTAVAIL':
      return new OperationError({
        code: 'unreachable',
        attempted,
        problem: 'this machine does not have that address',
        advice: 'Choose a --subnet within 127.0.0.0/8; where only 127.0.0.1 exists, use --guests none.',
      });
    default:
      return new OperationError({
        code: 'unreachable',
        attempted,
        problem: error.message,
        advice: 'Stop what uses the port, or choose another --subnet or --ssh-port.',
      });
  }
}
