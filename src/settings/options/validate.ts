import { holdsPassword } from './checks.js';
import { parseEndpoint } from './endpoint.js';
import type { Option } from './option.js';
import { nameOf, OPTION_KEYS, OPTIONS, type OptionKey, type OptionValues } from './table.js';

/**
 * Everything that is wrong with the options by themselves: no file is read, no server is asked. `unread`: those whose values
 * `readFlags` has refused already; their fallbacks are none that a user has given.
 */
export function optionProblems(
  values: OptionValues,
  keys: readonly OptionKey[] = OPTION_KEYS,
  unread: readonly OptionKey[] = [],
): string[] {
  const isUnread = (text: string): boolean => unread.some((key) => text.includes(name(key)));
  const each = keys
    .filter((key) => !unread.includes(key))
    .flatMap((key) => problemOf(key, values[key]) ?? []);
  const together = [...CONTRADICTIONS, ...COMBINATIONS].flatMap((rule) => rule(values) ?? []);
  return [...each, ...together.filter((text) => !isUnread(text))];
}

/** The same for the way to a Prism Central that a machine has already: the given options, and what contradicts. */
export function connectionProblems(values: OptionValues, given: readonly OptionKey[]): string[] {
  const each = given.flatMap((key) => problemOf(key, values[key]) ?? []);
  return [...each, ...CONTRADICTIONS.flatMap((rule) => rule(values) ?? [])];
}

function problemOf(key: OptionKey, value: OptionValues[OptionKey]): string | undefined {
  const option: Option = OPTIONS[key];
  const empty = value === '' || (typeof value === 'object' && value.length === 0);
  if (empty) return option.required === true ? `${nameOf(option)} is required` : undefined;
  const problem = checkOf(option, value);
  return problem === undefined ? undefined : `${nameOf(option)} ${problem}`;
}

function checkOf(option: Option, value: OptionValues[OptionKey]): string | undefined {
  if (option.kind === 'string' && typeof value === 'string') return option.check?.(value);
  if (option.kind === 'int' && typeof value === 'number') return option.check?.(value);
  if (option.kind === 'slice' && typeof value === 'object') return option.check?.(value);
  return undefined;
}

const name = (key: OptionKey): string => nameOf(OPTIONS[key]);

/** Two options about the way to Prism Central that cannot both be meant. */
const CONTRADICTIONS: readonly ((values: OptionValues) => string | undefined)[] = [
  ({ APIKey, Password }) =>
    APIKey !== '' && Password !== ''
      ? `${name('APIKey')} and ${name('Password')} exclude each other`
      : undefined,
  ({ Insecure, CAFile, Fingerprint }) => {
    const given = [
      Insecure && name('Insecure'),
      CAFile !== '' && name('CAFile'),
      Fingerprint !== '' && name('Fingerprint'),
    ];
    const list = given.filter((text) => text !== false);
    return list.length > 1 ? `${list.join(' and ')} exclude each other` : undefined;
  },
  ({ Endpoint, Port }) => {
    const endpoint = parseEndpoint(Endpoint);
    if ('problem' in endpoint || endpoint.port === undefined) return undefined;
    const other = Port !== OPTIONS.Port.fallback && Port !== String(endpoint.port);
    return other
      ? `${name('Endpoint')} and ${name('Port')} name two ports, ${endpoint.port} and ${Port}`
      : undefined;
  },
];

/** What options say about each other. A rule returns what is wrong, or undefined. */
const COMBINATIONS: readonly ((values: OptionValues) => string | undefined)[] = [
  ({ Username, Password, APIKey, CredentialsFile }) => {
    if (CredentialsFile !== '' || APIKey !== '') return undefined;
    const missing = [Username === '' && name('Username'), Password === '' && name('Password')];
    const list = missing.filter((text) => text !== false);
    if (list.length === 0) return undefined;
    const verb = list.length === 1 ? 'is' : 'are';
    return `${list.join(' and ')} ${verb} required, or ${name('APIKey')}, or ${name('CredentialsFile')}`;
  },
  ({ ProxyURL, StoreCredentials }) =>
    StoreCredentials === 'false' && holdsPassword(ProxyURL)
      ? `${name('ProxyURL')} holds a password, which ${name('StoreCredentials')} false keeps out of config.json: use $HTTPS_PROXY`
      : undefined,
  ({ StorageContainer, DiskSize, DockerDiskSize }) =>
    StorageContainer !== '' && DiskSize === 0 && DockerDiskSize === 0
      ? `${name('StorageContainer')} needs ${name('DiskSize')} or ${name('DockerDiskSize')}`
      : undefined,
  ({ BootType, VTPM }) =>
    VTPM && BootType === 'legacy' ? `${name('VTPM')} needs ${name('BootType')} uefi or secure` : undefined,
  ({ BootType, MachineType }) =>
    MachineType === 'pc' && BootType === 'secure'
      ? `${name('MachineType')} must be q35 for boot type secure`
      : undefined,
  ({ StaticIPs, Subnet }) =>
    StaticIPs.length > Subnet.length
      ? `${name('StaticIPs')} is given ${StaticIPs.length} times, but there are only ${Subnet.length} networks (${name('Subnet')})`
      : undefined,
  ({ CloudInit, CloudInitFile }) =>
    CloudInit !== '' && CloudInitFile !== ''
      ? `${name('CloudInit')} and ${name('CloudInitFile')} exclude each other`
      : undefined,
];
