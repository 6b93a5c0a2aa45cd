import { OperationError, systemCode, type ErrorCode } from '../../support/index.js';
import { probePort } from '../os/network.js';

/**
 * Tries whether guests can listen where they will have to, so that a missing permission shows at the start
 * and not with the first VM. Rejects with OperationError `permission-denied` or `unreachable`.
 */
export async function checkGuestPorts(address: string, ports: readonly number[]): Promise<void> {
  for (const port of ports) {
    const error = await probePort(address, port);
    if (error !== undefined) throw startError(address, port, error);
  }
}

function startError(address: string, port: number, error: Error): OperationError {
  const attempted = `let guests listen on ${address}:${String(port)}`;
  switch (systemCode(error)) {
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

const EXPLANATIONS: Readonly<Record<string, { code: ErrorCode; problem: string; advice: string }>> = {
  EACCES: {
    code: 'permission-denied',
    problem: 'this process may not open ports below 1024',
    advice: 'Choose an SSH port above 1023 for the guests, or run with the right to open low ports.',
  },
  EADDRINUSE: {
    code: 'conflict',
    problem: 'another program uses this port',
    advice: 'End that program, or give the subnet other addresses or the guests another SSH port.',
  },
  EADDRNOTAVAIL: {
    code: 'invalid-input',
    problem: 'this machine does not have the address',
    advice: 'Give the subnet a pool inside 127.0.0.0/8, or run without guests.',
  },
};

/** Why a guest cannot listen, with what to do about it. */
export function portError(vm: string, address: string, port: number, cause: Error): OperationError {
  const code = systemCode(cause) ?? '';
  const known = EXPLANATIONS[code] ?? {
    code: 'unavailable' as const,
    problem: cause.message,
    advice: undefined,
  };
  const attempted = `open port ${port} on ${address} for the guest of VM "${vm}"`;
  return new OperationError({ ...known, attempted, cause });
}
