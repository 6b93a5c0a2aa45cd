import type { CreationToken } from '../../provider/index.js';
import type { Clock, OperationError } from '../../support/index.js';
import type { InstanceState } from '../contract.js';
import type { Instance } from './instance.js';

/** So long, ms, a list of the cloud may show a VM of which the cloud itself has said that it is gone. */
const LISTS_LAG = 10 * 60_000;

/** The instances of a group by their names, and the rounds of Update. */
export class InstanceRegistry {
  readonly #clock: Clock;
  readonly #instances = new Map<string, Instance>();
  /** Of instances that are gone: until when a list may show them. The oldest ones first. */
  readonly #departed = new Map<CreationToken, number>();
  #round = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Those whose VM may exist. */
  get size(): number {
    return this.all().filter(({ phase }) => phase !== 'gone').length;
  }

  add(instance: Instance): void {
    this.#instances.set(instance.name, instance);
  }

  get(name: string): Instance | undefined {
    return this.#instances.get(name);
  }

  all(): readonly Instance[] {
    return [...this.#instances.values()];
  }

  /** A new round of Update; what is gone from now on may still be in its list. */
  nextRound(): number {
    this.#round += 1;
    return this.#round;
  }

  /** The cloud is sure that there is no VM of this instance; what waits for it ends. */
  markGone(instance: Instance, why: OperationError): void {
    instance.leave(why);
    instance.gone(this.#round);
    const { creationToken } = instance.identity;
    if (creationToken !== undefined) this.#departed.set(creationToken, this.#clock.now() + LISTS_LAG);
  }

  /** True for an instance that has just gone: a list that shows it is an old one. */
  hasDeparted(creationToken: CreationToken): boolean {
    const now = this.#clock.now();
    for (const [token, until] of this.#departed) {
      if (until > now) break;
      this.#departed.delete(token);
    }
    return this.#departed.has(creationToken);
  }

  /** Tells the state of every instance, and forgets those that no list of `round` can show and that were told off. */
  report(round: number, tell: (name: string, state: InstanceState) => void): void {
    for (const instance of this.all()) {
      const state = instance.report();
      if (state !== undefined) tell(instance.name, state);
      if (instance.isToldOff && (instance.goneIn ?? round) < round) this.#instances.delete(instance.name);
    }
  }
}
