import type { OperationError } from '../../support/index.js';
import type { InstanceState } from '../contract.js';
import type { Instance } from './instance.js';

/** The instances of a group by their names, and the rounds of Update. */
export class InstanceRegistry {
  readonly #instances = new Map<string, Instance>();
  #round = 0;

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
