import type { Connection, Credentials } from '../provider/index.js';
import type { Clock, Logger } from '../support/index.js';
import { createHttpClient, type SettingNames } from './http/index.js';
import { asWord, readErrorBody, type ApiVersion, type PrismProvider } from './shared/index.js';
import { SignInNotes } from './sign-in/sign-in-notes.js';
import { v3 } from './v3/index.js';
import { v4 } from './v4/index.js';

export type { PrismProvider, SettingNames };

/** The versions of Prism Central's API that are spoken here. */
const API_VERSIONS = { v3, v4 } satisfies Readonly<Record<string, ApiVersion>>;

export interface PrismDependencies {
  readonly logger: Logger;
  readonly clock: Clock;
  /** `program/version`; the program's name also stands in the ownership tag of the VMs it makes. */
  readonly userAgent: string;
  /** Who makes VMs and where, `user@computer`; written into their ownership tag for users to read. */
  readonly origin?: string | undefined;
  /** What the front end calls the settings of trust; named in the advice about an untrusted certificate. */
  readonly settingNames?: SettingNames | undefined;
  /**
   * Folder of the machine store. There the processes that use it tell one another which credentials were refused;
   * absent or not writable = each finds out for itself.
   */
  readonly store?: string | undefined;
  /** The version of the API to speak; default v3. */
  readonly api?: keyof typeof API_VERSIONS | undefined;
  /** What a provider for this server said of its API before (`Provider.spokenApi`). */
  readonly spokenApi?: string | undefined;
}

/** A provider that speaks to a Prism Central. Nothing is sent before the first call. */
export function createPrismProvider(connection: Connection, dependencies: PrismDependencies): PrismProvider {
  const { logger, clock, userAgent, origin, settingNames, store, api = 'v3', spokenApi } = dependencies;
  const { createProvider } = API_VERSIONS[api];
  const gateFor =
    store === undefined
      ? undefined
      : (server: string, credentials: Credentials) =>
          new SignInNotes({ store, server, credentials, clock, wallClock: Date.now });
  const tools = { logger, clock, userAgent, readErrorBody, settingNames, gateFor };
  const [program = ''] = userAgent.split('/');
  return createProvider({
    http: createHttpClient(connection, tools),
    clock,
    logger,
    random: Math.random,
    spokenApi,
    product: asWord(program, 40),
    origin: origin?.replaceAll(/[^A-Za-z0-9._@-]+/g, '-').slice(0, 100),
  });
}
