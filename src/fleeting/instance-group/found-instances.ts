import { GarbageLimit } from '../../process/index.js';
import type { CallContext, CategorizedVms, OwnedVm, VmIdentity } from '../../provider/index.js';
import { deadlineAfter, OperationError } from '../../support/index.js';
import { stopReason, hostSpecFor, type GroupWork } from './group-work.js';
import { backgroundContext, Instance } from './instance.js';
import type { Removals } from './removals.js';
import { Turnstile } from './turnstile.js';

/** Guests that are asked for their readiness at a time; one that does not answer makes room after a while, ms. */
const AT_A_TIME = 20;
const ROOM_AFTER = 10_000;
/** VMs that are looked up at a time, when a list does not show them. */
const LOOK_UPS = 10;
/** What a VM in a list leaves behind, bytes: its text of some KiB, read and parsed. Collected after so many. */
const LEFT_BY_VM = 16 << 10;
const GARBAGE = 32 << 20;
/** Pause before a guest is waited for again, when Prism Central could not be asked, ms. */
const AGAIN_AFTER = 10_000;
/** What a guest whose time is over has to answer once more, when Prism Central answers, ms. */
const LAST_LOOK = 60_000;

/** Compares the instances of a group with the VMs that the cloud lists: finds those of an earlier process, and misses others. */
export class FoundInstances {
  readonly #work: GroupWork;
  readonly #removals: Removals;
  readonly #readiness = new Turnstile(AT_A_TIME);
  readonly #lookUps = new Turnstile(LOOK_UPS);
  readonly #garbage = new GarbageLimit(GARBAGE);
  /** VMs that are left alone, and were told of. */
  readonly #toldOf = new Set<string>();

  constructor(work: GroupWork, removals: Removals) {
    this.#work = work;
    this.#removals = removals;
  }

