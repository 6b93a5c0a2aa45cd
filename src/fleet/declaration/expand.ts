import { homedir } from 'node:os';
import { dirname } from 'node:path';
import { filePath } from '../../settings/index.js';
import { ipv4Number, ipv4Text } from '../../support/index.js';
import { flagOfKey, hostOptionsShape, isPath, type FlagValue } from './driver-values.js';
import type { HostDeclaration } from './fleet.js';
import type { Path, YamlText } from './positions.js';
import type { FileProblem } from './problem.js';
import type { FleetFile, GroupEntry } from './schema.js';

/** The counted part of a name. */
const NAME_PATTERN = /\{(\d{1,4})\.\.(\d{1,4})\}/;
const MOST_HOSTS = 1000;

/**
 * The names of a group: `web` → web; `web` with count 2 → web-1, web-2; `web-{1..3}` → web-1, web-2, web-3;
 * `web-{08..10}` → web-08, web-09, web-10. A text instead of names says what is wrong.
 */
export function expandNames(name: string, count: number | undefined): readonly string[] | string {
  const match = NAME_PATTERN.exec(name);
  if (match === null) {
    if (/[{}]/.test(name)) return `the pattern in ${name} must be {FIRST..LAST}, e.g. {1..3}`;
    if (count === undefined) return [name];
    return Array.from({ length: count }, (_, index) => `${name}-${index + 1}`);
  }
  const [pattern, first = '', last = ''] = match;
  const rest = name.replace(pattern, '');
  if (/[{}]/.test(rest)) return `${name} has more than one pattern`;
  const [from, to] = [Number(first), Number(last)];
  if (to < from) return `the pattern ${pattern} counts down`;
  const length = to - from + 1;
  if (length > MOST_HOSTS) return `the pattern ${pattern} makes ${length} hosts; at most ${MOST_HOSTS}`;
  if (count !== undefined && count !== length)
    return `${pattern} makes ${length} hosts, but count says ${count}`;
  const width = first.startsWith('0') ? first.length : 0;
  return Array.from({ length }, (_, index) =>
    name.replace(pattern, String(from + index).padStart(width, '0')),
  );
}

/** Addresses as a list or as a range of IPv4 addresses, FIRST-LAST. A text says what is wrong. */
export function expandAddresses(given: string | readonly string[]): readonly string[] | string {
  if (typeof given !== 'string') return given;
  const [first = '', last] = given.split('-').map((part) => part.trim());
  if (last === undefined) return [first];
  const [from, to] = [ipv4Number(first), ipv4Number(last)];
  if (!(to >= from && to - from < MOST_HOSTS)) {
    return `${given} must be a list of addresses or FIRST-LAST, e.g. 10.0.0.11-10.0.0.15`;
  }
  return Array.from({ length: to - from + 1 }, (_, index) => ipv4Text(from + index));
}

export interface Expanded {
  readonly hosts: readonly HostDeclaration[];
  readonly problems: readonly FileProblem[];
}

interface Scope {
  readonly nutanix?: Readonly<Record<string, FlagValue | undefined>> | undefined;
  readonly engine?: Readonly<Record<string, FlagValue | undefined>> | undefined;
}

/** Every host of the file. What is nearer to a host wins: its own entry, spread, group, defaults, connection. */
export function expandGroups(
  entry: FleetFile,
  connection: ReadonlyMap<string, FlagValue>,
  file: string,
  yaml: YamlText,
): Expanded {
  const problems: FileProblem[] = [];
  const hosts = entry.groups.flatMap((group, index): HostDeclaration[] => {
    const at = ['groups', index];
    const complain = (path: Path, text: string): void => {
      problems.push(yaml.problemAt([...at, ...path], text));
    };
    const names = expandNames(group.name, group.count);
    if (typeof names === 'string') {
      complain(['name'], names);
      return [];
    }
    const addresses = addressesOf(group, names.length, complain);
    checkReferences(group, names, complain);
    return names.map((name, number) => {
      const flags = new FlagSet(dirname(file));
      for (const [flag, value] of connection) flags.set(flag, value, ['connection']);
      flags.add(entry.defaults, ['defaults']);
      flags.add(group, at);
      for (const [key, values] of Object.entries(group.spread ?? {})) {
        flags.set(flagOfKey(key), spreadValue(values, number), [...at, 'spread', key]);
      }
      const address = addresses[number];
      if (address !== undefined) flags.set('nutanix-ip', [address], [...at, 'addresses']);
      const own = group.hosts?.[name];
      flags.add(own, [...at, 'hosts', name]);
      const swarm = own?.swarm ?? group.swarm;
      return {
        name,
        group: group.name,
        role: group.role,
        flags: flags.values,
        swarm,
        at: [...at, 'name'],
        origins: flags.origins,
      };
    });
  });
  return { hosts, problems };
}

class FlagSet {
  readonly values = new Map<string, FlagValue>();
  readonly origins = new Map<string, Path>();

  constructor(readonly folder: string) {}

  set(flag: string, value: FlagValue, origin: Path): void {
    const isFile = isPath(flag) && typeof value === 'string';
    this.values.set(flag, isFile ? filePath(this.folder, value, homedir()) : value);
    this.origins.set(flag, origin);
  }

  add(scope: Scope | undefined, at: Path): void {
    for (const [key, value] of Object.entries(scope?.nutanix ?? {})) {
      if (value !== undefined) this.set(flagOfKey(key), value, [...at, 'nutanix', key]);
    }
    for (const [key, value] of Object.entries(scope?.engine ?? {})) {
      if (value !== undefined) this.set(`engine-${key}`, value, [...at, 'engine', key]);
    }
  }
}

/** In a list, `vm-network: [a, b]` gives each host one value: that is what spreading means. */
function spreadValue(values: readonly string[], number: number): string {
  return values[number % values.length] ?? '';
}

type Complain = (path: Path, text: string) => void;

function addressesOf(group: GroupEntry, count: number, complain: Complain): readonly string[] {
  if (group.addresses === undefined) return [];
  const addresses = expandAddresses(group.addresses);
  if (typeof addresses === 'string') {
    complain(['addresses'], addresses);
    return [];
  }
  if (addresses.length < count) complain(['addresses'], `${addresses.length} addresses for ${count} hosts`);
  return addresses;
}

function checkReferences(group: GroupEntry, names: readonly string[], complain: Complain): void {
  for (const name of Object.keys(group.hosts ?? {})) {
    if (!names.includes(name))
      complain(['hosts', name], `this group has no host ${name}, only ${names.join(', ')}`);
  }
  for (const key of Object.keys(group.spread ?? {})) {
    if (!Object.hasOwn(hostOptionsShape, key))
      complain(['spread', key], `the driver has no flag --nutanix-${key}`);
  }
}
