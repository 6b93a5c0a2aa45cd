import { isIPv6 } from 'node:net';
import { URL_LIMIT } from '../../session/index.js';
import { DOCKER_PORT } from '../../settings/index.js';
import { hasCode, OperationError } from '../../support/index.js';
import type { Machine } from './machine.js';

/*
 * The answers of GetSSHHostname, GetIP, GetIPv6 and GetURL: the session's address in the words that clients know.
 */

export async function sshHost(machine: Machine, signal: AbortSignal): Promise<string> {
  return (await machine.session.addresses.forSsh(signal)) ?? notSet(machine, 'IP');
}

/** `ip` is the command that saves a changed address. */
export async function ip(machine: Machine, signal: AbortSignal): Promise<string> {
  return (await machine.session.addresses.current(signal)) ?? notSet(machine, 'IP');
}

/** rancher-machine asks for it where there is no IPv4 address. */
export function ipv6(machine: Machine): string {
  const { known = '' } = machine.session.addresses;
  return isIPv6(known) ? known : notSet(machine, 'IPv6');
}

/**
 * The engine's URL, of a machine that runs. `tellsRefusal`: that the cloud refuses the request is an error
 * also where the guest answers. For `ls`, which shows it beside the state; to others the URL is worth more.
 */
export async function url(
  machine: Machine,
  signal: AbortSignal,
  tellsRefusal: () => boolean,
): Promise<string> {
  const { observation, addresses } = machine.session;
  const { state, reason } = await observation.state(signal, URL_LIMIT);
  if (state === 'not-found') throw vmNotFound(machine, 'find the URL of');
  if (state !== 'running') {
    const attempted = machine.attempt('find the URL of');
    throw new OperationError({ code: 'not-running', attempted, problem: `it is ${state}` });
  }
  if (isRefusal(reason) && tellsRefusal()) throw reason;
  const address = addresses.known ?? notSet(machine, 'IP');
  return `tcp://${isIPv6(address) ? `[${address}]` : address}:${DOCKER_PORT}`;
}

/** There is no VM (any more) that belongs to the machine. Clients look for the words `not found`. */
export function vmNotFound(machine: Pick<Machine, 'attempt' | 'values'>, verb: string): OperationError {
  const { MachineName: name, VMId } = machine.values;
  const [why, advice] =
    VMId === ''
      ? [
          ': its create failed or was interrupted',
          `Remove what is left of it here (rm ${name}), and create it again.`,
        ]
      : ['', 'If it was deleted there, remove the machine here too.'];
  const problem = `its VM was not found in Prism Central${why}`;
  return new OperationError({ code: 'not-found', attempted: machine.attempt(verb), problem, advice });
}

function notSet(machine: Machine, kind: string): never {
  const attempted = machine.attempt('find the address of');
  throw new OperationError({ code: 'not-found', attempted, problem: `${kind} address is not set` });
}

/** The cloud is there, and does not let us ask: credentials, rights, or a certificate have to be renewed. */
function isRefusal(reason: OperationError | undefined): reason is OperationError {
  return hasCode(reason, 'unauthenticated', 'permission-denied', 'untrusted-certificate', 'invalid-input');
}
