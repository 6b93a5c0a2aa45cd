import { OperationError, type Clock, type Logger } from '../../support/index.js';
import type { HostSpec } from '../../host/index.js';
import type { GroupSettings } from '../plugin-config/index.js';
import type { GroupCategory } from './group-category.js';
import type { GroupCloud, HeldGroup } from './group-parts.js';
import type { IncreasePause } from './increase-pause.js';
import type { InstanceRegistry } from './instance-registry.js';
import type { UnfinishedWork } from './unfinished-work.js';

/** What the work on a group shares, from Init to Shutdown. */
export interface GroupWork {
  readonly settings: GroupSettings;
  readonly cloud: GroupCloud;
  readonly category: GroupCategory;
  /** To be confirmed before anything is changed. */
  readonly lease: HeldGroup;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly registry: InstanceRegistry;
  readonly unfinished: UnfinishedWork;
  readonly pause: IncreasePause;
  /** Text of the key with which every guest of the group lets the runner in. */
  readonly privateKey: string;
  /** Aborted when the process ends: what is in the background stops. */
  readonly ended: AbortSignal;
}

/** The host that an instance is: its key is the group's, and lies in no file of its own. */
export function hostSpecFor(
  { settings, privateKey }: Pick<GroupWork, 'settings' | 'privateKey'>,
  name: string,
): HostSpec {
  const spec = settings.specFor(name);
  const ssh = { ...spec.ssh, keyPath: `of group "${settings.name}"`, generate: false as const, privateKey };
  // A failed instance is of no use to the runner, and nothing would ever remove it.
  return { ...spec, ssh, keepOnError: false };
}

/** The same for a check before the key is made, whose text may not be known yet. */
export function hostSpecBeforeKey(settings: GroupSettings): HostSpec {
  const name = settings.instanceName('check');
  const privateKey = settings.staticKey?.privateKey;
  if (privateKey !== undefined) return hostSpecFor({ settings, privateKey }, name);
  const spec = settings.specFor(name);
  return { ...spec, ssh: { ...spec.ssh, generate: 'ed25519', existingKey: undefined } };
}

/** Why an instance, or what is done with it, ends. */
export function stopReason(attempted: string, problem: string): OperationError {
  return new OperationError({ code: 'cancelled', attempted, problem });
}
