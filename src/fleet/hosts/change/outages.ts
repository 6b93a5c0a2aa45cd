import { hasCode } from '../../../support/index.js';
import { withinLimit, type FleetContext } from '../../context/fleet-context.js';
import { isAway, whileAway } from '../../context/while-away.js';

/** One question to the cloud, ms: a server that is silent is away, too. */
const QUESTION = 60_000;
/** How often one host is begun anew: a cloud that is away again and again is left to the user. */
const ROUNDS = 3;
/** An id that no VM has: a single read of it tells whether the cloud answers. */
const NOBODY = '00000000-0000-0000-0000-000000000000';

/**
 * Outages of the cloud while hosts are made. The client gives up on a host within seconds, because a single call cannot
 * know whether an outage ends; a run over many hosts can wait for that, once for all hosts that it hit.
 */
export class Outages {
  readonly #context: FleetContext;
  readonly #limit: number;
  #waiting: Promise<boolean> | undefined;

  /** @param limit how long one outage is waited for, ms; 0 = not at all */
  constructor(context: FleetContext, limit: number) {
    this.#context = context;
    this.#limit = limit;
  }

  /** Does `work`; when it fails and the cloud is away, does it again as soon as the cloud is back. */
  async outlast(work: (again: boolean) => Promise<void>): Promise<void> {
    for (let round = 1; ; round += 1) {
      try {
        await work(round > 1);
        return;
      } catch (error) {
        if (round === ROUNDS || hasCode(error, 'cancelled') || !(await this.#isOver())) throw error;
      }
    }
  }

  /** True when the cloud was away and is back; false when it was not away, or stays away for longer than the limit. */
  #isOver(): Promise<boolean> {
    this.#waiting ??= this.#wait().finally(() => (this.#waiting = undefined));
    return this.#waiting;
  }

  async #wait(): Promise<boolean> {
    const { stop } = this.#context;
    let wasAway = false;
    const ask = async (): Promise<void> => {
      try {
        const cloud = await this.#context.cloud.open();
        await withinLimit(QUESTION, 'ask Prism Central', stop, (call) => cloud.readOwned(NOBODY, call));
      } catch (error) {
        wasAway = isAway(error);
        throw error;
      }
    };
    try {
      await whileAway({ ...this.#context, limit: this.#limit }, ask);
      return wasAway;
    } catch {
      // What the client said about the host is what the user has to know.
      return false;
    }
  }
}