  /** One list request, unless a VM is missing: then one more for each of these, to be sure. */
  async reconcile(round: number, context: CallContext): Promise<void> {
    const { cloud, category, registry, settings } = this.#work;
    const expected = registry
      .all()
      .filter(({ phase, isOurs }) => phase === 'running' || (phase === 'creating' && !isOurs));
    const { owned, carriers } = await cloud.provider.listCategorized(
      category.found,
      this.#namePrefix(round),
      context,
    );
    this.#garbage.passed(owned.length * LEFT_BY_VM);
    const known = new Map(
      registry.all().flatMap((one) => {
        const { creationToken } = one.identity;
        return creationToken === undefined ? [] : [[creationToken, one] as const];
      }),
    );
    const seen = new Set<Instance>();
    for (const vm of owned) {
      if (vm.group !== settings.name) continue;
      const instance = vm.genuine ? known.get(vm.creationToken) : undefined;
      if (instance === undefined) this.adopt(vm);
      else seen.add(instance);
    }
    this.#tellOf(this.strangersAmong(carriers, owned));
    await this.#miss(
      expected.filter((one) => !seen.has(one)),
      context,
    );
  }

  /** Why a VM that carries the group's category is left alone all the same. */
  get whyNoInstance(): string {
    const { category, settings } = this.#work;
    return `it carries category ${category.text}, and its description does not say that it is an instance of group "${settings.name}"`;
  }

  /** Who carries the category and is no instance: copied by hand, or its description was edited. */
  strangersAmong(
    carriers: CategorizedVms['carriers'],
    owned: readonly OwnedVm[],
  ): CategorizedVms['carriers'] {
    const { registry, settings } = this.#work;
    const members = owned.filter(({ group }) => group === settings.name).map(({ id }) => id);
    // A description that is edited takes no instance from the process that knows it.
    const ours = new Set([...members, ...registry.all().map(({ identity }) => identity.vmId)]);
    return carriers.filter(({ id }) => !ours.has(id));
  }

  /** Each is told of once, and never touched. */
  #tellOf(strangers: CategorizedVms['carriers']): void {
    for (const { id, name } of strangers) {
      if (this.#toldOf.has(id)) continue;
      this.#toldOf.add(id);
      this.#work.logger.warn(
        `VM "${name}" (${id}) is left alone: ${this.whyNoInstance}. Delete it in Prism Central if it is of no use, ` +
          'or take the category away from it.',
      );
    }
  }

  /** Takes a VM of the group into it; undefined when it is left alone. One that is gone is no VM. */
  adopt(vm: OwnedVm): Instance | undefined {
    const { registry, logger } = this.#work;
    const { id, name, creationToken } = vm;
    if (vm.genuine && registry.hasDeparted(creationToken)) return undefined;
    const problem = !vm.genuine
      ? 'it is, or may be, a copy of an instance'
      : registry.get(name) === undefined
        ? undefined
        : 'an instance of that name is there already';
    if (problem !== undefined) {
      if (!this.#toldOf.has(id)) logger.warn(`VM "${name}" (${id}) is left alone: ${problem}.`);
      this.#toldOf.add(id);
      return undefined;
    }
    return this.takeIn({ name, creationToken, vmId: id });
  }

  /** Takes a VM into the group that is known to be of it. */
  takeIn(identity: VmIdentity): Instance {
    const { registry, logger } = this.#work;
    const instance = new Instance(identity, false);
    registry.add(instance);
    logger.info(`Instance ${identity.name} is found in Prism Central; waiting until its guest is ready.`);
    instance.work = this.#waitFor(instance);
    return instance;
  }

  /** In the first round all names count: members of an earlier name pattern are found, and then looked for from there on. */
  #namePrefix(round: number): string | undefined {
    const { registry, settings } = this.#work;
    const isFromHere = ({ name }: Instance): boolean => name.startsWith(settings.namePrefix);
    return round > 1 && registry.all().every(isFromHere) ? settings.namePrefix : undefined;
  }

  /** Of VMs that the list does not show, only those are gone of which the cloud is sure. */
  async #miss(missing: readonly Instance[], context: CallContext): Promise<void> {
    const { cloud, logger } = this.#work;
    const lookUp = async (instance: Instance): Promise<void> => {
      const { name, identity } = instance;
      const vm = await this.#lookUps.run(
        context.signal,
        async () => await cloud.provider.find(identity, context),
      );
      if (vm !== undefined || instance.phase === 'leaving' || instance.phase === 'gone') return;
      logger.warn(`Instance ${name} is gone: its VM was deleted in Prism Central.`);
      // Its reservation on v3 has outlived it.
      this.#removals.begin(instance, stopReason(`wait for instance "${name}"`, 'its VM was deleted'));
    };
    await Promise.all(
      missing.map(async (instance) => {
        await lookUp(instance).catch((error: unknown) => {
          logger.debug(OperationError.from(error, `look up instance "${instance.name}"`).message);
        });
      }),
    );
    context.signal.throwIfAborted();
  }

  /**
   * Until the guest is ready, the VM is gone, or the time is over; as long as the cloud cannot be asked, that is no answer. The
   * cloud may have been away at the end of that time and be there again: so when it answers, the guest is looked at once more.
   */
  async #waitFor(instance: Instance): Promise<void> {
    const { logger, clock, ended, settings } = this.#work;
    const stop = AbortSignal.any([instance.stopped, ended]);
    const { name } = instance;
    const lastLook = Math.min(LAST_LOOK, settings.timeLimit);
    let overdue: OperationError | undefined;
    try {
      for (;;) {
        const limit = overdue === undefined ? settings.timeLimit : lastLook;
        const problem = await this.#waitOnce(instance, limit, stop);
        if (problem === undefined) return;
        if (problem.code === 'not-found') {
          this.#removals.begin(instance, problem);
          return;
        }
        if (!(await this.#isThere(instance, stop)) || !(await this.#isOurs(instance, stop))) {
          overdue = undefined;
          await clock.sleep(AGAIN_AFTER, stop);
        } else if (problem.code === 'timeout' && overdue === undefined) {
          overdue = problem;
        } else {
          const { message } = overdue ?? problem;
          logger.warn(`Instance ${name} was found and does not get ready, so it is removed: ${message}`);
          this.#removals.begin(instance, overdue ?? problem);
          return;
        }
      }
    } catch (error) {
      // Stopped: by a removal, which goes on by itself, or by the end of the process.
      logger.debug(OperationError.from(error, `wait for instance "${name}"`).message);
    }
  }

  /** undefined = it is ready. `limit` in ms. Rejects when it is stopped. */
  async #waitOnce(instance: Instance, limit: number, stop: AbortSignal): Promise<OperationError | undefined> {
    const { cloud, logger, clock, unfinished } = this.#work;
    const { name, identity } = instance;
    const leave = await this.#readiness.enter(stop);
    void clock.sleep(ROOM_AFTER, stop).then(leave, leave);
    const deadline = deadlineAfter(limit, `find instance "${name}" ready`, undefined, stop);
    try {
      const context = backgroundContext(deadline.signal, (line) => logger.debug(line), name);
      const address = await cloud.hosts.waitUntilReady(hostSpecFor(this.#work, name), identity, context);
      // It may have been half made when its process ended, or its record could not be deleted.
      await unfinished.end(name);
      instance.ready(address);
      return undefined;
    } catch (error) {
      stop.throwIfAborted();
      return OperationError.from(error, `find instance "${name}" ready`);
    } finally {
      leave();
      deadline.clear();
    }
  }

  /** False when another process has the group by now: its instances never get ready for this one. */
  async #isOurs({ name }: Instance, stop: AbortSignal): Promise<boolean> {
    const { lease, logger } = this.#work;
    try {
      const context = backgroundContext(stop, (line) => logger.debug(line), name);
      await lease.confirm(`remove instance "${name}"`, context);
      return true;
    } catch (error) {
      stop.throwIfAborted();
      logger.debug(OperationError.from(error, `remove instance "${name}"`).message);
      return false;
    }
  }

  /** False when the cloud does not answer, or not with a VM. */
  async #isThere({ name, identity }: Instance, stop: AbortSignal): Promise<boolean> {
    const { cloud, logger } = this.#work;
    try {
      const context = backgroundContext(stop, (line) => logger.debug(line), name);
      return (await cloud.provider.find(identity, context)) !== undefined;
    } catch (error) {
      stop.throwIfAborted();
      logger.debug(OperationError.from(error, `look up instance "${name}"`).message);
      return false;
    }
  }
}
