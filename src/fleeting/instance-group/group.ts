import { setMaxListeners } from 'node:events';
import type { CallContext } from '../../provider/index.js';
import { OperationError } from '../../support/index.js';
import type {
  ConnectionToInstance,
  ConnectorSettings,
  GroupIdentity,
  InstanceGroup,
  InstanceState,
} from '../contract.js';
import type { GroupSettings } from '../plugin-config/index.js';
import { Births } from './births.js';
import { connectionTo } from './connection.js';
import { FoundInstances } from './found-instances.js';
import { GroupCategory } from './group-category.js';
import { groupKey } from './group-key.js';
import type { GroupParts } from './group-parts.js';
import { hostSpecBeforeKey, stopReason, type GroupWork } from './group-work.js';
import { checkHealth } from './heartbeat.js';
import { IncreasePause } from './increase-pause.js';
import type { Instance } from './instance.js';
import { InstanceRegistry } from './instance-registry.js';
import { Removals } from './removals.js';
import { Takeover } from './takeover.js';
import { UnfinishedWork } from './unfinished-work.js';

/** How long Shutdown waits for the removals under way, ms; the next process goes on with what is left. */
const SHUTDOWN_LIMIT = 60_000;

/** A group that is at work. */
interface Running {
  readonly work: GroupWork;
  readonly removals: Removals;
  readonly births: Births;
  readonly found: FoundInstances;
}

/** What Init has taken before it looks for instances. */
type TakenGroup = Pick<GroupWork, 'settings' | 'cloud' | 'lease' | 'privateKey'>;

/** The group of instances of one plugin process. Nothing is read or sent before `init`. */
export function createInstanceGroup(parts: GroupParts): InstanceGroup {
  return new Group(parts);
}

class Group implements InstanceGroup {
  readonly #parts: GroupParts;
  readonly #ended = new AbortController();
  #starting: Promise<Running> | undefined;
  #running: Running | undefined;
  #shuttingDown: Promise<void> | undefined;

  constructor(parts: GroupParts) {
    this.#parts = parts;
  }

