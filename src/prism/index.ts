import type { Connection, Credentials, Inventory, Provider, Resizing } from '../provider/index.js';
import type { Clock, Logger } from '../support/index.js';
import { createHttpClient, type SettingNames } from './http/index.js';
import { SignInNotes } from './sign-in/sign-in-notes.js';
import { V3Api } from './v3/api.js';
import { readErrorBody } from './v3/error-body.js';
import { asWord } from './v3/identity/creation-token.js';
import { PrismV3Provider } from './v3/provider.js';

export type { SettingNames };

export interface PrismDependencies {
  readonly logger: Logger;
  readonly clock: Clock;
  /** `program/version`; the program's name also marks the VMs it makes. */
  readonly userAgent: string;
  /** Who makes VMs and where, `user@computer`; written into their marks for people to read. */
  readonly origin?: string | undefined;
  /** What the front end calls the settings of trust; named in the advice about an untrusted certificate. */
  readonly settingNames?: SettingNames | undefined;
  /**
   * Folder of the machine store. There the processes that use it tell one another which credentials were refused;
   * absent or not writable = each finds out for itself.
   */
  readonly store?: string | undefined;
}

/** A provider that speaks to a Prism Central. Nothing is sent before the first call. */
export function createPrismProvider(
  connection: Connection,
  dependencies: PrismDependencies,
): Provider & Inventory & Resizing {
  const { logger, clock, userAgent, origin, settingNames, store } = dependencies;
  const gateFor =
    store === undefined
      ? undefined
      : (server: string, credentials: Credentials) =>
          new SignInNotes({ store, server, credentials, clock, wallClock: Date.now });
  const tools = { logger, clock, userAgent, readErrorBody, settingNames, gateFor };
  const http = createHttpClient(connection, tools);
  const [program = ''] = userAgent.split('/');
  return new PrismV3Provider({
    api: new V3Api(http),
    clock,
    logger,
    random: Math.random,
    product: asWord(program, 40),
    origin: origin?.replaceAll(/[^A-Za-z0-9._@-]+/g, '-').slice(0, 100),
    creating: new Map(),
  });
}
