import { distance } from 'fastest-levenshtein';
import { inputError, type OperationError } from '../support/index.js';
import type { FilesystemType } from '../node/index.js';
import { mountOptionsIn } from './identity/tag.js';
import type { VolumeOptions } from './volume-service.js';

/** Options of a volume as users write them: `docker volume create -o NAME=VALUE`, parameters of CSI, the policy file. */
export interface OptionText {
  readonly name: string;
  /** Names that other volume plugins have for it. */
  readonly aliases: readonly string[];
  /** What it takes, for help and for errors. */
  readonly takes: string;
  readonly help: string;
  /** undefined = the value is no such thing. */
  readonly read: (text: string) => VolumeOptions | undefined;
}

const KIB = 1024;
const UNITS = ['', 'K', 'M', 'G', 'T', 'P'];
const FILESYSTEM_TYPES: readonly FilesystemType[] = ['xfs', 'ext4'];
const REMOVALS = ['keep', 'delete'] as const;

/** Bytes of `20G`, `1.5TiB`, `512M`; units are powers of 1024, and one has to be there. undefined = no size. */
export function parseSize(text: string): number | undefined {
  const [, digits = '', unit = ''] = /^\s*(\d{1,9}(?:\.\d{1,3})?)\s*([KMGTP])(?:i?B)?\s*$/i.exec(text) ?? [];
  const bytes = Number(digits) * KIB ** UNITS.indexOf(unit.toUpperCase());
  return digits !== '' && bytes >= 1 && Number.isSafeInteger(Math.round(bytes))
    ? Math.round(bytes)
    : undefined;
}

/** The shortest text of a size, e.g. `20G`, `1.5T`; what has no short one is rounded to a tenth. */
export function sizeText(bytes: number): string {
  const power = bytes < KIB ? 0 : Math.min(Math.floor(Math.log2(bytes) / 10), UNITS.length - 1);
  return `${String(Math.round((bytes / KIB ** power) * 10) / 10)}${UNITS[power] ?? ''}`;
}

/** All options, in the order of the help. */
export const OPTION_TEXTS: readonly OptionText[] = [
  {
    name: 'size',
    aliases: [],
    takes: 'a size with its unit, such as 20G, 512M or 1.5T (powers of 1024)',
    help: 'Size of the volume',
    read: (text) => withSize(parseSize(text)),
  },
  {
    name: 'sizeMb',
    aliases: ['size-mb'],
    takes: 'a number of MiB',
    help: 'Size, as the Nutanix plugin of 2017 took it',
    read: (text) => withSize(parseSize(`${text}M`)),
  },
  {
    name: 'sizeInGiB',
    aliases: ['size-in-gib'],
    takes: 'a number of GiB',
    help: 'Size, as the HPE plugin takes it',
    read: (text) => withSize(parseSize(`${text}G`)),
  },
  {
    name: 'fs',
    aliases: ['filesystem', 'fileSystemType', 'fsType'],
    takes: 'xfs or ext4',
    help: 'File system with which a new volume is formatted',
    read: (text) => present({ filesystem: FILESYSTEM_TYPES.find((type) => type === text) }),
  },
  {
    name: 'owner',
    aliases: ['fsOwner'],
    takes: 'UID:GID, two numbers',
    help: "Owner of a new volume's top folder",
    read: (text) => present({ owner: ownerOf(text) }),
  },
  {
    name: 'mode',
    aliases: ['fsMode'],
    takes: 'an octal mode such as 0750',
    help: "Mode of a new volume's top folder",
    read: (text) => present({ mode: /^0?[0-7]{3,4}$/.test(text) ? parseInt(text, 8) : undefined }),
  },
  {
    name: 'mount-options',
    aliases: ['mountOptions'],
    takes: 'words with commas between them, as mount -o, without those that mount something else',
    help: 'How it is mounted',
    read: (text) =>
      present({ mountOptions: text.split(',').includes('') ? undefined : mountOptionsIn(text) }),
  },
  naming('from', ['from', 'cloneOf'], 'a volume', 'Begin with a copy of this volume'),
  naming(
    'fromSnapshot',
    ['from-snapshot', 'fromSnapshot'],
    'a snapshot',
    'Begin with what this snapshot holds',
  ),
  naming(
    'import',
    ['import', 'importVol'],
    'a volume group',
    'Take a volume group that exists and was not made here',
  ),
  naming(
    'storageContainer',
    ['storage-container', 'storageContainer'],
    'a storage container',
    'Where the volume lies',
  ),
  {
    name: 'on-remove',
    aliases: ['onRemove'],
    takes: 'keep or delete',
    help: 'What its removal does: keep the data for the grace time, or delete it at once',
    read: (text) => present({ onRemove: REMOVALS.find((removal) => removal === text) }),
  },
];

const ENCRYPTED =
  'volume groups have no encryption of their own; name a storage container that is encrypted (storage-container)';

