import { hostNameProblem } from '../../host/rules/index.js';
import type { Category } from '../../provider/index.js';
import {
  namesEntity,
  OPTION_KEYS,
  OPTIONS,
  optionsNaming,
  type Option,
  type OptionKey,
  type OptionValues,
} from '../../settings/index.js';
import { asOneError, OperationError } from '../../support/index.js';

const PREFIX = 'nutanix-';

/** Options of the driver that mean nothing for instances, each with what to do instead. */
export const REFUSED: Readonly<Partial<Record<OptionKey, string>>> = {
  StoreCredentials: 'the plugin stores no credentials; leave it out',
  StaticIPs: 'an address belongs to one VM, and a group has many; let the subnet give the addresses',
  SSHKey: 'give the file as key_path of connector_config; without one the plugin makes a key for the group',
  SSHKeyType: 'the key of a group is ed25519; another one can be given as key_path of connector_config',
  StopTimeout: 'instances are removed and never shut down; leave it out',
  KeepOnError: 'an instance that failed is removed, since the runner does not count it; leave it out',
  Agent: 'the plugin is a process that stays, and needs no agent; leave it out',
};

/** What the options of the driver are for instances, where that is something else. */
export const INSTANCE_FALLBACKS = {
  Description: 'Instance of GitLab Runner made by fleeting-plugin-nutanix',
} as const satisfies Partial<OptionValues>;

/** The options that an instance has, in the order of the driver's `--help`. */
export const INSTANCE_OPTIONS: readonly OptionKey[] = OPTION_KEYS.filter((key) => REFUSED[key] === undefined);

/** Key of an option in `plugin_config`: the name of its flag without `nutanix-`, as TOML writes names. */
export function configKeyOf({ name }: Pick<Option, 'name'>): string {
  return name.slice(PREFIX.length).replaceAll('-', '_');
}

const BY_KEY = new Map(OPTION_KEYS.map((key) => [configKeyOf(OPTIONS[key]), key]));

/** The option of a key; undefined = there is none. */
export function optionOf(key: string): OptionKey | undefined {
  return BY_KEY.get(key);
}

/** A key of the group itself. `check`: what is wrong with a value, to be put behind the key; undefined = nothing. */
interface GroupKey {
  readonly kind: 'string' | 'int';
  readonly required?: true;
  /** For users to read. */
  readonly fallback?: string;
  readonly help: string;
  readonly check: (value: string | number) => string | undefined;
}

/** What stands for the part of a name that differs, as in docker+machine's MachineName. */
const UNIQUE = '%s';
/** Characters of that part. */
export const UNIQUE_LENGTH = 8;
/** So many characters a group's name has at most: the instance's own part and a hyphen follow, within a host name. */
const LONGEST_GROUP = 40;
const MOST_INSTANCES = 10_000;
const MOST_IN_PARALLEL = 100;

/** Key of the categories that instances carry; the value is the group's name. No other VM has one. */
export const CATEGORY_KEY = 'fleeting-plugin-nutanix-group';

/**
 * The category of a group's instances. A name of a group has characters that every API takes in a value, and is shorter than
 * the longest (reference v3 2.1: 64); it has no capitals, so that two of them differ also where case does not count.
 */
export function categoryOf(group: string): Category {
  return { key: CATEGORY_KEY, value: group };
}

