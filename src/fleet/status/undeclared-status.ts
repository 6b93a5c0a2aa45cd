import type { FleetContext } from '../context/fleet-context.js';
import { certainStates } from '../hosts/plan/machine-states.js';
import { vmWord, type HostStatus } from './fleet-status.js';

/** The same for hosts that this tool made and that are not in the file any more: they run on, and cost. */
export async function undeclaredStatus(
  context: FleetContext,
  names: readonly string[],
): Promise<readonly HostStatus[]> {
  if (names.length === 0) return [];
  const { record, store } = context;
  const states = await certainStates(context, await store.names(), names);
  return await Promise.all(
    names.map(async (host): Promise<HostStatus> => {
      const state = states.get(host);
      return {
        host,
        vm: record.get(host)?.phase === 'creating' ? 'half made' : vmWord(state),
        address: (await store.read(host))?.address ?? '',
        ssh: '',
        engine: state?.engine ?? '',
        swarm: '',
        differs: 'is not in the file any more: apply --prune removes it',
      };
    }),
  );
}