/**
 * What other plugins have as options and Nutanix Volumes has not, with what to do. Source: the models of `volumes` v4.0 to v4.3
 * have no member for encryption; storage containers have `isSoftwareEncryptionEnabled`.
 */
const INSTEAD: ReadonlyMap<string, string> = new Map([
  ['encryption', ENCRYPTED],
  ['encrypt', ENCRYPTED],
  ['encrypted', ENCRYPTED],
]);

/**
 * The options of a volume from texts by name; the names of other plugins are taken, too. Throws `invalid-input` with all
 * that is wrong.
 */
export function volumeOptionsFrom(texts: Readonly<Record<string, string>>, attempted: string): VolumeOptions {
  const problems: string[] = [];
  const given = new Map<keyof VolumeOptions, string>();
  let options: VolumeOptions = {};
  for (const [name, text] of Object.entries(texts)) {
    const option = optionNamed(name);
    const read = option?.read(text.trim());
    if (option === undefined) problems.push(unknownName(name));
    else if (read === undefined) problems.push(`option ${name} must be ${option.takes}, not "${text}"`);
    else {
      for (const key of keysOf(read)) {
        const other = given.get(key);
        if (other !== undefined) problems.push(`options ${other} and ${name} say the same; give one of them`);
        given.set(key, name);
      }
      options = { ...options, ...read };
    }
  }
  const sources = (['from', 'fromSnapshot', 'import'] as const).flatMap((key) => given.get(key) ?? []);
  if (sources.length > 1) problems.push(`options ${sources.join(' and ')} exclude one another`);
  const error: OperationError | undefined = inputError(attempted, problems);
  if (error !== undefined) throw error;
  return options;
}

/** What `-o help` prints: each option with what it takes; `prefix` stands before the names. */
export function optionTextsHelp(prefix = '-o '): string {
  const lines = OPTION_TEXTS.map(({ name, aliases, takes, help }) => {
    const others = aliases.length === 0 ? '' : ` (also ${aliases.join(', ')})`;
    return `  ${prefix}${name}=… ${help}: ${takes}${others}`;
  });
  return `Options of a volume:\n${lines.join('\n')}`;
}

/** An option that takes the name or id of something. */
function naming(
  member: 'from' | 'fromSnapshot' | 'import' | 'storageContainer',
  [name, alias]: readonly [name: string, alias: string],
  what: string,
  help: string,
): OptionText {
  const read = (text: string): VolumeOptions | undefined => present({ [member]: nonEmpty(text) });
  return { name, aliases: [alias], takes: `name or id of ${what}`, help, read };
}

function optionNamed(name: string): OptionText | undefined {
  const wanted = name.toLowerCase();
  return OPTION_TEXTS.find((option) =>
    [option.name, ...option.aliases].some((one) => one.toLowerCase() === wanted),
  );
}

function unknownName(name: string): string {
  const names = OPTION_TEXTS.flatMap((option) => [option.name, ...option.aliases]);
  const instead = INSTEAD.get(name.toLowerCase());
  if (instead !== undefined) return `there is no option ${name}: ${instead}`;
  const near = meant(name, names);
  if (near !== undefined) return `there is no option ${name}; did you mean ${near}?`;
  return `there is no option ${name}; known: ${OPTION_TEXTS.map((option) => option.name).join(', ')}`;
}

/** The one of the known names that a wrong one is most likely to be; undefined = none is like it. */
export function meant(wrong: string, known: readonly string[]): string | undefined {
  return known.find((name) => distance(name.toLowerCase(), wrong.toLowerCase()) <= 2);
}

function keysOf(options: VolumeOptions): (keyof VolumeOptions)[] {
  const known: readonly (keyof VolumeOptions)[] = [
    'sizeBytes',
    'filesystem',
    'owner',
    'mode',
    'mountOptions',
    'from',
    'fromSnapshot',
    'import',
    'storageContainer',
    'onRemove',
  ];
  return known.filter((key) => options[key] !== undefined);
}

function withSize(sizeBytes: number | undefined): VolumeOptions | undefined {
  return present({ sizeBytes });
}

/** The options, unless the one that was read is undefined. */
function present(options: VolumeOptions): VolumeOptions | undefined {
  return Object.values(options).some((value) => value === undefined) ? undefined : options;
}

function nonEmpty(text: string): string | undefined {
  return text === '' ? undefined : text;
}

/** What Linux has as ids of users and groups: 32 bits without the last, which means none. */
const LARGEST_ID = 0xfffffffe;

function ownerOf(text: string): VolumeOptions['owner'] {
  const [, uid = '', gid = ''] = /^(\d{1,10}):(\d{1,10})$/.exec(text) ?? [];
  if (uid === '' || Number(uid) > LARGEST_ID || Number(gid) > LARGEST_ID) return undefined;
  return { uid: Number(uid), gid: Number(gid) };
}
