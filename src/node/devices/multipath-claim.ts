import { join } from 'node:path';
import { textIn } from './block-devices.js';
import type { NamedDevice } from './disk-search.js';
import type { NodeTools } from './node-tools.js';

/**
 * True when multipathd is going to make a multipath device of this one and has not yet: a program that took the path
 * now would be in its way, or lose the device under its hands.
 */
export async function isClaimedByMultipath(
  { name, path }: NamedDevice,
  { paths, runner, devices }: NodeTools,
  signal: AbortSignal,
): Promise<boolean> {
  if ((await textIn(join(paths.run, 'multipathd.pid'))) === undefined) return false;
  const attempted = `find out whether multipathd wants ${path}`;
  if ((await devices.read(name))?.multipath === name) return false;
  const request = { program: 'multipath', args: ['-c', path], attempted, signal, answers: [0, 1] } as const;
  return (await runner.run(request)).status === 0;
}
