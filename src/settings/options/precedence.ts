import { parseEndpoint } from './endpoint.js';
import { OPTIONS, type OptionKey, type OptionValues } from './table.js';

/** Where an option's value comes from. */
export type ValueSource = 'flag' | 'environment' | 'neither';
export type ValueSources = Readonly<Partial<Record<OptionKey, ValueSource>>>;

/** Options of which one makes the others pointless. */
export const RIVALS: readonly (readonly OptionKey[])[] = [
  ['Password', 'APIKey', 'CredentialsFile'],
  ['Insecure', 'CAFile', 'Fingerprint'],
];

/** These options as if they had not been given. */
export function emptied(keys: readonly OptionKey[]): Partial<OptionValues> {
  return Object.fromEntries(keys.map((key) => [key, OPTIONS[key].fallback]));
}

/**
 * What has to give way because a flag wins over the environment, also where the two are different options: an
 * API key on the command line is not in conflict with a password that lies in the environment. The result are
 * the changed values, by key.
 */
export function outdone(
  { Endpoint }: Pick<OptionValues, 'Endpoint'>,
  sources: ValueSources,
): Partial<OptionValues> {
  const contested = RIVALS.filter((keys) => keys.some((key) => sources[key] === 'flag')).flat();
  const losers = emptied(contested.filter((key) => sources[key] === 'environment'));
  const endpoint = parseEndpoint(Endpoint);
  if ('problem' in endpoint || endpoint.port === undefined) return losers;
  if (sources.Endpoint === 'flag' && sources.Port === 'environment')
    return { ...losers, ...emptied(['Port']) };
  if (sources.Port === 'flag' && sources.Endpoint === 'environment')
    return { ...losers, Endpoint: endpoint.host };
  return losers;
}
