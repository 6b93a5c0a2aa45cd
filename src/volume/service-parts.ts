import type { StorageNode } from '../node/index.js';
import type { Notes, Volumes } from '../provider/index.js';
import type { Clock, Logger } from '../support/index.js';
import type { Policy } from './policy.js';
import type { AttachmentKind } from './volume-service.js';

/** What the core of volumes is built from. */
export interface VolumeServiceParts {
  readonly volumes: Volumes;
  readonly notes: Notes;
  readonly node: StorageNode;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Folder of the records of this host, `/var/lib/nutanix-volume`; made with mode 0700. */
  readonly folder: string;
  /** Folder below which volumes are mounted; absent = `mounts` in `folder`. */
  readonly mountFolder?: string | undefined;
  /** Read at each call. */
  readonly policy: () => Promise<Policy>;
  readonly attachment: AttachmentKind;
  /** Name or id of the cluster for new volumes, where there are several. */
  readonly cluster?: string | undefined;
  /** Time of day; absent = the system's. */
  readonly now?: (() => Date) | undefined;
  /** False for a process that ends soon: it finishes nothing that other processes left. Absent = true. */
  readonly background?: boolean | undefined;
  /**
   * True where no controller attaches and detaches: after the last use this host detaches also what it found attached. Absent
   * = that is a controller's.
   */
  readonly detachesAll?: boolean | undefined;
}
