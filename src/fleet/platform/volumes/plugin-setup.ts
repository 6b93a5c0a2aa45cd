import { stringify } from 'yaml';
import type { Connection } from '../../../provider/index.js';
import type { VolumePlugin } from '../../declaration/volume-plugin.js';

/** What `nutanix-volume setup` reads from its input: the two files of the plugin as text. */
export interface PluginSetup {
  readonly config: string;
  readonly policy: string;
}

export interface PluginPlace {
  /** That of the fleet; the account is the plugin's own. */
  readonly connection: Connection;
  /** The cluster of the host, on which its volumes have to lie; undefined = there is one only. */
  readonly cluster: string | undefined;
}

/** The plugin's files for a host. `secret`: password or API key of its account. */
export function pluginSetup(
  plugin: VolumePlugin,
  { connection, cluster }: PluginPlace,
  secret: string,
): PluginSetup {
  const { endpoint, account, attachment, storageContainer, policy } = plugin;
  const signIn =
    account.at === 'api-key-env' ? { 'api-key': secret } : { username: account.username, password: secret };
  const config = {
    ...(endpoint === undefined ? { endpoint: connection.host, port: connection.port } : { endpoint }),
    ...signIn,
    ...trustOf(connection),
    ...(connection.proxyUrl === undefined ? {} : { proxy: connection.proxyUrl }),
    ...(cluster === undefined ? {} : { cluster }),
    attachment,
    ...(storageContainer === undefined ? {} : { 'storage-container': storageContainer }),
  };
  return { config: stringify(config), policy: stringify({ defaults: {}, overrides: {}, ...policy }) };
}

/** The keys that the plugin's file has for it; authorities go along, since the host does not have our file. */
function trustOf({ trust }: Connection): Readonly<Record<string, unknown>> {
  switch (trust.kind) {
    case 'system':
      return {};
    case 'authorities':
      return { ca: trust.pem };
    case 'fingerprint':
      return { fingerprint: `sha256:${trust.sha256}` };
    case 'insecure':
      return { insecure: true };
  }
}
