import type { HostDependencies, HostLifecycle } from '../host/index.js';
import type { Connection, CreationToken, Provider } from '../provider/index.js';
import type { Environment } from '../settings/index.js';
import type { GuestProbe } from '../session/index.js';

/** What the plugin gets from outside. All of it loads its code only when it is called: start-up must not pay. */
export interface CloudModules {
  connect(connection: Connection, context: CloudContext): Promise<Provider>;
  lifecycle(provider: Provider, context: CloudContext): Promise<HostLifecycle>;
  readonly guestAnswers: GuestProbe;
}

export interface CloudContext extends Pick<HostDependencies, 'logger' | 'clock'> {
  /** What the client has given the plugin. */
  readonly environment: Environment;
  /** Folder of the client's machine store, where it is known. */
  readonly store?: string | undefined;
  /** What config.json keeps of the cloud's API (`Provider.spokenApi`). */
  readonly spokenApi?: string | undefined;
  /** The token of the machine's VM, if it has one. */
  readonly creationToken?: CreationToken | undefined;
}
