import { isIPv6 } from 'node:net';
import { hasCode, OperationError } from '../../support/index.js';
import { URL_LIMIT } from './look-limit.js';
import type { MachineContext } from './machine-context.js';
import type { Observation } from './observation.js';
import { DOCKER_PORT } from '../../settings/index.js';
import { vmNotFound } from './vm-not-found.js';

/**
 * Where the machine is reached: at the stored address, until a read of the VM shows that the cloud lists it no
 * more and lists another one. Never speaks to the user: programs read these commands' output.
 */
export class Addresses {
  readonly #machine: MachineContext;
  readonly #observation: Observation;

  constructor(machine: MachineContext, observation: Observation) {
    this.#machine = machine;
    this.#observation = observation;
  }

  /**
   * What SSH connects to. Clients that did not ask for the state before (`regenerate-certs`, `provision`, `scp`)
   * would go on with an address that was given up, so the VM is read once; no answer is no hindrance.
   */
  async sshHost(signal: AbortSignal): Promise<string> {
    if (!this.#observation.hasRead) await this.#tryToSee(signal);
    return this.#stored('IP');
  }

  /** The address now; `ip` is the command that saves a changed one. */
  async ip(signal: AbortSignal): Promise<string> {
    const isKnown = this.#machine.values.IPAddress !== '';
    if (isKnown && this.#observation.isLearned) return this.#stored('IP');
    if (isKnown) await this.#tryToSee(signal);
    else await this.#observation.see(signal);
    return this.#stored('IP');
  }

  /** rancher-machine asks for it where there is no IPv4 address. */
  ipv6(): string {
    const { IPAddress } = this.#machine.values;
    return isIPv6(IPAddress) ? IPAddress : this.#notSet('IPv6');
  }

  /**
   * The engine's URL, of a machine that runs. `tellsRefusal`: that the cloud refuses the question is an error
   * also where the guest answers. For `ls`, which shows it beside the state; to others the URL is worth more.
   */
  async url(signal: AbortSignal, tellsRefusal: boolean): Promise<string> {
    const attempted = this.#machine.attempt('find the URL of');
    const { state, reason } = await this.#observation.see(signal, URL_LIMIT);
    if (state === 'not-found') throw vmNotFound(this.#machine, 'find the URL of');
    if (state !== 'running') {
      throw new OperationError({ code: 'not-running', attempted, problem: `it is ${state}` });
    }
    if (tellsRefusal && isRefusal(reason)) throw reason;
    const address = this.#stored('IP');
    return `tcp://${isIPv6(address) ? `[${address}]` : address}:${DOCKER_PORT}`;
  }

  async #tryToSee(signal: AbortSignal): Promise<void> {
    const { log, attempt } = {
      log: this.#machine.log,
      attempt: this.#machine.attempt('find the address of'),
    };
    try {
      await this.#observation.see(signal);
    } catch (error) {
      log.debug(`answering with the last known address: ${OperationError.from(error, attempt).message}`);
    }
  }

  #stored(kind: string): string {
    const { IPAddress } = this.#machine.values;
    return IPAddress === '' ? this.#notSet(kind) : IPAddress;
  }

  #notSet(kind: string): never {
    const attempted = this.#machine.attempt('find the address of');
    throw new OperationError({ code: 'not-found', attempted, problem: `${kind} address is not set` });
  }
}

/** The cloud is there, and does not let us ask: credentials, rights, or a certificate have to be renewed. */
function isRefusal(reason: OperationError | undefined): reason is OperationError {
  return hasCode(reason, 'unauthenticated', 'permission-denied', 'untrusted-certificate', 'invalid-input');
}