export const GROUP_KEYS = {
  name: {
    kind: 'string',
    required: true,
    help: 'Name of the group, which no other runner may have on this Prism Central',
    check: (value) =>
      /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/.test(String(value)) && String(value).length <= LONGEST_GROUP
        ? undefined
        : `must be lower-case letters, digits and hyphens, at most ${LONGEST_GROUP}, and begin and end with a letter or a digit`,
  },
  max_size: {
    kind: 'int',
    required: true,
    help: 'The most instances at a time, whatever the runner asks for',
    check: between(1, MOST_INSTANCES),
  },
  instance_name: {
    kind: 'string',
    fallback: 'NAME-%s',
    help: `Names of the instances: %s stands for ${UNIQUE_LENGTH} letters and digits`,
    check: (value) => namePatternProblem(String(value)),
  },
  parallel: {
    kind: 'int',
    fallback: '10',
    help: 'So many instances are made or removed at the same time',
    check: between(1, MOST_IN_PARALLEL),
  },
  state_dir: {
    kind: 'string',
    fallback: '~/.local/state/fleeting-plugin-nutanix',
    help: 'Folder in which each group has one for its SSH key and its lock, or below $XDG_STATE_HOME',
    check: () => undefined,
  },
} as const satisfies Readonly<Record<string, GroupKey>>;

export type GroupKeyName = keyof typeof GROUP_KEYS;

export function isGroupKey(key: string): key is GroupKeyName {
  return Object.hasOwn(GROUP_KEYS, key);
}

/** Every key that is accepted. */
export function acceptedKeys(): readonly string[] {
  return [...Object.keys(GROUP_KEYS), ...INSTANCE_OPTIONS.map((key) => configKeyOf(OPTIONS[key]))];
}

/** The two parts of a pattern for names, before and behind what differs. */
export function partsOfPattern(pattern: string): { readonly prefix: string; readonly suffix: string } {
  const at = pattern.indexOf(UNIQUE);
  return { prefix: pattern.slice(0, at), suffix: pattern.slice(at + UNIQUE.length) };
}

function namePatternProblem(pattern: string): string | undefined {
  if (pattern.split(UNIQUE).length !== 2) return `must have ${UNIQUE} in it once, as in ci-${UNIQUE}`;
  const { prefix, suffix } = partsOfPattern(pattern);
  if (prefix === '')
    return `must begin with a text of its own, as in ci-${UNIQUE}: instances are found by it`;
  const problem = hostNameProblem(`${prefix}${'0'.repeat(UNIQUE_LENGTH)}${suffix}`);
  return problem === undefined ? undefined : `makes no host names: "${problem.name}" ${problem.why}`;
}

function between(lowest: number, highest: number): GroupKey['check'] {
  return (value) =>
    typeof value === 'number' && value >= lowest && value <= highest
      ? undefined
      : `must be from ${lowest} to ${highest}, not ${value}`;
}

/** A text about the driver's options with the keys of `plugin_config` instead of flags; their variables stay. */
export function inKeys(text: string): string {
  return text.replaceAll(/--nutanix-([a-z0-9-]+)/g, (_, name: string) => name.replaceAll('-', '_'));
}

/**
 * The same error in the words of `plugin_config`: keys instead of flags, and the key behind the name of an entity that the
 * error is about.
 */
export function errorInKeys(error: OperationError, values: OptionValues): OperationError {
  const { cause, concerns, attempted, problem, advice } = error;
  if (cause instanceof AggregateError) {
    const [first, ...others] = cause.errors.map((one) =>
      errorInKeys(OperationError.from(one, attempted), values),
    );
    if (first !== undefined) return asOneError(attempted, [first, ...others]);
  }
  const named = concerns === undefined ? [] : keysNaming(concerns.kind, concerns.name, values);
  const behind = named.length === 0 ? '' : ` (${named.join(', ')})`;
  return error.with({
    attempted: `${inKeys(attempted)}${behind}`,
    problem: inKeys(problem),
    advice: advice === undefined ? undefined : inKeys(advice),
  });
}

/** Where more than one key may name an entity, those whose values do; when none does, the likelier one. */
function keysNaming(kind: string, name: string, values: OptionValues): readonly string[] {
  const options = optionsNaming(kind);
  const naming = options.filter(({ key }) => namesEntity(values[key], name));
  return (naming.length > 0 ? naming : options.slice(0, 1)).map(({ key }) => configKeyOf(OPTIONS[key]));
}
