import { randomInt } from 'node:crypto';
import type { CallContext, Placement } from '../../provider/index.js';
import { deadlineAfter, OperationError } from '../../support/index.js';
import { stopReason, hostSpecFor, type GroupWork } from './group-work.js';
import { backgroundContext, Instance } from './instance.js';
import type { Removals } from './removals.js';
import { Turnstile } from './turnstile.js';

/** How long an Increase waits for its VMs to be made, ms. While it does, the runner sees no update and removes nothing. */
const LONGEST_INCREASE = 10_000;
const ALPHABET = 'abcdefghijklmnopqrstuvwxyz0123456789';
const UNIQUE_LENGTH = 8;

/** An instance that an Increase has begun. */
interface Birth {
  readonly instance: Instance;
  /** Resolves when the cloud has made the VM: undefined, or with the error when it did not. */
  readonly made: Promise<OperationError | undefined>;
}

/** Makes instances in the background. */
export class Births {
  readonly #work: GroupWork;
  readonly #removals: Removals;
  readonly #turnstile: Turnstile;

  constructor(work: GroupWork, removals: Removals) {
    this.#work = work;
    this.#removals = removals;
    this.#turnstile = new Turnstile(work.settings.parallel);
  }

  /**
   * Makes up to `count` instances. Resolves with the number of those whose VMs are made, or under way after
   * `LONGEST_INCREASE`; rejects when there is none.
   */
  async increase(count: number, context: CallContext): Promise<number> {
    const { cloud, category, lease, pause, settings, logger } = this.#work;
    const attempted = `make ${count} more of group "${settings.name}"`;
    const refusal = pause.refusal(attempted) ?? this.#fullness(attempted);
    if (refusal !== undefined) throw refusal;
    await lease.confirm(attempted, context);
    const { era } = pause;
    const placement = await this.#failing(era, context, attempted, async () => {
      const checked = cloud.hosts.check(hostSpecFor(this.#work, this.#newName()), context);
      const [found, ofGroup] = await Promise.all([checked, category.ensure(context)]);
      return { ...found, categories: [...found.categories, ...ofGroup] };
    });
    // Another Increase may have filled the group meanwhile.
    const full = this.#fullness(attempted);
    if (full !== undefined) throw full;
    const room = settings.maxSize - this.#work.registry.size;
    const rest = new AbortController();
    const births = Array.from({ length: Math.min(count, room) }, () => this.#begin(placement, era, rest));
    const errors = await this.#outcome(births, context);
    const succeeded = births.filter(({ instance }) => instance.isCounted).length;
    const [first] = errors;
    if (succeeded === 0 && first !== undefined) throw first;
    if (succeeded < count) {
      const why = first?.message ?? `the group has at most ${settings.maxSize} instances`;
      logger.warn(`${succeeded} of ${count} instances are made or under way: ${why}`);
    }
    return succeeded;
  }

  /** An error of the whole Increase holds back the next one, unless the runner itself has ended the call. */
  async #failing<T>(
    era: number,
    context: CallContext,
    attempted: string,
    work: () => Promise<T>,
  ): Promise<T> {
    try {
      return await work();
    } catch (error) {
      const failure = this.#work.settings.explained(OperationError.from(error, attempted));
      if (!context.signal.aborted) this.#work.pause.failed(failure, era);
      throw failure;
    }
  }

