import {
  connectionProblems,
  emptied,
  filePath,
  fromText,
  nameOf,
  OPTION_KEYS,
  OPTIONS,
  outdone,
  parseEndpoint,
  RIVALS,
  type ConfigValues,
  type OptionKey,
  type ValueSource,
} from '../../settings/index.js';
import { inputError } from '../../support/index.js';
import type { Machine } from './machine.js';

/** What `--update-config` may change of an existing machine: where Prism Central is, and how to sign in there. */
const RENEWABLE = OPTION_KEYS.filter(
  (key) => OPTIONS[key].group === 'Prism Central' && key !== 'StoreCredentials',
);
const SERVER: readonly OptionKey[] = ['Endpoint', 'Port', 'API'];
const FILES: readonly OptionKey[] = ['CredentialsFile', 'CAFile'];

/**
 * rancher-machine starts a plugin with its own command line, and drivers take renewed settings from it: that is
 * how `--update-config` works (reference of the plugin protocol, section 9.2). With it, flags win over the
 * environment, and both over what is stored; what a renewed setting makes pointless is dropped, for instance the
 * stored API key when a password is given. Without it nothing changes. Throws `invalid-input`.
 */
export function renewConnection(machine: Machine, commandLine: readonly string[]): void {
  for (const key of RENEWABLE) {
    if (isSecret(key)) machine.log.redactor.add(argumentOf(commandLine, key) ?? '');
  }
  if (!isWanted(commandLine)) return;
  const { values, config } = machine;
  const { given, sources, problems } = renewedValues(machine, commandLine);
  const renewedKeys = RENEWABLE.filter((key) => sources[key] !== undefined);
  if (renewedKeys.length === 0 && problems.length === 0) return;
  // A renewed setting takes the place of those that are stored and would win over it; `false` is no such setting.
  const counts = (key: OptionKey): boolean => renewedKeys.includes(key) && given[key] !== false;
  const stale = RIVALS.filter((keys) => keys.some(counts)).flat();
  // What is known of the API is known of the server that was asked.
  const ofServer = SERVER.some(counts) ? { SpokenApi: '' } : {};
  const renewed = { ...values, ...emptied(stale), ...portOfItsOwn(values, counts), ...given, ...ofServer };
  const candidate: ConfigValues = { ...renewed, ...outdone(renewed, sources) };
  // As at create: what a credentials file makes pointless is not stored.
  const unused = candidate.CredentialsFile === '' ? {} : { Password: '', APIKey: '' };
  const all = [...problems, ...connectionProblems({ ...candidate, ...unused }, renewedKeys)];
  const wrong = inputError(machine.attempt('renew the connection of'), all);
  if (wrong !== undefined) throw wrong;
  config.update({ ...candidate, ...unused });
}

interface Renewed {
  readonly given: Partial<ConfigValues>;
  readonly sources: Partial<Record<OptionKey, ValueSource>>;
  readonly problems: readonly string[];
}

/** What command line and environment say; an empty text says nothing. */
function renewedValues({ environment, folder, log }: Machine, commandLine: readonly string[]): Renewed {
  const sources: Partial<Record<OptionKey, ValueSource>> = {};
  const found: [OptionKey, string | boolean][] = [];
  const problems: string[] = [];
  for (const key of RENEWABLE) {
    const option = OPTIONS[key];
    const flag = argumentOf(commandLine, key);
    const text = flag ?? environment[option.env]?.replace(/^[\r\n]+|[\r\n]+$/g, '') ?? '';
    if (text === '') continue;
    const value = fromText(option, text);
    if (typeof value !== 'string' && typeof value !== 'boolean') {
      problems.push(`${nameOf(option)} must be true or false`);
      continue;
    }
    sources[key] = flag === undefined ? 'environment' : 'flag';
    // Later commands run in other folders, so full paths are stored.
    const isPath = typeof value === 'string' && FILES.includes(key);
    found.push([key, isPath ? filePath(folder(), value, environment['HOME']) : value]);
    if (isSecret(key)) log.redactor.add(String(value));
  }
  return { given: Object.fromEntries(found), sources, problems };
}

/** A renewed port takes the place of the one within the stored endpoint. */
function portOfItsOwn(values: ConfigValues, isGiven: (key: OptionKey) => boolean): Partial<ConfigValues> {
  if (isGiven('Endpoint')) return { Port: OPTIONS.Port.fallback };
  const endpoint = parseEndpoint(values.Endpoint);
  return isGiven('Port') && !('problem' in endpoint) ? { Endpoint: endpoint.host } : {};
}

function isSecret(key: OptionKey): boolean {
  const option: { readonly secret?: boolean | undefined } = OPTIONS[key];
  return option.secret === true;
}

/** The flag stands among the arguments, and not with `=false`. */
function isWanted(commandLine: readonly string[]): boolean {
  return commandLine.some((argument) => /^--?update-config(=(?!(f|false|0)$)[\s\S]*)?$/i.test(argument));
}

/** The value of `--name=value` or `--name value`, with one dash or two; the last one counts. A switch has no value. */
function argumentOf(commandLine: readonly string[], key: OptionKey): string | undefined {
  const { name, kind } = OPTIONS[key];
  let found: string | undefined;
  for (const [index, argument] of commandLine.entries()) {
    const [, flag, inline] = /^--?([^=]+)(?:=([\s\S]*))?$/.exec(argument) ?? [];
    if (flag === name) found = inline ?? (kind === 'bool' ? 'true' : commandLine[index + 1]);
  }
  return found;
}
