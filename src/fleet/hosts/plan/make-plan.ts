import { createArguments, type HostDeclaration } from '../../declaration/fleet.js';
import { decide, type HostDecision, type PlanOptions } from './decide.js';
import { certainStates } from './machine-states.js';
import { distinctProblems, type HostProblem } from '../../context/distinct-problems.js';
import { spokenHosts } from '../../context/host-names.js';
import { compareSize } from '../size/compare-size.js';
import type { RecordedHost } from '../../store/fleet-record.js';
import type { FleetContext } from '../../context/fleet-context.js';
import { foreignHosts, ownRecord } from '../ownership/ownership.js';
import { stillOwned, type StillOwned } from '../ownership/still-owned.js';

export interface PlannedHost extends HostDecision {
  readonly host: HostDeclaration;
}

export interface FleetPlan {
  readonly hosts: readonly PlannedHost[];
  /** What this tool made and the file does not declare (any more). */
  readonly undeclared: StillOwned;
  /** Hosts whose size could not be compared with Prism Central; the reason has been told. */
  readonly notCompared: readonly string[];
}

/** Declared against real. Changes nothing. */
export async function makePlan(context: FleetContext, options: PlanOptions): Promise<FleetPlan> {
  const { fleet, store } = context;
  const own = new Map<string, RecordedHost | undefined>();
  for (const { name } of fleet.hosts) own.set(name, await ownRecord(context, name));
  const foreign = await foreignHosts(context);
  const stored = await store.names();
  const states = await certainStates(context, stored);
  const doubts = new Map<string, string>();
  const plans = fleet.hosts.map(async (host): Promise<PlannedHost> => {
    const made = own.get(host.name);
    const facts = {
      declared: createArguments(host),
      record: made,
      stored: stored.has(host.name),
      state: states.get(host.name),
      owner: foreign.get(host.name),
    };
    const isHost = facts.stored && made?.phase === 'created' && facts.state?.vm?.is !== 'gone';
    const size = isHost ? await compareSize(context, host, made.arguments) : undefined;
    const decision = decide({ ...facts, size }, options);
    // What cannot be used anyway says why, and that is the same reason.
    if (size?.is === 'unknown' && decision.action !== 'refuse') doubts.set(host.name, size.reason);
    return { host, ...decision };
  });
  const hosts = await Promise.all(plans);
  // In the order of the file, whichever answer came first.
  const unknown = fleet.hosts.flatMap(({ name: host }): HostProblem[] => {
    const text = doubts.get(host);
    return text === undefined ? [] : [{ host, text }];
  });
  for (const { hosts: names, text } of distinctProblems(unknown))
    context.reporter.warn(`the size of ${spokenHosts(names)} was not compared: ${text}`);
  return { hosts, undeclared: await stillOwned(context), notCompared: unknown.map(({ host }) => host) };
}
