import { isIP } from 'node:net';
import { networkOf } from '../support/index.js';
import { DOCKER_ROOT } from './guest-plan.js';
import type { HostSpec } from './host-spec.js';
import { hostNameProblem, isUserName, mountPointProblem } from './rules/index.js';

/** Every problem of a request that can be found without a connection, one sentence each. */
export function problemsOf(spec: HostSpec): readonly string[] {
  return [...nameProblems(spec.name), ...sshProblems(spec), ...networkProblems(spec), ...disksProblems(spec)];
}

function nameProblems(name: string): readonly string[] {
  const problem = hostNameProblem(name);
  if (problem === undefined) return [];
  return [`the name "${problem.name}" cannot be a host name: it ${problem.why}. ${problem.rule}`];
}

function sshProblems({ ssh: { user, port } }: HostSpec): readonly string[] {
  const problems: string[] = [];
  if (!isUserName(user)) problems.push(`"${user}" cannot be the name of an SSH user`);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) problems.push(`${port} is not an SSH port`);
  return problems;
}

function networkProblems({ addressNetwork, placement }: HostSpec): readonly string[] {
  const wanted = placement.staticAddresses.filter((ip) => ip !== undefined);
  const problems = wanted.filter((ip) => isIP(ip) === 0).map((ip) => `"${ip}" is not an IP address`);
  if (addressNetwork === undefined) return problems;
  const inNetwork = networkOf(addressNetwork);
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
      const why = mountPointProblem(path, ssh.user);
      return why === undefined ? [] : [`"${path}" cannot be a mount point: ${why}`];
    }),
  ];
}

function repeated<T>(values: readonly T[]): readonly T[] {
  return [...new Set(values.filter((value, index) => values.indexOf(value) !== index))];
}
