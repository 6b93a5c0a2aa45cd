import type { Connection } from '../../provider/index.js';
import { inputError } from '../../support/index.js';
import { MachineConfig } from '../config/index.js';
import { connectionOf, type Warn } from './index.js';
import {
  OPTION_KEYS,
  optionProblems,
  OPTIONS,
  readFlags,
  type Environment,
  type FlagValues,
} from '../options/index.js';
import { absolutePaths } from '../files/paths.js';

const CONNECTION_KEYS = OPTION_KEYS.filter((key) => OPTIONS[key].group === 'Prism Central');
const NAMES = new Set<string>(CONNECTION_KEYS.flatMap((key) => [OPTIONS[key].name, OPTIONS[key].env]));

/**
 * The Prism Central that create flags and environment mean, for a program that has no machine. Other flags are
 * ignored. Rejects with `invalid-input`, naming all that is wrong.
 */
export async function connectionFromFlags(
  flags: FlagValues,
  environment: Environment,
  warn: Warn,
): Promise<Connection> {
  const about = <V>(entries: Iterable<[string, V]>): [string, V][] =>
    [...entries].filter(([name]) => NAMES.has(name));
  const { values, problems, unread } = readFlags(
    new Map(about(flags)),
    Object.fromEntries(about(Object.entries(environment))),
  );
  const all = [...problems, ...optionProblems(values, CONNECTION_KEYS, unread)];
  const wrong = inputError('connect to Prism Central', all);
  if (wrong !== undefined) throw wrong;
  const config = new MachineConfig();
  config.update({ ...values, ...absolutePaths(values, environment) });
  return await connectionOf(config.values, environment, warn);
}
