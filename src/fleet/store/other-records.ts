import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { FleetRecord } from './fleet-record.js';

/** The records of all other fleets in a machine store; those that cannot be understood are left out. */
export async function otherRecords(storeFolder: string, fleet: string): Promise<readonly FleetRecord[]> {
  const entries = await readdir(join(storeFolder, 'fleets'), { withFileTypes: true }).catch(() => []);
  const names = entries
    .filter((entry) => entry.isDirectory() && entry.name !== fleet)
    .map(({ name }) => name);
  const records = await Promise.all(
    names.toSorted().map((name) => FleetRecord.open(storeFolder, name).catch(() => undefined)),
  );
  return records.filter((record) => record !== undefined).filter((record) => record.names().length > 0);
}
