import { join } from 'node:path';
import type { CommandRunner } from '../command/command-runner.js';
import type { NodePaths } from '../node-paths.js';
import { textIn, type BlockDevices } from './block-devices.js';
import type { NamedDevice } from './disk-search.js';

/**
 * True when multipathd is going to make a multipath device of this one and has not yet: a program that took the path
 * now would be in its way, or lose the device under its hands.
 */
export async function isClaimedByMultipath(
  { name, path }: NamedDevice,
  paths: NodePaths,
  runner: CommandRunner,
  devices: BlockDevices,
  signal: AbortSignal,
): Promise<boolean> {
  if ((await textIn(join(paths.run, 'multipathd.pid'))) === undefined) return false;
  const attempted = `find out whether multipathd wants ${path}`;
  if ((await devices.read(name))?.multipath === name) return false;
  const request = { program: 'multipath', args: ['-c', path], attempted, signal, answers: [0, 1] } as const;
  return (await runner.run(request)).status === 0;
}
