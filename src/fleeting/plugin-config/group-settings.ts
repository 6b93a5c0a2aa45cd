import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { localProblems, type HostSpec } from '../../host/index.js';
import type { Category, Connection, Provider } from '../../provider/index.js';
import {
  absolutePaths,
  connectionOf,
  fileProblems,
  filePath,
  hostSpecOf,
  MachineConfig,
  nameOf,
  optionProblems,
  OPTIONS,
  parseCategory,
  prismCentralOf,
  readFlags,
  timeLimitOf,
  userDataOf,
  type ConfigValues,
  type Environment,
  type FlagValues,
  type OptionValues,
  type PrismCentral,
} from '../../settings/index.js';
import { inputError, invalidInput, type OperationError } from '../../support/index.js';
import type { ConnectorSettings } from '../contract.js';
import { readConnector, type StaticKey } from './connector.js';
import { ATTEMPTED, readEntries, type Entries } from './entries.js';
import {
  CATEGORY_KEY,
  categoryOf,
  errorInKeys,
  GROUP_KEYS,
  inKeys,
  INSTANCE_FALLBACKS,
  INSTANCE_OPTIONS,
  partsOfPattern,
  REFUSED,
  UNIQUE_LENGTH,
} from './keys.js';

/** Characters of one problem; the runner's log has a line for all. */
const LONGEST_PROBLEM = 1_000;

/** A group as `plugin_config` and `connector_config` ask for it. */
export interface GroupSettings {
  /** One word of lower-case letters, digits and hyphens; in the ownership tag of each instance. */
  readonly name: string;
  /** What every instance carries beside `vm_categories`; of no other group. */
  readonly category: Category;
  readonly maxSize: number;
  /** So many instances are made or removed at the same time. */
  readonly parallel: number;
  /** What the names of all instances begin with; never empty. */
  readonly namePrefix: string;
  /** The name of an instance. `unique`: `UNIQUE_LENGTH` characters of [a-z0-9] that no other one has. */
  readonly instanceName: (unique: string) => string;
  /** Full path of the group's own folder, which need not exist. */
  readonly stateFolder: string;
  /** Full path of the private key of the group, in that folder. */
  readonly keyPath: string;
  /** The runner's own key, which counts instead; secret. */
  readonly staticKey?: StaticKey | undefined;
  /** Time limit of each operation, and of an instance until it is ready, ms. */
  readonly timeLimit: number;
  /** The runner's connector_config as it is. */
  readonly connector: ConnectorSettings;
  /** The host that an instance of this name is to be; user-data has been read. */
  readonly specFor: (name: string) => HostSpec;
  /** The Prism Central of `connection`. */
  readonly prismCentral: PrismCentral;
  /** The way to Prism Central; credentials are read anew each time, since a file or a helper may have other ones by then. */
  readonly connection: () => Promise<Connection>;
  /** An error in the words of plugin_config: keys instead of flags, and the key of the entity that it is about. */
  readonly explained: (error: OperationError) => OperationError;
}

/** Of the process that reads the settings. */
export interface SettingsSource {
  readonly environment: Environment;
  /** Takes a sentence for the user, e.g. of a credentials file that others can read. */
  readonly warn: (text: string) => void;
  /** Bytes that the cloud takes; undefined = not known. */
  readonly longestUserData?: Provider['longestUserData'];
}

/**
 * The settings of a group from the bytes of `plugin_config` and from `connector_config`. Files that they name are read,
 * nothing is sent. Rejects with `invalid-input` naming all that is wrong.
 */
export async function readGroupSettings(
  config: Uint8Array,
  connector: ConnectorSettings,
  source: SettingsSource,
): Promise<GroupSettings> {
  const entries = readEntries(config);
  const asked = await readOptions(entries, connector, source);
  const folder = stateFolderOf(entries, source.environment);
  refuse([...entries.problems, ...('problem' in folder ? [folder.problem] : []), ...asked.problems]);
  const { name, maxSize, parallel, pattern } = groupOf(entries);
  const stateFolder = 'problem' in folder ? '' : join(folder.path, name);
  const keyPath = join(stateFolder, 'id_ed25519');
  const { values, staticKey } = asked;
  const userData = await userDataOf(values);
  const specFor = (instance: string): HostSpec =>
    withKey(hostSpecOf({ ...values, MachineName: instance, SSHKeyPath: keyPath }, userData), false);
  const { prefix, suffix } = partsOfPattern(pattern);
  const instanceName = (unique: string): string => `${prefix}${unique}${suffix}`;
  // The group's key is made later, and the runner's has been read.
  const example = withKey(specFor(instanceName('0'.repeat(UNIQUE_LENGTH))), 'ed25519');
  const checked = await localProblems({ provider: { longestUserData: source.longestUserData } }, example);
  refuse(checked.map(({ message }) => inKeys(message)));
  return {
    name,
    category: categoryOf(name),
    maxSize,
    parallel,
    namePrefix: prefix,
    instanceName,
    stateFolder,
    keyPath,
    staticKey,
    timeLimit: timeLimitOf(values),
    connector,
    specFor,
    prismCentral: prismCentralIn(values),
    connection: async () => await connectionOf(values, source.environment, source.warn),
    explained: (error) => errorInKeys(error, values),
  };
}

