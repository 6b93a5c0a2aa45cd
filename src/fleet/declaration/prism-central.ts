import { connectionFromFlags } from '../../settings/index.js';
import type { Connection } from '../../provider/index.js';
import type { Environment } from '../../settings/index.js';
import type { Fleet } from './fleet.js';
import { loadFleet } from './load.js';
import { isThere } from '../../support/index.js';

const DEFAULT_FILE = 'hosts.yaml';

export interface ConnectionTarget {
  readonly connection: Connection;
  /** The declaration that names it, if one does. */
  readonly fleet?: Fleet | undefined;
}

/**
 * The Prism Central of a declaration, or without one that of the environment alone. Which hosts are declared
 * does not matter: all of them have the same connection.
 */
export async function connectionTarget(
  file: string | undefined,
  environment: Environment,
  warn: (text: string) => void,
): Promise<ConnectionTarget> {
  const named = file ?? ((await isThere(DEFAULT_FILE)) ? DEFAULT_FILE : undefined);
  if (named === undefined) return { connection: await connectionFromFlags(new Map(), environment, warn) };
  const fleet = await loadFleet(named, environment);
  return { connection: await fleetConnection(fleet, environment, warn), fleet };
}

/** The Prism Central of a declaration. `warn` is told of credentials that should be kept better. */
export function fleetConnection(
  { hosts, secrets }: Fleet,
  environment: Environment,
  warn: (text: string) => void,
): Promise<Connection> {
  return connectionFromFlags(hosts[0]?.flags ?? new Map(), { ...environment, ...secrets }, warn);
}
