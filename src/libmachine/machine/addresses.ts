import { isIPv6 } from 'node:net';
import { OperationError } from '../../support/index.js';
import { traceOf } from './host-spec.js';
import type { MachineContext } from './machine-context.js';
import { LOOK_LIMIT } from './look-limit.js';
import { sshKeyPathOf, sshPortOf, sshUserOf } from './ssh-access.js';

/** For how long after Create, Start or Restart the address needs no second look, ms. */
const FRESH = 60_000;

/** Where the machine is reached. Never speaks to the person: programs read these commands' output. */
export class Addresses {
  readonly #machine: MachineContext;
  #learnedAt = Number.NEGATIVE_INFINITY;

  constructor(machine: MachineContext) {
    this.#machine = machine;
  }

  /** An operation has just found the machine there. */
  learn(address: string): void {
    this.#machine.config.update({ IPAddress: address });
    this.#learnedAt = this.#machine.clock.now();
  }

  /** What SSH connects to; never asks anybody. */
  stored(): string {
    const { IPAddress } = this.#machine.values;
    return IPAddress === '' ? this.#notSet('IP') : IPAddress;
  }

  /** rancher-machine asks for it where there is no IPv4 address. */
  storedIpv6(): string {
    const { IPAddress } = this.#machine.values;
    return isIPv6(IPAddress) ? IPAddress : this.#notSet('IPv6');
  }

  /**
   * The address now. The cloud is asked, because `ip` is the command that saves a changed one; the stored one
   * stands as long as the machine still has it, or nothing better is known.
   */
  async current(signal: AbortSignal): Promise<string> {
    const { clock, log, values } = this.#machine;
    const known = values.IPAddress;
    if (known !== '' && clock.now() - this.#learnedAt < FRESH) return known;
    try {
      const same = known === '' ? undefined : await this.#ask(signal, onlyIn(known));
      const now = same ?? (await this.#ask(signal));
      if (now !== undefined) {
        if (known !== '' && now !== known) log.debug(`the address has changed from ${known} to ${now}`);
        this.#machine.config.update({ IPAddress: now });
        return now;
      }
    } catch (error) {
      if (known === '') throw error;
      log.debug(`answering with the last known address: ${OperationError.from(error, 'look').message}`);
    }
    return this.stored();
  }

  async #ask(signal: AbortSignal, network?: string): Promise<string | undefined> {
    const { operations, values } = this.#machine;
    const operation = { attempted: this.#machine.attempt('find the address of'), limit: LOOK_LIMIT, signal };
    const options = addressOptionsOf(values, network);
    return await operations.look(operation, async (context) => {
      return await this.#machine.onCloud(context, (hosts) =>
        hosts.address(traceOf(values), options, context),
      );
    });
  }

  #notSet(kind: string): never {
    const attempted = this.#machine.attempt('find the address of');
    throw new OperationError({ code: 'not-found', attempted, problem: `${kind} address is not set` });
  }
}

/** How the core finds and reaches an existing guest. `network`: instead of the one that the options name. */
export function addressOptionsOf(values: MachineContext['values'], network?: string) {
  const ssh = { user: sshUserOf(values), port: sshPortOf(values), keyPath: sshKeyPathOf(values) };
  const addressNetwork = network ?? (values.IPNetwork === '' ? undefined : values.IPNetwork);
  return { addressNetwork, ssh: { ...ssh, generate: false as const } };
}

/** The network that holds just this address. */
function onlyIn(address: string): string {
  return `${address}/${isIPv6(address) ? 128 : 32}`;
}
