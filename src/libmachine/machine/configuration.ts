import {
  absolutePaths,
  fileProblems,
  machineNameProblem,
  optionProblems,
  OPTION_KEYS,
  OPTIONS,
  readFlags,
  sshKeyPathOf,
  type ConfigValues,
  type FlagValues,
} from '../../settings/index.js';
import { inputError } from '../../support/index.js';
import type { Machine } from './machine.js';
import { renewConnection } from './renewal.js';

/** Options whose values never go into config.json when credentials are not to be stored. */
const CREDENTIALS = new Set(
  Object.entries(OPTIONS).flatMap(([key, option]) => (isSecret(option) ? [key] : [])),
);

function isSecret(option: { secret?: boolean | undefined }): boolean {
  return option.secret === true;
}

/** SetConfigRaw. */
export function loadConfig(machine: Machine, json: Uint8Array, commandLine: readonly string[]): void {
  machine.config.load(json);
  renewConnection(machine, commandLine);
  configChanged(machine);
}

/** GetConfigRaw. */
export function saveConfig({ config, values }: Machine): Uint8Array {
  const without = values.StoreCredentials === 'false' ? CREDENTIALS : undefined;
  return Buffer.from(config.toJson(without));
}

/** SetConfigFromFlags. Everything that is wrong comes in one error, with flag and environment variable. */
export async function configureFromFlags(machine: Machine, flags: FlagValues): Promise<void> {
  const { values: given, problems, unread } = readFlags(flags, machine.environment);
  const values = { ...given, ...absolutePaths(given, machine.environment, machine.folder) };
  for (const secret of [values.Password, values.APIKey]) machine.log.redactor.add(secret);
  const candidate: ConfigValues = { ...machine.values, ...values };
  const name = machineNameProblem(candidate.MachineName);
  const all = [
    ...(name === undefined ? [] : [name]),
    ...problems,
    ...optionProblems(values, OPTION_KEYS, unread),
    ...(await fileProblems(candidate)),
  ];
  const error = inputError(machine.attempt('read the options of'), all);
  if (error !== undefined) throw error;
  // What a credentials file makes useless is not stored.
  const unused = values.CredentialsFile === '' ? {} : { Password: '', APIKey: '' };
  machine.config.update({ ...values, ...unused, ...swarmValues(flags) });
  // As with Go drivers, so that `inspect` shows it.
  machine.config.update({ SSHKeyPath: sshKeyPathOf(machine.values) });
  configChanged(machine);
}

/** Go drivers copy these flags of the client into the configuration. */
function swarmValues(flags: FlagValues): Partial<ConfigValues> {
  const text = (name: string): string => {
    const value = flags.get(name);
    return typeof value === 'string' ? value : '';
  };
  return {
    SwarmMaster: flags.get('swarm-master') === true,
    SwarmHost: text('swarm-host'),
    SwarmDiscovery: text('swarm-discovery'),
  };
}

/** The connection may have changed, and there may be new secrets to be kept out of the log. */
function configChanged({ session, log, values }: Machine): void {
  session.disconnect();
  log.redactor.addBasic(values.Username, values.Password);
  log.redactor.add(values.APIKey);
  log.redactor.addUrl(values.ProxyURL);
}
