import { isIPv6 } from 'node:net';
import type { HostState } from '../../host/index.js';
import { hasCode, OperationError } from '../../support/index.js';
import type { MachineContext } from './machine-context.js';
import { traceOf } from './host-spec.js';
import { sshPortOf, sshUserOf, sshKeyPathOf } from './ssh-access.js';

/** `ls` gives a machine 10 s, GitLab Runner less; a state that takes longer is of no use. ms. */
const LOOK_LIMIT = 2_500;
/** Clients ask for URL and state in one breath; one request answers both. Polls are 3 s apart. ms. */
const STATE_AGE = 1_000;
/** For how long after Create, Start or Restart the address needs no second look, ms. */
const ADDRESS_AGE = 60_000;
const DOCKER_PORT = 2376;
const KNOWN_STATES: readonly string[] = ['running', 'paused', 'stopped', 'stopping', 'starting', 'error'];

/** What can be seen of the machine. Never speaks to the person: programs read these commands' output. */
export class Observation {
  readonly #machine: MachineContext;
  #state: { readonly at: number; readonly answer: Promise<HostState> } | undefined;
  #addressAt = Number.NEGATIVE_INFINITY;

  constructor(machine: MachineContext) {
    this.#machine = machine;
  }

  /** What was seen no longer holds. */
  forget(): void {
    this.#state = undefined;
  }

  /** An operation has just learned this. */
  learn(state: HostState, address?: string): void {
    this.forget();
    this.#machine.config.update({
      LastState: state,
      ...(address === undefined ? {} : { IPAddress: address }),
    });
    if (address !== undefined) this.#addressAt = this.#machine.clock.now();
  }

  /**
   * The state in under 3 s. When the cloud does not answer: the last known one, with the reason in the log,
   * or the error if nothing is known. Rejects at once when the question itself is refused.
   */
  async state(signal: AbortSignal): Promise<HostState> {
    const { clock, log, values } = this.#machine;
    if (this.#state === undefined || clock.now() - this.#state.at > STATE_AGE) {
      this.#state = { at: clock.now(), answer: this.#askForState(signal) };
    }
    try {
      return await this.#state.answer;
    } catch (error) {
      this.forget();
      const last = KNOWN_STATES.find((state): state is HostState => state === values.LastState);
      if (last === undefined || !isSilence(error)) throw error;
      log.debug(`answering with the last known state, ${last}: ${error.message}`);
      return last;
    }
  }

  /**
   * The engine's URL. The cloud is asked whether the machine runs; where it cannot be asked at all, the last
   * known address is the best answer, because whoever uses it will find out.
   */
  async url(signal: AbortSignal): Promise<string> {
    const { values, log } = this.#machine;
    try {
      this.#mustRun(await this.state(signal));
    } catch (error) {
      const mayRun = values.LastState === '' || values.LastState === 'running';
      if (hasCode(error, 'not-running', 'not-found') || values.IPAddress === '' || !mayRun) throw error;
      log.debug(`answering with the last known address: ${OperationError.from(error, 'look').message}`);
    }
    const address = values.IPAddress === '' ? await this.address(signal) : values.IPAddress;
    return `tcp://${isIPv6(address) ? `[${address}]` : address}:${DOCKER_PORT}`;
  }

  /**
   * The address. The cloud is asked, because `ip` is the command that saves a changed one; the stored one
   * stands as long as the machine still has it, or nothing better is known.
   */
  async address(signal: AbortSignal): Promise<string> {
    const { clock, log, values } = this.#machine;
    const known = values.IPAddress;
    if (known !== '' && clock.now() - this.#addressAt < ADDRESS_AGE) return known;
    try {
      const now =
        (known === '' ? undefined : await this.#ask(signal, only(known))) ?? (await this.#ask(signal));
      if (now !== undefined) {
        if (known !== '' && now !== known) log.debug(`the address has changed from ${known} to ${now}`);
        this.#machine.config.update({ IPAddress: now });
        return now;
      }
    } catch (error) {
      if (known === '') throw error;
      log.debug(`answering with the last known address: ${OperationError.from(error, 'look').message}`);
    }
    return this.storedAddress();
  }

  /** What SSH connects to; never asks anybody. */
  storedAddress(): string {
    const { IPAddress } = this.#machine.values;
    if (IPAddress !== '') return IPAddress;
    throw new OperationError({
      code: 'not-found',
      attempted: this.#machine.attempt('find the address of'),
      problem: 'IP address is not set',
    });
  }

  /** rancher-machine asks for it where there is no IPv4 address. */
  ipv6(): string {
    const { IPAddress } = this.#machine.values;
    if (isIPv6(IPAddress)) return IPAddress;
    throw new OperationError({
      code: 'not-found',
      attempted: this.#machine.attempt('find the address of'),
      problem: 'IPv6 address is not set',
    });
  }

  async #askForState(signal: AbortSignal): Promise<HostState> {
    const { operations, config } = this.#machine;
    const operation = { attempted: this.#machine.attempt('find the state of'), limit: LOOK_LIMIT, signal };
    return await operations.look(operation, async (context) => {
      const trace = traceOf(this.#machine.values);
      const state = await this.#machine.onCloud(context, (hosts) => hosts.state(trace, context));
      config.update({ LastState: state });
      return state;
    });
  }

  async #ask(signal: AbortSignal, network?: string): Promise<string | undefined> {
    const { operations, values } = this.#machine;
    const operation = { attempted: this.#machine.attempt('find the address of'), limit: LOOK_LIMIT, signal };
    const addressNetwork = network ?? (values.IPNetwork === '' ? undefined : values.IPNetwork);
    const ssh = {
      user: sshUserOf(values),
      port: sshPortOf(values),
      keyPath: sshKeyPathOf(values),
      generate: false,
    } as const;
    return await operations.look(operation, async (context) => {
      const options = { addressNetwork, ssh };
      return await this.#machine.onCloud(context, (hosts) =>
        hosts.address(traceOf(values), options, context),
      );
    });
  }

  #mustRun(state: HostState): void {
    if (state === 'running') return;
    const attempted = this.#machine.attempt('find the URL of');
    throw state === 'not-found'
      ? vmNotFound(attempted)
      : new OperationError({ code: 'not-running', attempted, problem: `it is ${state}` });
  }
}

/** The VM that belongs to the machine does not exist any more. Clients look for the words `not found`. */
export function vmNotFound(attempted: string): OperationError {
  return new OperationError({
    code: 'not-found',
    attempted,
    problem: 'its VM was not found in Prism Central',
    advice: 'If it was deleted there, remove the machine here too.',
  });
}

/** The cloud did not answer, which says nothing about the machine. */
function isSilence(error: unknown): error is OperationError {
  return hasCode(error, 'unreachable', 'timeout', 'unavailable', 'rate-limited');
}

/** The network that holds just this address. */
function only(address: string): string {
  return `${address}/${isIPv6(address) ? 128 : 32}`;
}
