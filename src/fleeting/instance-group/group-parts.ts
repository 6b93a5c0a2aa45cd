import type { HostLifecycle } from '../../host/index.js';
import type { CallContext, Categories, Notes, Provider } from '../../provider/index.js';
import type { Clock, Logger } from '../../support/index.js';
import type { ConnectorSettings } from '../contract.js';
import type { GroupLease } from '../lease/index.js';
import type { GroupSettings } from '../plugin-config/index.js';

/** The cloud as a group uses it. */
export interface GroupCloud {
  readonly provider: Pick<Provider, 'find' | 'remove' | 'close'> & Categories & Notes;
  readonly hosts: Pick<HostLifecycle, 'check' | 'prepare' | 'create' | 'waitUntilReady'>;
}

/** The right to change a group; `confirm` rejects when it is lost. */
export type HeldGroup = Pick<GroupLease, 'confirm' | 'lost' | 'release'>;

/** What a group is built from. */
export interface GroupParts {
  readonly clock: Clock;
  readonly logger: Logger;
  /** Of this program, e.g. `1.2.0`. */
  readonly version: string;
  /** Commit, date and platform of this build. */
  readonly buildInfo: string;
  /** Reads `plugin_config` and the runner's `connector_config`. All problems come in one OperationError. */
  readSettings(config: Uint8Array, connector: ConnectorSettings): Promise<GroupSettings>;
  /** Nothing is sent yet. */
  openCloud(settings: GroupSettings): Promise<GroupCloud>;
  /** Rejects with an OperationError when another process has the group; then nothing is kept of it. */
  takeLease(settings: GroupSettings, cloud: GroupCloud, context: CallContext): Promise<HeldGroup>;
}
