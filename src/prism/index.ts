import type { Connection, CreationToken, Credentials, Notes, Volumes } from '../provider/index.js';
import { OperationError } from '../support/index.js';
import { createChoosingProvider, createChoosingVolumes, type ApiChoice } from './choice/index.js';
import { createHttpClient, type ChainTools, type SettingNames } from './http/index.js';
import { asWord, readErrorBody, type ApiParts, type ApiVersion, type PrismProvider } from './shared/index.js';
import { renewedProvider, renewedVolumes } from './renewal/index.js';
import { SharedConnections } from './sharing/index.js';
import { SignInNotes } from './sign-in/sign-in-notes.js';

export { SharedConnections };
export type { PrismProvider, SettingNames };

/** What has been loaded: to ask the runtime for a module once more takes its time, which an agent would spend for each session. */
const loaded: { v3?: Promise<ApiVersion>; v4?: Promise<ApiVersion> } = {};

/** The versions of Prism Central's API that are spoken here; only the one that is spoken is loaded. */
const API_VERSIONS = {
  v3: async () => await (loaded.v3 ??= import('./v3/index.js').then(({ v3 }) => v3)),
  v4: async () => await (loaded.v4 ??= import('./v4/index.js').then(({ v4 }) => v4)),
} satisfies Readonly<Record<string, () => Promise<ApiVersion>>>;

const CHOICES = ['auto', 'v3', 'v4'] as const satisfies readonly ApiChoice[];

export interface PrismDependencies extends Pick<ApiParts, 'logger' | 'clock'> {
  /** `program/version`; the program's name also stands in the ownership tag of the VMs it makes. */
  readonly userAgent: string;
  /** Who makes VMs and where, `user@computer`; written into their ownership tag for users to read. */
  readonly origin?: string | undefined;
  /**
   * The group of instances that VMs are made in, one word of at most 40 of [A-Za-z0-9._-]; written into their ownership
   * tag and read from it (`OwnedVm.group`).
   */
  readonly group?: string | undefined;
  /** Names proxies and authorities; the process's own unless given. */
  readonly environment?: ChainTools['environment'];
  /** Connections of other sessions in this process, which may be used; absent = one of its own. */
  readonly shared?: SharedConnections | undefined;
  /** What the front end calls the settings of a connection; named in advice. */
  readonly settingNames?: SettingNames | undefined;
  /**
   * Folder of the machine store. There the processes that use it tell one another which credentials were refused;
   * absent or not writable = each finds out for itself.
   */
  readonly store?: string | undefined;
  /** What a provider for this server said of its API before (`Provider.spokenApi`). */
  readonly spokenApi?: string | undefined;
  /** The token of the VM that this is about, if there is one: it tells with which API the VM was made. */
  readonly creationToken?: CreationToken | undefined;
  /**
   * For a process that stays: reads the connection's credentials and trust again, when they are refused. Absent = what was
   * given counts for good.
   */
  readonly readAgain?: (() => Promise<Connection>) | undefined;
}

/** A provider that speaks to a Prism Central. Nothing is sent before the first call. */
export function createPrismProvider(connection: Connection, dependencies: PrismDependencies): PrismProvider {
  const { settingNames, creationToken, readAgain, logger } = dependencies;
  const open = (way: Connection): PrismProvider =>
    createChoosingProvider({
      api: choiceOf(way.api),
      parts: partsFor(way, dependencies),
      creationToken,
      settingName: settingNames?.api,
      load: API_VERSIONS,
    });
  return readAgain === undefined
    ? open(connection)
    : renewedProvider({ connection, readAgain, open, logger });
}

/**
 * The volumes of a Prism Central, and notes. Nothing is sent before the first call. Where the v4 API is not served, or v3 is asked
 * for, every call rejects with `unsupported`.
 */
export function createPrismVolumes(
  connection: Connection,
  dependencies: Omit<PrismDependencies, 'creationToken'>,
): Volumes & Notes {
  const { settingNames, readAgain, logger } = dependencies;
  const open = (way: Connection): Volumes & Notes =>
    createChoosingVolumes({
      api: choiceOf(way.api),
      parts: partsFor(way, dependencies),
      settingName: settingNames?.api,
      load: async () => await (await import('./v4/index.js')).loadV4Volumes(),
    });
  return readAgain === undefined ? open(connection) : renewedVolumes({ connection, readAgain, open, logger });
}

/** What every version of the API is given to work with. */
function partsFor(connection: Connection, dependencies: PrismDependencies): ApiParts {
  const { logger, clock, userAgent, origin, group, settingNames, store, spokenApi, environment } =
    dependencies;
  const isResident = dependencies.shared !== undefined;
  const gateFor =
    store === undefined
      ? undefined
      : (server: string, credentials: Credentials) =>
          new SignInNotes({ store, server, credentials, clock, wallClock: Date.now, isResident });
  const tools = { logger, clock, userAgent, readErrorBody, settingNames, environment, gateFor };
  const [program = ''] = userAgent.split('/');
  const shared = dependencies.shared?.open(connection, tools, store, createHttpClient);
  return {
    http: shared?.http ?? createHttpClient(connection, tools),
    readsFor: shared?.readsFor,
    clock,
    logger,
    random: Math.random,
    spokenApi,
    product: asWord(program, 40),
    origin: origin?.replaceAll(/[^A-Za-z0-9._@-]+/g, '-').slice(0, 100),
    group: group === undefined ? undefined : asWord(group, 40),
  };
}

function choiceOf(asked = 'auto'): ApiChoice {
  const choice = CHOICES.find((one) => one === asked);
  if (choice !== undefined) return choice;
  const problem = `there is no API "${asked}"; there are ${CHOICES.join(', ')}`;
  throw new OperationError({ code: 'invalid-input', attempted: 'connect to Prism Central', problem });
}
