import type { CallContext } from '../../provider/index.js';
import type { FoundInstances } from './found-instances.js';
import { stopReason, type GroupWork } from './group-work.js';
import { Instance } from './instance.js';
import type { Removals } from './removals.js';
import { Turnstile } from './turnstile.js';
import type { UnfinishedInstance } from './unfinished-work.js';

/** VMs that are looked up at a time. */
const LOOK_UPS = 10;

/** Takes over what an earlier process has left: the instances in the cloud's list, and those in records. */
export class Takeover {
  readonly #work: GroupWork;
  readonly #removals: Removals;
  readonly #found: FoundInstances;
  readonly #lookUps = new Turnstile(LOOK_UPS);

  constructor(work: GroupWork, removals: Removals, found: FoundInstances) {
    this.#work = work;
    this.#removals = removals;
    this.#found = found;
  }

  async begin(context: CallContext): Promise<void> {
    const { registry, unfinished } = this.#work;
    const left = await unfinished.left();
    for (const one of left) if (one.work === 'remove' && one.elsewhere === undefined) this.#remove(one);
    await this.#found.reconcile(registry.nextRound(), context);
    await Promise.all(
      left
        .filter((one) => registry.get(one.identity.name) === undefined || one.elsewhere !== undefined)
        .map(async (one) => await this.#judge(one, context)),
    );
  }

  /** What the list does not tell of a record. */
  async #judge(one: UnfinishedInstance, context: CallContext): Promise<void> {
    const { registry } = this.#work;
    const { name, creationToken } = one.identity;
    const isListed = registry.get(name)?.identity.creationToken === creationToken;
    // Where the list shows its instance, the other name is one of this Prism Central. Else nothing is known of it here.
    if (one.elsewhere !== undefined && !isListed) this.#leave(one);
    else if (one.work === 'remove') this.#remove(one);
    else if (!isListed) await this.#finish(one, context);
  }

  /**
   * An instance whose making was begun: made it is like any other that is found, ready or not, because its record may
   * outlive its end, and a list may miss it. Otherwise what there is of it is removed.
   */
  async #finish(one: UnfinishedInstance, context: CallContext): Promise<void> {
    const { cloud } = this.#work;
    const { identity } = one;
    const vm = await this.#lookUps.run(
      context.signal,
      async () => await cloud.provider.find(identity, context),
    );
    if (vm?.lifecycle === 'ready') this.#found.takeIn({ ...identity, vmId: vm.id });
    else this.#remove(one);
  }

  #remove({ identity }: UnfinishedInstance): void {
    const { registry, settings, logger } = this.#work;
    const known = registry.get(identity.name);
    const instance = known ?? new Instance(identity, false);
    if (known === undefined) registry.add(instance);
    logger.info(`Instance ${identity.name} was left half made or half removed: removing it.`);
    const why = stopReason(`take over group "${settings.name}"`, 'the instance was never finished');
    this.#removals.begin(instance, why);
  }

  #leave(one: UnfinishedInstance): void {
    const { settings, logger } = this.#work;
    const { name } = one.identity;
    const { host, port } = settings.prismCentral;
    logger.warn(
      `Instance ${name} was left half made or half removed in ${one.elsewhere ?? ''}, and this group is in ${host}:${port}: ` +
        'it is left alone. Start the group there once more, or delete the VM there if there is one, and then ' +
        `${one.path}.`,
    );
  }
}