  #fullness(attempted: string): OperationError | undefined {
    const { settings, registry } = this.#work;
    if (registry.size < settings.maxSize) return undefined;
    return new OperationError({
      code: 'conflict',
      attempted,
      problem: `it has ${registry.size} instances, and at most ${settings.maxSize} are allowed`,
      advice: 'Raise max_size of the plugin_config, or wait until instances are removed.',
    });
  }

  /** Waits for the VMs, counts those that are made or under way, and resolves with the errors of the others. */
  async #outcome(births: readonly Birth[], { signal }: CallContext): Promise<readonly OperationError[]> {
    const over = new AbortController();
    const patience = this.#work.clock
      .sleep(LONGEST_INCREASE, AbortSignal.any([over.signal, signal]))
      .catch(() => undefined);
    const errors: OperationError[] = [];
    const ended = births.map(async ({ instance, made }) => {
      const error = await made;
      if (error === undefined || instance.isCounted) return;
      instance.isRefused = true;
      errors.push(error);
    });
    await Promise.race([patience, Promise.all(ended)]);
    over.abort();
    if (signal.aborted) this.#cancel(births);
    signal.throwIfAborted();
    for (const { instance } of births) instance.isCounted = !instance.isRefused;
    return errors;
  }

  /** The runner has not learned of any of them. */
  #cancel(births: readonly Birth[]): void {
    for (const { instance } of births) {
      instance.isRefused = true;
      this.#removals.begin(
        instance,
        stopReason(`make instance "${instance.name}"`, 'the runner has cancelled it'),
      );
    }
  }

  #newName(): string {
    for (;;) {
      const unique = Array.from({ length: UNIQUE_LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]).join(
        '',
      );
      const name = this.#work.settings.instanceName(unique);
      if (this.#work.registry.get(name) === undefined) return name;
    }
  }

  /** `rest`: aborted when one of the same Increase was refused; then those that wait for their turn are not begun. */
  #begin(placement: Placement, era: number, rest: AbortController): Birth {
    const instance = new Instance({ name: this.#newName() }, true);
    this.#work.registry.add(instance);
    let isMade: (error?: OperationError) => void = () => undefined;
    const made = new Promise<OperationError | undefined>((resolve) => (isMade = resolve));
    instance.work = this.#make(instance, placement, rest, isMade).catch((thrown: unknown) => {
      const error = this.#work.settings.explained(
        OperationError.from(thrown, `make instance "${instance.name}"`),
      );
      // A removal that was asked for meanwhile goes on by itself.
      if (!instance.stopped.aborted) this.#fail(instance, error, era);
      isMade(error);
    });
    return { instance, made };
  }

  async #make(
    instance: Instance,
    placement: Placement,
    rest: AbortController,
    isMade: () => void,
  ): Promise<void> {
    const { cloud, settings, unfinished, pause, ended, logger } = this.#work;
    const { name, stopped } = instance;
    const stop = AbortSignal.any([stopped, ended]);
    const leave = await this.#turnstile.enter(AbortSignal.any([stop, rest.signal]));
    const deadline = deadlineAfter(settings.timeLimit, `make instance "${name}"`, undefined, stop);
    try {
      const context = backgroundContext(deadline.signal, (line) => logger.debug(line), name);
      const spec = hostSpecFor(this.#work, name);
      const prepared = await cloud.hosts.prepare(spec, context, placement);
      instance.identity = { name, creationToken: prepared.creationToken };
      await unfinished.begin(instance.identity, 'make');
      const { address } = await cloud.hosts.create(spec, prepared, context, (vmId) => {
        instance.identity = { ...instance.identity, vmId };
        leave();
        isMade();
      });
      await unfinished.end(name);
      instance.ready(address);
      pause.succeeded();
    } catch (error) {
      // What refuses one VM refuses the next: to be known before another one has this place.
      if (instance.identity.vmId === undefined && !stop.aborted) rest.abort(error);
      throw error;
    } finally {
      leave();
      deadline.clear();
    }
  }

  #fail(instance: Instance, error: OperationError, era: number): void {
    const { pause, logger } = this.#work;
    pause.failed(error, era);
    // Of those that are not counted, Increase tells.
    const say = instance.isCounted ? logger.warn.bind(logger) : logger.debug.bind(logger);
    say(`Instance ${instance.name} came to nothing, and what there is of it is removed: ${error.message}`);
    this.#removals.begin(instance, error);
  }
}