  async init(config: Uint8Array, connector: ConnectorSettings, context: CallContext): Promise<GroupIdentity> {
    const attempted = 'start the group of instances';
    if (this.#shuttingDown !== undefined) throw stopReason(attempted, 'the plugin is shutting down');
    if (this.#starting !== undefined) {
      const problem = 'it was started already: one process serves one group';
      throw new OperationError({ code: 'conflict', attempted, problem });
    }
    const signal = AbortSignal.any([context.signal, this.#ended.signal]);
    this.#starting = this.#start(config, connector, { ...context, signal });
    try {
      this.#running = await this.#starting;
    } catch (error) {
      this.#starting = undefined;
      throw error;
    }
    const { name, maxSize } = this.#running.work.settings;
    const { version, buildInfo } = this.#parts;
    return { id: `nutanix/${name}`, maxSize, version, buildInfo };
  }

  async update(
    report: (instance: string, state: InstanceState) => void,
    context: CallContext,
  ): Promise<void> {
    const { work, found } = this.#atWork('update the group');
    const round = work.registry.nextRound();
    await found.reconcile(round, context);
    context.signal.throwIfAborted();
    work.registry.report(round, report);
  }

  async increase(count: number, context: CallContext): Promise<number> {
    return await this.#atWork('make instances').births.increase(count, context);
  }

  async decrease(instances: readonly string[], context: CallContext): Promise<readonly string[]> {
    const { work, removals, found } = this.#atWork('remove instances');
    // What is accepted is removed when the cloud can be asked, and then the lease is confirmed.
    const lost = work.lease.lost(`remove ${instances.join(', ')}`);
    if (lost !== undefined) throw lost;
    const names = [...new Set(instances)];
    const unknown = names.filter((name) => work.registry.get(name) === undefined);
    const strangers =
      unknown.length === 0 ? new Map<string, string>() : await this.#lookFor(unknown, found, context);
    const accepted = names.filter((name) => !strangers.has(name));
    for (const name of accepted) {
      const instance = work.registry.get(name);
      if (instance !== undefined)
        removals.begin(instance, stopReason(`keep instance "${name}"`, 'the runner removes it'));
    }
    for (const [name, why] of strangers) work.logger.warn(`VM "${name}" is not removed: ${why}.`);
    const [refused] = strangers;
    if (accepted.length > 0 || refused === undefined) return accepted;
    const [name, problem] = refused;
    throw new OperationError({ code: 'invalid-input', attempted: `remove instance "${name}"`, problem });
  }

  async connectInfo(instance: string, context: CallContext): Promise<ConnectionToInstance> {
    const { work } = this.#atWork('tell how an instance is reached');
    context.signal.throwIfAborted();
    return await Promise.resolve(connectionTo(work, this.#instance(work, instance)));
  }

  async heartbeat(instance: string, context: CallContext): Promise<void> {
    const { work } = this.#atWork('check an instance');
    await checkHealth(work, this.#instance(work, instance), context);
  }

  async shutdown(context: CallContext): Promise<void> {
    this.#shuttingDown ??= this.#shutDown(context);
    await this.#shuttingDown;
  }

  /** All that is wrong is found before anything is taken, and what was taken is given back when a later step fails. */
  async #start(config: Uint8Array, connector: ConnectorSettings, context: CallContext): Promise<Running> {
    const settings = await this.#parts.readSettings(config, connector);
    try {
      return await this.#open(settings, context);
    } catch (error) {
      throw settings.explained(OperationError.from(error, `start group "${settings.name}"`));
    }
  }

  async #open(settings: GroupSettings, context: CallContext): Promise<Running> {
    const cloud = await this.#parts.openCloud(settings);
    try {
      await cloud.hosts.check(hostSpecBeforeKey(settings), context);
      const lease = await this.#parts.takeLease(settings, cloud, context);
      try {
        // Of processes that begin at once, the one that has the group makes its key.
        const privateKey = await groupKey(settings);
        return await this.#takeOver({ settings, cloud, lease, privateKey }, context);
      } catch (error) {
        await lease.release();
        throw error;
      }
    } catch (error) {
      await cloud.provider.close();
      throw error;
    }
  }

  async #takeOver(given: TakenGroup, context: CallContext): Promise<Running> {
    const { clock, logger } = this.#parts;
    const failed = new AbortController();
    const ended = AbortSignal.any([this.#ended.signal, failed.signal]);
    // Every instance that is waited for, or waits for its turn, has a listener.
    setMaxListeners(0, ended);
    const { settings, cloud } = given;
    const category = new GroupCategory({ settings, provider: cloud.provider, logger });
    const work: GroupWork = {
      ...given,
      category,
      clock,
      logger,
      registry: new InstanceRegistry(clock),
      unfinished: new UnfinishedWork(settings, logger),
      pause: new IncreasePause(clock),
      ended,
    };
    const removals = new Removals(work);
    const found = new FoundInstances(work, removals);
    try {
      await category.ensure(context);
      await new Takeover(work, removals, found).begin(context);
    } catch (error) {
      // What has begun meanwhile would go on with a group that is given back.
      failed.abort(stopReason('take over a group', 'its start has failed'));
      throw error;
    }
    return { work, removals, found, births: new Births(work, removals) };
  }

  /** Names that the group does not know: its own are taken in, and those of others come with the reason. */
  async #lookFor(
    names: readonly string[],
    found: FoundInstances,
    context: CallContext,
  ): Promise<Map<string, string>> {
    const { work } = this.#atWork('look for instances');
    const wanted = new Set(names);
    const { owned, carriers } = await work.cloud.provider.listCategorized(
      work.category.found,
      undefined,
      context,
    );
    const strangers = new Map<string, string>();
    for (const { name } of found.strangersAmong(carriers, owned))
      if (wanted.has(name)) strangers.set(name, found.whyNoInstance);
    for (const vm of owned) {
      const isGone = vm.genuine && work.registry.hasDeparted(vm.creationToken);
      if (!wanted.has(vm.name) || isGone || work.registry.get(vm.name) !== undefined) continue;
      if (vm.group !== work.settings.name) strangers.set(vm.name, 'it is not of this group');
      else if (found.adopt(vm) === undefined)
        strangers.set(vm.name, 'it is, or may be, a copy of an instance');
    }
    for (const name of names) if (work.registry.get(name) !== undefined) strangers.delete(name);
    return strangers;
  }

  #instance(work: GroupWork, name: string): Instance {
    const instance = work.registry.get(name);
    if (instance !== undefined) return instance;
    const attempted = `find instance "${name}"`;
    const problem = `group "${work.settings.name}" has no such instance`;
    throw new OperationError({ code: 'not-found', attempted, problem });
  }

  #atWork(attempted: string): Running {
    if (this.#shuttingDown !== undefined) throw stopReason(attempted, 'the plugin is shutting down');
    if (this.#running !== undefined) return this.#running;
    const problem = 'the group was not started (Init)';
    throw new OperationError({ code: 'conflict', attempted, problem });
  }

  async #shutDown(context: CallContext): Promise<void> {
    const why = stopReason('keep the instance', 'the plugin is shutting down');
    // An Init under way ends by itself, and gives back what it has taken.
    if (this.#running === undefined) this.#ended.abort(why);
    const running = await this.#starting?.catch(() => undefined);
    if (running === undefined) return;
    const { work, removals } = running;
    for (const instance of work.registry.all()) {
      if (instance.isOurs && instance.phase === 'creating') removals.begin(instance, why);
    }
    await this.#settled(removals, context);
    await this.#giveBackCategory(work, context);
    this.#ended.abort(why);
    await work.lease.release();
    await work.cloud.provider.close();
  }

  /** What another process has by now, and what there are instances of, stays. */
  async #giveBackCategory({ registry, category, lease }: GroupWork, context: CallContext): Promise<void> {
    const isLost = lease.lost(`remove category ${category.text}`) !== undefined;
    if (registry.size === 0 && !isLost) await category.giveBack(context);
  }

  async #settled(removals: Removals, { signal }: CallContext): Promise<void> {
    const over = new AbortController();
    const patience = this.#parts.clock.sleep(SHUTDOWN_LIMIT, AbortSignal.any([over.signal, signal]));
    await Promise.race([removals.settled(), patience.catch(() => undefined)]);
    over.abort();
  }
}
