import { OperationError, type Logger } from '../support/index.js';
import type { HostStore } from './host-record.js';
import type { Observation } from './observation.js';

/**
 * Where the host is reached: at the address of its record, until a read of the VM shows that the cloud lists it no
 * more and lists another one. Never speaks to the user: programs read these commands' output.
 */
export class Addresses {
  readonly #store: HostStore;
  readonly #observation: Observation;
  readonly #log: Logger;

  constructor(store: HostStore, observation: Observation, log: Logger) {
    this.#store = store;
    this.#observation = observation;
    this.#log = log;
  }

  /** The address of the record, as it is; undefined = none. */
  get known(): string | undefined {
    return this.#store.read().access.knownAddress;
  }

  /**
   * What SSH connects to. Clients that did not ask for the state before (`regenerate-certs`, `provision`, `scp`)
   * would go on with an address that was given up, so the VM is read once; no answer is no hindrance.
   */
  async forSsh(signal: AbortSignal): Promise<string | undefined> {
    if (!this.#observation.hasRead) await this.#tryToRead(signal);
    return this.known;
  }

  /** The address now; rejects when there is none and the cloud cannot be asked. */
  async current(signal: AbortSignal): Promise<string | undefined> {
    const isKnown = this.known !== undefined;
    if (isKnown && this.#observation.isLearned) return this.known;
    if (isKnown) await this.#tryToRead(signal);
    else await this.#observation.state(signal);
    return this.known;
  }

  async #tryToRead(signal: AbortSignal): Promise<void> {
    const attempted = `find the address of ${this.#store.read().title}`;
    try {
      await this.#observation.state(signal);
    } catch (error) {
      this.#log.debug(
        `answering with the last known address: ${OperationError.from(error, attempted).message}`,
      );
    }
  }
}
