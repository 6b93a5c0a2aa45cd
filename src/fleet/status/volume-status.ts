import { z } from 'zod';
import { deadlineAfter, OperationError } from '../../support/index.js';
import type { FleetContext } from '../context/fleet-context.js';
import type { Row, WordedCell } from '../context/reporter.js';
import { selectHosts } from '../declaration/fleet.js';
import { PLUGIN_PROGRAM } from '../declaration/plugin-program.js';
import { machineOf } from '../platform/scripts/host-values.js';
import { runOnHost } from '../platform/scripts/run-on-host.js';

export type VolumeRow = Row & {
  readonly volume: string;
  /** For programs in GiB. */
  readonly size: WordedCell;
  readonly filesystem: string;
  /** The hosts that have it attached; empty = none has. */
  readonly held: WordedCell;
};

/** ms; one request of the host to Prism Central. */
const LIMIT = 60_000;

const listShape = z.array(
  z.looseObject({
    name: z.string(),
    sizeBytes: z.number(),
    filesystem: z.string().optional(),
    holders: z.array(z.string()).optional(),
  }),
);

/**
 * The volumes as the plugin of one of the hosts `running` sees them. undefined = the file has no plugin, or none of its
 * hosts runs.
 */
export async function volumeStatus(
  context: FleetContext,
  running: ReadonlySet<string>,
): Promise<{ readonly rows: readonly VolumeRow[] } | { readonly problem: string } | undefined> {
  const { fleet, stop } = context;
  if (fleet.volumes === undefined) return undefined;
  const host = selectHosts(fleet.hosts, fleet.volumes.on).find(({ name }) => running.has(name));
  if (host === undefined) return undefined;
  const attempted = `list volumes on ${host.name}`;
  const deadline = deadlineAfter(LIMIT, attempted, undefined, stop);
  try {
    const machine = await machineOf(context, host.name);
    const options = { signal: deadline.signal, onLine: () => undefined };
    const { code, output } = await runOnHost(machine, `sudo -n ${PLUGIN_PROGRAM} ls --json 2>&1`, options);
    if (code !== 0) return { problem: `${attempted}: ${output.trim() || `status ${code}`}` };
    return { rows: listShape.parse(JSON.parse(output)).map(volumeRow) };
  } catch (error) {
    stop.throwIfAborted();
    return { problem: OperationError.from(error, attempted).message };
  } finally {
    deadline.clear();
  }
}

/** A volume as its row in a table. */
export function volumeRow({
  name,
  sizeBytes,
  filesystem = '',
  holders = [],
}: z.infer<typeof listShape>[number]): VolumeRow {
  const shown = `${Number((sizeBytes / 2 ** 30).toFixed(1))} GiB`;
  return {
    volume: name,
    size: { shown, name: 'sizeGiB', value: sizeBytes / 2 ** 30 },
    filesystem,
    held: { shown: holders.join(', '), name: 'heldBy', value: holders },
  };
}
