import type { FleetContext } from '../context/fleet-context.js';
import { waitsItsTurn } from '../hosts/change/apply-hosts.js';
import { stillOwnedTexts, type StillOwned } from '../hosts/ownership/still-owned.js';
import type { FleetPlan } from '../hosts/plan/make-plan.js';
import { onlyHost } from '../platform/swarm/step-aside.js';
import type { FleetRuntime } from './fleet-runtime.js';

/** Whether the user types yes. Without a terminal the answer is no, and `--yes` is named as the other way. */
export async function confirmed(
  { ask, complain }: FleetRuntime,
  command: string,
  question: string,
): Promise<boolean> {
  if (ask === undefined) {
    complain(`${command} asks before it removes anything; without a terminal it needs --yes`);
    return false;
  }
  const answer = await ask(`${question} Type yes: `);
  return answer.trim().toLowerCase() === 'yes';
}

/** Warns of hosts that left the file and run on, with what to do; `prune`: those of this fleet are about to go. */
export function tellStillOwned(
  { fleet, reporter }: Pick<FleetContext, 'fleet' | 'reporter'>,
  { hosts, renamed }: StillOwned,
  prune: boolean,
): void {
  const declared = fleet.hosts.map(({ name }) => name);
  for (const text of stillOwnedTexts({ hosts: prune ? [] : hosts, renamed }, declared)) reporter.warn(text);
}

/** Shows which hosts will be removed and what is lost with them, and asks. True when there are none. */
export async function mayPrune(
  runtime: FleetRuntime,
  { reporter }: FleetContext,
  names: readonly string[],
  yes: boolean,
): Promise<boolean> {
  if (names.length === 0) return true;
  reporter.table(
    'removals',
    names.map((name) => ({ removed: name, because: 'is not in the file any more' })),
  );
  reporter.note(
    'These hosts are removed once all others work, each drained before if it is in a swarm. ' +
      'Their containers, images, local volumes and data disks are lost.',
  );
  if (yes) return true;
  const question = names.length === 1 ? 'Remove this host?' : `Remove these ${names.length} hosts?`;
  return await confirmed(runtime, 'apply --prune', question);
}

interface Consent {
  /** The user has agreed beforehand. */
  readonly yes: boolean;
  /** The swarm may end with its only host. */
  readonly loseSwarm: boolean;
}

/** Shows what will be done to hosts that work and what is lost, and asks the user. True when there are none. */
export async function mayChange(
  runtime: FleetRuntime,
  context: FleetContext,
  plan: FleetPlan,
  { yes, loseSwarm }: Consent,
): Promise<boolean> {
  const waiting = plan.hosts.filter(waitsItsTurn);
  if (waiting.length === 0) return true;
  const only = soleMember(context, plan);
  showChanges(context, plan);
  if (only !== undefined && !loseSwarm) {
    context.reporter.warn(onlyHost(only).message);
    return false;
  }
  if (yes) return true;
  const replaced = waiting.filter(({ action }) => action === 'replace').length;
  const parts = [
    ...(replaced > 0 ? [`Replace ${counted(replaced)}`] : []),
    ...(waiting.length > replaced ? [`Restart ${counted(waiting.length - replaced)}`] : []),
  ];
  const options = replaced > 0 ? '--recreate' : '--resize';
  return await confirmed(runtime, `apply ${options}`, `${parts.join(' and ')}, one after the other?`);
}

/** What will be done to hosts that work, one after the other, and what is lost with it. */
export function showChanges(context: FleetContext, plan: FleetPlan): void {
  const { fleet, reporter } = context;
  const waiting = plan.hosts.filter(waitsItsTurn);
  if (waiting.length === 0) return;
  reporter.table(
    'replacements',
    waiting.map(({ host, action, reason }) => ({
      host: host.name,
      change: action === 'replace' ? 'replaced' : 'restarted',
      because: reason,
    })),
  );
  if (waiting.some(({ action }) => action === 'replace')) {
    reporter.note(
      'A replaced host is removed and made again: its containers, images, local volumes and data disks are lost.',
    );
  }
  if (fleet.hosts.every(({ swarm }) => swarm === undefined)) return;
  const only = soleMember(context, plan);
  if (only !== undefined) {
    reporter.warn(`the swarm ends with ${only}: its secrets, services and networks are lost`);
    return;
  }
  reporter.note(
    'The swarm goes on: each host is drained, and demoted if it manages, before its turn; ' +
      'secrets, services and networks stay with the other managers.',
  );
}

/** The host whose replacement ends the swarm, because there is no other. */
function soleMember({ fleet }: FleetContext, plan: FleetPlan): string | undefined {
  if (fleet.hosts.filter(({ swarm }) => swarm !== undefined).length !== 1) return undefined;
  return plan.hosts.find(({ host, action }) => host.swarm !== undefined && action === 'replace')?.host.name;
}

function counted(hosts: number): string {
  return hosts === 1 ? '1 host' : `${hosts} hosts`;
}
