import { holdsPassword, OPTIONS, type Environment } from '../../settings/index.js';
import { flagOfKey, type FlagValue } from './driver-values.js';
import type { YamlText } from './positions.js';
import type { FileProblem } from './problem.js';
import type { ConnectionEntry } from './schema.js';

export interface ConnectionFlags {
  readonly flags: ReadonlyMap<string, FlagValue>;
  /** By the name of the driver's environment variable. */
  readonly secrets: Readonly<Record<string, string>>;
  readonly problems: readonly FileProblem[];
}

const SECRETS = [
  { key: 'password', variable: 'NUTANIX_PASSWORD' },
  { key: 'api-key', variable: 'NUTANIX_API_KEY' },
] as const;
const NOT_FLAGS = new Set(['password-env', 'api-key-env', 'password', 'api-key', 'secrets-in-this-file']);

const PROXY =
  `the password of a proxy does not belong into this file: have its URL in the environment variable ` +
  `${OPTIONS.ProxyURL.env}; if you insist, add secrets-in-this-file: true`;

/** What the file says about Prism Central: flags, and secrets for the environment of the client's processes. */
export function connectionFlags(
  entry: ConnectionEntry | undefined,
  environment: Environment,
  yaml: YamlText,
): ConnectionFlags {
  if (entry === undefined) return { flags: new Map(), secrets: {}, problems: [] };
  const flags = new Map(
    Object.entries(entry).flatMap(([key, value]): [string, FlagValue][] =>
      NOT_FLAGS.has(key) || value === undefined ? [] : [[flagOfKey(key), value]],
    ),
  );
  const secrets: Record<string, string> = {};
  const problems: FileProblem[] = [];
  for (const { key, variable } of SECRETS) {
    const found = secretOf(entry, key, environment);
    if ('problem' in found) problems.push(yaml.problemAt(['connection', found.at], found.problem));
    else if (found.secret !== undefined) secrets[variable] = found.secret;
  }
  const { name, env } = OPTIONS.ProxyURL;
  const proxy = flags.get(name);
  if (typeof proxy === 'string' && holdsPassword(proxy)) {
    // No flag: other users see command lines, and the record keeps the flags.
    flags.delete(name);
    secrets[env] = proxy;
    if (entry['secrets-in-this-file'] !== true) problems.push(yaml.problemAt(['connection', 'proxy'], PROXY));
  }
  return { flags, secrets, problems };
}

type Found = { readonly secret?: string | undefined } | { readonly at: string; readonly problem: string };

function secretOf(entry: ConnectionEntry, key: 'password' | 'api-key', environment: Environment): Found {
  const [written, variable] = [entry[key], entry[`${key}-env`]];
  if (written !== undefined) {
    if (entry['secrets-in-this-file'] === true) return { secret: written };
    const problem =
      `a ${key} does not belong into this file: name an environment variable with ${key}-env, or a ` +
      `credentials-file; if you insist, add secrets-in-this-file: true`;
    return { at: key, problem };
  }
  if (variable === undefined) return {};
  const secret = environment[variable] ?? '';
  if (secret === '') return { at: `${key}-env`, problem: `the environment variable ${variable} is not set` };
  return { secret };
}
