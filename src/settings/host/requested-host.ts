import type { PlacementRequest } from '../../provider/index.js';
import { MachineConfig } from '../config/index.js';
import { readFlags, type Environment, type FlagValues } from '../options/index.js';
import { absolutePaths } from '../files/paths.js';
import { timeLimitOf } from './host-access.js';
import { hostSpecOf } from './host-spec.js';
import { fileProblems, userDataOf } from '../files/input-files.js';

export interface RequestedHost {
  /** What names its cluster, image, networks and the rest. */
  readonly placement: PlacementRequest;
  /** What is wrong with it and can be seen without asking the cloud, one sentence each. */
  readonly problems: readonly string[];
  /** Time limit of each operation, ms. */
  readonly limit: number;
}

/**
 * The host that create flags and environment ask for, for a program that is not the plugin. The files that they
 * name are read. `longestUserData`: bytes; undefined = not known.
 */
export async function requestedHost(
  name: string,
  flags: FlagValues,
  environment: Environment,
  longestUserData?: number,
): Promise<RequestedHost> {
  const { values } = readFlags(flags, environment);
  const config = new MachineConfig();
  config.update({ ...values, ...absolutePaths(values, environment), MachineName: name });
  const ofFiles = await fileProblems(config.values);
  const { placement } = hostSpecOf(config.values, undefined);
  const limit = timeLimitOf(config.values);
  if (ofFiles.length > 0) return { placement, problems: ofFiles, limit };
  const spec = hostSpecOf(config.values, await userDataOf(config.values));
  // The plugin, which shares this folder, must not load the core before its address is printed.
  const { localProblems } = await import('../../host/index.js');
  const problems = await localProblems({ provider: { longestUserData } }, spec);
  return { placement, problems: problems.map(({ message }) => message), limit };
}
