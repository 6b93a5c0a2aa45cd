import { backoff, deadlineAfter, OperationError, poll, type Probed } from '../../support/index.js';
import type { GroupWork } from './group-work.js';
import { backgroundContext, type Instance } from './instance.js';
import { Turnstile } from './turnstile.js';

/** Time limit of one attempt, ms. */
const ATTEMPT_LIMIT = 5 * 60_000;
const PAUSES = { first: 2_000, growth: 2, longest: 60_000 } as const;

/**
 * Removes instances in the background, until the cloud is sure that nothing is left of them: the runner does not ask again
 * for one that is shown as being deleted.
 */
export class Removals {
  readonly #work: GroupWork;
  readonly #turnstile: Turnstile;
  readonly #running = new Set<Promise<void>>();

  constructor(work: GroupWork) {
    this.#work = work;
    this.#turnstile = new Turnstile(work.settings.parallel);
  }

  /** Begins to remove an instance, after what is under way on it has ended; `why` ends that. Once for each instance. */
  begin(instance: Instance, why: OperationError): void {
    // What this process made and no runner has counted on is rolled back even when another process has the group by now.
    const isHalfMade = instance.isOurs && instance.phase === 'creating';
    if (!instance.leave(why)) return;
    const removal = this.#remove(instance, why, isHalfMade).finally(() => this.#running.delete(removal));
    this.#running.add(removal);
  }

  /** Resolves when none is under way any more. Never rejects. */
  async settled(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  async #remove(instance: Instance, why: OperationError, isHalfMade: boolean): Promise<void> {
    const { registry, unfinished, clock, ended, logger } = this.#work;
    await instance.work;
    try {
      // Nothing was made, and nothing reserved.
      if (instance.identity.creationToken !== undefined) {
        await this.#writeDown(instance);
        await poll(async () => await this.#attempt(instance, isHalfMade), {
          clock,
          signal: ended,
          delays: backoff(PAUSES),
        });
        await unfinished.end(instance.name);
      }
      registry.markGone(instance, why);
    } catch (error) {
      // The process ends; the next one finds the record.
      logger.debug(OperationError.from(error, `remove instance "${instance.name}"`).message);
    }
  }

  /** Without a record the removal goes on all the same: only a kill would make it forgotten. */
  async #writeDown({ identity }: Instance): Promise<void> {
    try {
      await this.#work.unfinished.begin(identity, 'remove');
    } catch (error) {
      this.#work.logger.warn(OperationError.from(error, 'write down a removal').message);
    }
  }

  async #attempt(instance: Instance, isHalfMade: boolean): Promise<Probed<void>> {
    const { cloud, ended, lease, logger, settings } = this.#work;
    const { name, identity } = instance;
    try {
      await this.#turnstile.run(ended, async () => {
        const deadline = deadlineAfter(ATTEMPT_LIMIT, `remove instance "${name}"`, undefined, ended);
        try {
          const context = backgroundContext(deadline.signal, (line) => logger.debug(line), name);
          if (!isHalfMade) await lease.confirm(`remove instance "${name}"`, context);
          await cloud.provider.remove(identity, context);
        } finally {
          deadline.clear();
        }
      });
      return { ready: true, value: undefined };
    } catch (error) {
      ended.throwIfAborted();
      const failure = settings.explained(OperationError.from(error, `remove instance "${name}"`));
      logger.warn(`Instance ${name} is not removed yet, and that is tried again: ${failure.message}`);
      return { ready: false };
    }
  }
}
