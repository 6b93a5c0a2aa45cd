import { resolve } from 'node:path';
import type { Environment } from '../../settings/index.js';
import type { Fleet } from '../declaration/fleet.js';
import { loadFleet } from '../declaration/load.js';
import type { MachineStore } from '../store/machine-store.js';
import { otherRecords } from '../store/fleet-record.js';
import { isThere, OperationError } from '../../support/index.js';

/** How many hosts are removed at a time where no file says it. */
const PARALLEL = 5;

/**
 * A fleet of the machine store that no file declares (any more): it has no declared hosts. Of the file, if it is
 * there, only what it says of Prism Central counts; without it the environment has the credentials. Rejects with
 * `not-found`, naming the fleets that there are.
 */
export async function undeclaredFleet(
  name: string,
  file: string,
  { folder }: MachineStore,
  environment: Environment,
): Promise<Fleet> {
  const known = (await otherRecords(folder, '')).map((record) => record.fleet);
  if (!known.includes(name)) {
    throw new OperationError({
      code: 'not-found',
      attempted: `open the fleet ${name}`,
      problem: `the machine store ${folder} has no fleet of this name that owns hosts`,
      advice: known.length === 0 ? 'It has none at all.' : `It has ${known.join(', ')}.`,
    });
  }
  const nothing = {
    name,
    hosts: [],
    swarm: undefined,
    volumes: undefined,
    install: [],
    deploy: [],
    checks: [],
  };
  if (await isThere(file)) return { ...(await loadFleet(file, environment)), ...nothing };
  return {
    ...nothing,
    file: resolve(file),
    parallel: PARALLEL,
    secrets: {},
    warnings: [],
    problemAt: (_, text) => ({ line: 1, column: 1, text }),
  };
}
