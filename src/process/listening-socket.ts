import { closeSync, rmSync } from 'node:fs';
import { cLibrary } from './c-library.js';

interface Calls {
  readonly socket: (family: number, type: number, protocol: number) => number;
  readonly bind: (socket: number, address: Uint8Array, length: number) => number;
  readonly listen: (socket: number, backlog: number) => number;
}

const SIGNATURES = {
  socket: { args: ['int', 'int', 'int'], returns: 'int' },
  bind: { args: ['int', 'ptr', 'usize'], returns: 'int' },
  listen: { args: ['int', 'int'], returns: 'int' },
} as const;

const AF_UNIX = 1;
const STREAM_CLOSED_ON_EXEC_NONBLOCKING = 1 | 0o2000000 | 0o4000;
/** As many as Node's own servers let wait. */
const BACKLOG = 511;

/**
 * The descriptor of a socket that listens at this path, which `listen({ fd })` of a server takes later: node:net takes the
 * packaged runtime longer to load than all else that a plugin does until its host has the address. Undefined where the C
 * library cannot be called or refuses; then nothing is left, and a server that listens at the path tells why.
 */
export function listeningSocket(path: string): number | undefined {
  const calls = process.platform === 'linux' ? cLibrary<Calls>(SIGNATURES) : undefined;
  const descriptor = calls?.socket(AF_UNIX, STREAM_CLOSED_ON_EXEC_NONBLOCKING, 0) ?? -1;
  if (calls === undefined || descriptor < 0) return undefined;
  // sockaddr_un: the family in two bytes, the lower one first as on every computer that this runtime is for, and the path.
  const address = new TextEncoder().encode(`${String.fromCharCode(AF_UNIX)}\0${path}\0`);
  const isBound = calls.bind(descriptor, address, address.length) === 0;
  if (isBound && calls.listen(descriptor, BACKLOG) === 0) return descriptor;
  closeSync(descriptor);
  if (isBound) rmSync(path, { force: true });
  return undefined;
}
