import { isIP } from 'node:net';
import { networkTest, mountPointProblem } from '../support/index.js';
import { DOCKER_ROOT } from './guest-plan.js';
import type { HostSpec } from './types.js';

/** Everything that is wrong with a request and can be seen without asking anybody, one sentence each. */
export function problemsOf(spec: HostSpec): readonly string[] {
  return [...nameProblems(spec.name), ...sshProblems(spec), ...networkProblems(spec), ...disksProblems(spec)];
}

/** RFC 1123: the name becomes the guest's host name. */
function nameProblems(name: string): readonly string[] {
  const labels = name.split('.');
  const bad = labels.find((label) => !/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/i.test(label));
  if (bad === undefined && name.length <= 253) return [];
  return [
    `the name "${name}" cannot be a host name: letters, digits and hyphens, no hyphen at an end, at most 63 characters up to the first dot`,
  ];
}

function sshProblems({ ssh: { user, port } }: HostSpec): readonly string[] {
  const problems: string[] = [];
  if (!/^[a-z_][a-z0-9_-]{0,31}$/.test(user)) problems.push(`"${user}" cannot be the name of an SSH user`);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) problems.push(`${port} is not an SSH port`);
  return problems;
}

function networkProblems({ addressNetwork, placement }: HostSpec): readonly string[] {
  const wanted = placement.staticAddresses.filter((ip) => ip !== undefined);
  const problems = wanted.filter((ip) => isIP(ip) === 0).map((ip) => `"${ip}" is not an IP address`);
  if (addressNetwork === undefined) return problems;
  const inNetwork = networkOrUndefined(addressNetwork);
  if (inNetwork === undefined) {
    return [...problems, `"${addressNetwork}" is not a network such as 10.1.0.0/16`];
  }
  const everyNic = wanted.length > 0 && wanted.length === placement.subnets.length;
  if (everyNic && !wanted.some(inNetwork)) {
    problems.push(
      `none of the static addresses is in the network ${addressNetwork} that the host is to be reached in`,
    );
  }
  return problems;
}

function networkOrUndefined(cidr: string): ((ip: string) => boolean) | undefined {
  try {
    return networkTest(cidr);
  } catch {
    return undefined;
  }
}

function disksProblems({ vm, dockerDisk, mounts, ssh }: HostSpec): readonly string[] {
  const docker = dockerDisk === undefined ? [] : [{ ...dockerDisk, path: DOCKER_ROOT }];
  const all = [...docker, ...mounts];
  return [
    ...all
      .filter(({ disk }) => vm.disks[disk] === undefined)
      .map(({ disk, path }) => `there is no disk ${disk + 1} for ${path}`),
    ...repeated(all.map(({ disk }) => disk)).map((disk) => `disk ${disk + 1} is to be mounted twice`),
    ...repeated(all.map(({ path }) => path)).map((path) => `two disks are to be mounted at ${path}`),
    ...mounts.flatMap(({ path }) => {
      const why = mountPointProblem(path) ?? hiddenKeyProblem(path, ssh.user);
      return why === undefined ? [] : [`"${path}" cannot be a mount point: ${why}`];
    }),
  ];
}

/** A disk over the SSH user's home would belong to root and hide the key that lets this machine in. */
function hiddenKeyProblem(path: string, user: string): string | undefined {
  const home = `/home/${user}`;
  if (path !== home && path !== `${home}/.ssh`) return undefined;
  return `it is the home of the SSH user "${user}", with its keys; a folder below it is possible`;
}

function repeated<T>(values: readonly T[]): readonly T[] {
  return [...new Set(values.filter((value, index) => values.indexOf(value) !== index))];
}
