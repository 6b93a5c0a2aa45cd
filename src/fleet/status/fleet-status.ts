import type { FleetContext } from '../context/fleet-context.js';
import { partsLeftOut } from '../hosts/ownership/left-alone.js';
import { certainStates, type HostCondition } from '../hosts/plan/machine-states.js';
import { foreignHosts } from '../hosts/ownership/ownership.js';
import { tcpProblem } from '../platform/run-checks.js';
import { createArguments, type HostDeclaration } from '../declaration/fleet.js';
import { troubleOf } from '../hosts/plan/decide.js';
import { flagChanges, driftBeside } from '../hosts/plan/differences.js';
import type { SizeComparison } from '../hosts/size/compare-size.js';
import { swarmRoles } from './swarm-roles.js';

export interface HostStatus {
  readonly host: string;
  /** Running, Stopped, …, `half made`, `absent` (no machine), `gone` (a machine without its VM). */
  readonly vm: string;
  readonly address: string;
  /** `ok`, or why port 22 does not answer. */
  readonly ssh: string;
  /** Version; empty when it does not answer. */
  readonly engine: string;
  /** Role and state in the swarm; empty = not declared. */
  readonly swarm: string;
  /** What differs from the file, or went wrong. */
  readonly differs: readonly string[];
}

/** Compares the size of a host's VM with the file; undefined = there is no connection. */
export type CompareSize = (
  host: HostDeclaration,
  madeWith: readonly string[],
) => Promise<SizeComparison | undefined>;

/** Declared against real, for every declared host. Changes nothing. */
export async function fleetStatus(
  context: FleetContext,
  compare: CompareSize,
): Promise<readonly HostStatus[]> {
  const { fleet, store, record } = context;
  const stored = await store.names();
  const states = await certainStates(context, stored);
  const roles = await swarmRoles(context, states);
  const foreign = await foreignHosts(context);
  return await Promise.all(
    fleet.hosts.map(async (host) => {
      const isStored = stored.has(host.name);
      const known = {
        stored: isStored,
        state: states.get(host.name),
        roles,
        owner: foreign.get(host.name),
        leftOut: foreign.has(host.name) ? partsLeftOut(fleet, host) : [],
      };
      const made = record.get(host.name);
      const isHost = isStored && made?.phase !== 'creating';
      const size = isHost ? await compare(host, made?.arguments ?? []) : undefined;
      return await hostStatus(context, host, known, size);
    }),
  );
}

interface Known {
  readonly stored: boolean;
  readonly state: HostCondition | undefined;
  readonly roles: ReadonlyMap<string, string>;
  /** What a host that this fleet does not own misses of the file. */
  readonly leftOut: readonly string[];
  /** Who owns it instead of this fleet, as a predicate. */
  readonly owner: string | undefined;
}

async function hostStatus(
  { store, record, stop }: FleetContext,
  host: HostDeclaration,
  { stored, state, roles, leftOut, owner }: Known,
  size: SizeComparison | undefined,
): Promise<HostStatus> {
  const foreign = owner !== undefined;
  const made = foreign ? undefined : record.get(host.name);
  const machine = await store.read(host.name);
  const running = state?.state === 'Running';
  const { address = '', sshPort = 22 } = machine ?? {};
  const halfMade = made?.phase === 'creating';
  const changes = made === undefined || halfMade ? [] : flagChanges(made.arguments, createArguments(host));
  const problem = state === undefined ? '' : problemOf(state, made !== undefined);
  const swarm = roles.get(host.name) ?? (host.swarm === undefined || foreign ? '' : 'not a member');
  const outside = running && swarm === 'not a member' ? [swarm] : [];
  const demoted = roles.has(host.name) && !swarm.startsWith(host.swarm?.role ?? '') ? [`is ${swarm}`] : [];
  return {
    host: host.name,
    vm: halfMade ? 'half made' : stored ? vmWord(state) : 'absent',
    address: stored ? address : '',
    ssh: running && address !== '' ? ((await tcpProblem(address, sshPort, stop)) ?? 'ok') : '',
    engine: running ? state.engine : '',
    swarm,
    differs: [
      ...(leftOut.length === 0 ? [] : [`${owner ?? ''}: left alone, ${leftOut.join(', ')}`]),
      ...[...changes, ...driftBeside(changes, size)].map(({ text }) => text),
      ...(size?.is === 'unknown' ? [size.reason] : []),
      ...(problem === '' ? [] : [problem]),
      ...outside,
      ...demoted,
    ],
  };
}

/** A machine's state in one word; `gone`: Prism Central has no VM of it. */
export function vmWord(state: HostCondition | undefined): string {
  if (state?.vm?.is === 'gone') return 'gone';
  return (state?.state ?? '') || 'unknown';
}

/** What is wrong with a machine, and what helps; empty = nothing. `ours`: this tool has made it. */
function problemOf(state: HostCondition, ours: boolean): string {
  const { error, vm } = state;
  if (vm?.is === 'gone') {
    return ours
      ? 'its VM is gone from Prism Central: apply makes it again'
      : 'its VM is gone from Prism Central, and this tool did not make it: remove the machine, then apply';
  }
  return vm?.is === 'unknown' ? troubleOf(state) : error;
}

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
        differs: ['is not in the file any more: apply --prune removes it'],
      };
    }),
  );
}
