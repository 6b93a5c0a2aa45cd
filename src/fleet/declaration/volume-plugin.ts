import { dirname, resolve } from 'node:path';
import type { YamlText } from './positions.js';
import type { FileProblem } from './problem.js';
import type { Selection, VolumesEntry } from './schema.js';

/** With what the plugin signs in to Prism Central: a variable of this process holds the secret. */
export type PluginAccount =
  | { readonly at: 'password-env'; readonly username: string; readonly variable: string }
  | { readonly at: 'api-key-env'; readonly variable: string };

/** The volume plugin as the file wants it. */
export interface VolumePlugin {
  readonly on: Selection;
  /** Prism Central as hosts reach it; undefined = as this computer does. */
  readonly endpoint?: string | undefined;
  readonly account: PluginAccount;
  readonly attachment: 'vm' | 'iscsi';
  readonly storageContainer?: string | undefined;
  /** Absolute path of the executable for the hosts; undefined = the one beside this program. */
  readonly program?: string | undefined;
  /** Options of volumes, as the plugin's policy file has them. */
  readonly policy: {
    readonly defaults?: Readonly<Record<string, string>> | undefined;
    readonly overrides?: Readonly<Record<string, string>> | undefined;
  };
}

const EVERY_HOST: Selection = { role: 'all', which: 'all' };

/** The plugin's part of the file; `file`: what relative paths are relative to. */
export function volumePlugin(
  entry: VolumesEntry | undefined,
  file: string,
  yaml: YamlText,
): { readonly plugin?: VolumePlugin | undefined; readonly problems: readonly FileProblem[] } {
  if (entry === undefined) return { problems: [] };
  const account = accountOf(entry);
  if ('problem' in account)
    return { problems: [yaml.problemAt(['volumes', ...account.path], account.problem)] };
  const {
    on = EVERY_HOST,
    endpoint,
    attachment,
    program,
    policy = {},
    'storage-container': storageContainer,
  } = entry;
  const path = program === undefined ? undefined : resolve(dirname(file), program);
  return {
    plugin: { on, endpoint, account, attachment, storageContainer, program: path, policy },
    problems: [],
  };
}

/**
 * Each host keeps this account's secret in a file, so it is one of its own that may do nothing but volumes, never that
 * which makes and deletes hosts.
 */
function accountOf(
  entry: VolumesEntry,
): PluginAccount | { readonly path: readonly string[]; readonly problem: string } {
  const { username, 'password-env': passwordVariable, 'api-key-env': keyVariable } = entry;
  if (keyVariable !== undefined) {
    if (username === undefined && passwordVariable === undefined)
      return { at: 'api-key-env', variable: keyVariable };
    const problem = 'an API key goes without username and password-env: give one of both';
    return { path: ['api-key-env'], problem };
  }
  if (username !== undefined && passwordVariable !== undefined)
    return { at: 'password-env', username, variable: passwordVariable };
  const problem =
    'needs an account of its own, because every host keeps its secret: username and password-env, or api-key-env';
  return { path: [], problem };
}
