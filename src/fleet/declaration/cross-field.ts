import {
  machineNameProblem,
  OPTION_KEYS,
  optionProblems,
  readFlags,
  type Environment,
} from '../../settings/index.js';
import { type HostDeclaration, selectHosts } from './fleet.js';
import type { Path, YamlText } from './positions.js';
import { flagNamedIn, type FileProblem } from './problem.js';
import type { FleetFile, Selection } from './schema.js';
import { stepProblems } from './step-problems.js';

/** Cross-field validation: the parts of the file taken together, and each host by the driver's own rules. */
export function fleetProblems(
  entry: FleetFile,
  hosts: readonly HostDeclaration[],
  environment: Environment,
  yaml: YamlText,
): FileProblem[] {
  return [
    ...hosts.flatMap((host) => hostProblems(host, environment, yaml)),
    ...duplicates(hosts, yaml),
    ...selections(entry).flatMap(({ at, selection }) => {
      const found = selectHosts(hosts, selection);
      return found.length > 0
        ? []
        : [yaml.problemAt(at, `no group, role or host is called ${selection.role}`)];
    }),
    ...swarmProblems(hosts, entry, yaml),
    ...stepProblems(entry, hosts, yaml),
  ];
}

/** What the driver would refuse, before anything is started. */
function hostProblems(host: HostDeclaration, environment: Environment, yaml: YamlText): FileProblem[] {
  const { at, origins } = host;
  const name = machineNameProblem(host.name);
  const { values, problems, unread } = readFlags(driverFlags(host), environment);
  const texts = [...problems, ...optionProblems(values, OPTION_KEYS, unread)];
  const placed = texts.map((text) => {
    const flag = flagNamedIn(text);
    const origin = flag === undefined ? undefined : origins.get(flag);
    return yaml.problemAt(origin ?? at, origin === undefined ? `${host.group}: ${text}` : text);
  });
  return [...(name === undefined ? [] : [yaml.problemAt(at, name)]), ...placed];
}

/** As the client would send them; whole numbers arrive as numbers. */
function driverFlags({ flags }: HostDeclaration): ReadonlyMap<string, unknown> {
  return new Map([...flags].filter(([flag]) => flag.startsWith('nutanix-')));
}

function duplicates(hosts: readonly HostDeclaration[], yaml: YamlText): FileProblem[] {
  const seen = new Map<string, string>();
  return hosts.flatMap(({ name, flags, at }) => {
    const addresses = flags.get('nutanix-ip');
    const given = typeof addresses === 'object' ? addresses.filter((address) => address !== 'auto') : [];
    return [`host ${name.toLowerCase()}`, ...given.map((address) => `address ${address}`)].flatMap((key) => {
      const other = seen.get(key);
      seen.set(key, name);
      if (other === undefined) return [];
      return [
        yaml.problemAt(
          at,
          key.startsWith('host') ? `${name} is declared twice` : `${name} and ${other} have the same ${key}`,
        ),
      ];
    });
  });
}

function selections(entry: FleetFile): { at: Path; selection: Selection }[] {
  const installs = (entry.install ?? []).map(({ on }, index) => ({
    at: ['install', index, 'on', 'role'],
    selection: on,
  }));
  const checks = (entry.checks ?? []).flatMap((check, index) => {
    const kind = 'tcp' in check ? 'tcp' : 'http' in check ? 'http' : 'command';
    const on = 'tcp' in check ? check.tcp.on : 'http' in check ? check.http.on : check.command.on;
    return on === undefined ? [] : [{ at: ['checks', index, kind, 'on', 'role'], selection: on }];
  });
  const on = entry.volumes?.on;
  const volumes = on === undefined ? [] : [{ at: ['volumes', 'on', 'role'], selection: on }];
  return [...volumes, ...installs, ...checks];
}

function swarmProblems(hosts: readonly HostDeclaration[], entry: FleetFile, yaml: YamlText): FileProblem[] {
  const members = hosts.filter(({ swarm }) => swarm !== undefined);
  const managers = members.filter(({ swarm }) => swarm?.role === 'manager');
  const [first] = members;
  if (first !== undefined && managers.length === 0) {
    return [yaml.problemAt(first.at, 'a swarm needs a manager: give one group swarm: manager')];
  }
  if (managers.length > 0) return [];
  const problems: FileProblem[] = [];
  if (entry.swarm !== undefined) problems.push(yaml.problemAt(['swarm'], 'no group has swarm: manager'));
  if (entry.deploy !== undefined)
    problems.push(yaml.problemAt(['deploy'], 'needs a swarm: give a group swarm: manager'));
  return problems;
}

export function fleetWarnings(hosts: readonly HostDeclaration[]): string[] {
  const managers = hosts.filter(({ swarm }) => swarm?.role === 'manager').length;
  if (managers === 0 || managers % 2 === 1) return [];
  const lost = Math.ceil(managers / 2) - 1;
  return [
    `${managers} managers survive the loss of ${lost}, as ${managers - 1} do: an odd number is better, at best 3 or 5`,
  ];
}
