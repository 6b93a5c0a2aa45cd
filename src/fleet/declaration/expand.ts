import { homedir } from 'node:os';
import { dirname } from 'node:path';
import { filePath } from '../../settings/index.js';
import { flagOfKey, hostOptionsShape, isPath, type FlagValue } from './driver-values.js';
import type { HostDeclaration } from './fleet.js';
import { expandAddresses, expandNames } from './names.js';
import type { Path, YamlText } from './positions.js';
import type { FileProblem } from './problem.js';
import type { FleetFile, GroupEntry } from './schema.js';

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
