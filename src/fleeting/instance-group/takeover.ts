import type { CallContext } from '../../provider/index.js';
import type { FoundInstances } from './found-instances.js';
import { stopReason, type GroupWork } from './group-work.js';
import { Instance } from './instance.js';
import type { Removals } from './removals.js';
import type { UnfinishedInstance } from './unfinished-work.js';

/** Takes over what an earlier process has left: the instances in the cloud's list, and those in records. */
export class Takeover {
  readonly #work: GroupWork;
  readonly #removals: Removals;
  readonly #found: FoundInstances;

  constructor(work: GroupWork, removals: Removals, found: FoundInstances) {
    this.#work = work;
    this.#removals = removals;
    this.#found = found;
  }

  async begin(context: CallContext): Promise<void> {
    const { registry, unfinished } = this.#work;
    const left = await unfinished.left();
    for (const one of left) if (one.elsewhere === undefined) this.#remove(one);
    await this.#found.reconcile(registry.nextRound(), context);
    for (const one of left) if (one.elsewhere !== undefined) this.#judge(one);
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

  /** Where the list shows the instance, the other name is one of this Prism Central. Else nothing is known of it here. */
  #judge(one: UnfinishedInstance): void {
    const { registry, settings, logger } = this.#work;
    const { name, creationToken } = one.identity;
    if (registry.get(name)?.identity.creationToken === creationToken) {
      this.#remove(one);
      return;
    }
    const { host, port } = settings.prismCentral;
    logger.warn(
      `Instance ${name} was left half made or half removed in ${one.elsewhere ?? ''}, and this group is in ${host}:${port}: ` +
        'it is left alone. Start the group there once more, or delete the VM there if there is one, and then ' +
        `${one.path}.`,
    );
  }
}