function groupOf({ group }: Entries): { name: string; maxSize: number; parallel: number; pattern: string } {
  const name = String(group.name);
  return {
    name,
    maxSize: Number(group.max_size),
    parallel: Number(group.parallel ?? GROUP_KEYS.parallel.fallback),
    pattern: String(group.instance_name ?? GROUP_KEYS.instance_name.fallback.replace('NAME', name)),
  };
}

/** Of options that were checked. */
function prismCentralIn(values: ConfigValues): PrismCentral {
  const found = prismCentralOf(values);
  if ('problem' in found) throw invalidInput(ATTEMPTED, `endpoint ${found.problem}`, '');
  return found;
}

interface AskedOptions {
  /** As a machine would have them in its configuration. */
  readonly values: ConfigValues;
  readonly staticKey: StaticKey | undefined;
  readonly problems: readonly string[];
}

/** The options of all instances, by plugin_config, connector_config and the environment, and all that is wrong with them. */
async function readOptions(
  { flags }: Entries,
  connector: ConnectorSettings,
  { environment }: SettingsSource,
): Promise<AskedOptions> {
  const read = instanceValues(flags, environment);
  const choice = await readConnector(connector, read.values);
  const options = { ...read.values, ...choice.options };
  const machine = new MachineConfig();
  machine.update({ ...options, ...absolutePaths(options, environment) });
  const relative = relativePaths(options);
  const ofFiles = relative.length > 0 ? relative : await fileProblems(machine.values);
  const problems = [
    ...read.problems,
    ...optionProblems(options, INSTANCE_OPTIONS, read.unread),
    ...ownCategories(options),
    ...ofFiles,
  ].map(inKeys);
  return { values: machine.values, staticKey: choice.staticKey, problems: [...problems, ...choice.problems] };
}

/** The options' values; the environment stands in for what is not given, unless it is about machines alone. */
function instanceValues(flags: FlagValues, environment: Environment): ReturnType<typeof readFlags> {
  const ours = new Map(Object.entries(environment));
  for (const [key, option] of Object.entries(OPTIONS)) {
    if (Object.hasOwn(REFUSED, key)) ours.delete(option.env);
  }
  const read = readFlags(flags, Object.fromEntries(ours));
  const { values } = read;
  const { Description } = OPTIONS;
  const isOurs = values.Description === Description.fallback && !flags.has(Description.name);
  return { ...read, values: isOurs ? { ...values, ...INSTANCE_FALLBACKS } : values };
}

/** The folder of all groups, or what is wrong with it. */
function stateFolderOf(
  { group }: Entries,
  { HOME, XDG_STATE_HOME }: Environment,
): { readonly path: string } | { readonly problem: string } {
  const home = HOME === undefined || HOME === '' ? homedir() : HOME;
  if (group.state_dir !== undefined) {
    const given = String(group.state_dir);
    if (isFullPath(given)) return { path: filePath('/', given, home) };
    return { problem: `state_dir must be a full path, not ${JSON.stringify(given)}` };
  }
  // A path that is not full counts as none (XDG Base Directory Specification).
  const isGiven = XDG_STATE_HOME !== undefined && isAbsolute(XDG_STATE_HOME);
  return { path: join(isGiven ? XDG_STATE_HOME : join(home, '.local', 'state'), 'fleeting-plugin-nutanix') };
}

/** An instance with the category of another group would pass for a copy of one there. */
function ownCategories({ Categories }: OptionValues): readonly string[] {
  const isOwn = Categories.some((text) => parseCategory(text)?.key === CATEGORY_KEY);
  const key = nameOf(OPTIONS.Categories);
  return isOwn ? [`${key} must not have the key ${CATEGORY_KEY}, which is the plugin's own`] : [];
}

/** Files in a runner's configuration: the folder in which a runner works is none that its user thinks of. */
function relativePaths(values: OptionValues): readonly string[] {
  return (['CAFile', 'CredentialsFile', 'CloudInitFile'] as const).flatMap((key) => {
    const path = values[key];
    return path === '' || isFullPath(path)
      ? []
      : [`${nameOf(OPTIONS[key])} must be a full path, not ${JSON.stringify(path)}`];
  });
}

function isFullPath(path: string): boolean {
  return isAbsolute(path) || path.startsWith('~/');
}

function withKey(spec: HostSpec, generate: HostSpec['ssh']['generate']): HostSpec {
  return { ...spec, ssh: { ...spec.ssh, generate, existingKey: undefined } };
}

function refuse(problems: readonly string[]): void {
  const wrong = inputError(ATTEMPTED, problems.map(shortened));
  if (wrong !== undefined) throw wrong;
}

/** A text that quotes a value may be as long as that. */
function shortened(problem: string): string {
  return problem.length <= LONGEST_PROBLEM ? problem : `${problem.slice(0, LONGEST_PROBLEM)}…`;
}
