import type { Clock, Logger } from '../../support/index.js';
import type { V3Api } from './api.js';

/** What all operations of this back end share. */
export interface Backend {
  readonly api: V3Api;
  readonly clock: Clock;
  readonly logger: Logger;
  /** 0 <= n < 1. */
  readonly random: () => number;
  /** Who makes the VMs, e.g. the program's name; part of every mark. One word of [A-Za-z0-9._-]. */
  readonly product: string;
  /** On which computer and for whom this process makes VMs, e.g. `alice@build-7`: part of the marks, for people. */
  readonly origin?: string | undefined;
  /** Creates under way in this process: VM id -> task id. */
  readonly creating: Map<string, string>;
}
