import { OperationError, systemCode, type ErrorCode } from '../../support/index.js';

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
