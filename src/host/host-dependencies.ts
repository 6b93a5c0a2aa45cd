import type { Provider } from '../provider/index.js';
import type { Clock, Logger } from '../support/index.js';

/** What the life of hosts is built from. */
export interface HostDependencies {
  readonly provider: Provider;
  readonly logger: Logger;
  readonly clock: Clock;
  /** How long the clean-up after a failed Create may take, ms; default 120 s. */
  readonly cleanupTimeout?: number | undefined;
  /** What the front end calls `addressNetwork`, e.g. `--nutanix-ip-network`; absent = it has no name for it. */
  readonly addressNetworkOption?: string | undefined;
}
