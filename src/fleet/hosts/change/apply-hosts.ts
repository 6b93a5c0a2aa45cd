import { OperationError } from '../../../support/index.js';
import { ensureCertificates } from '../../client/certificates.js';
import type { Action } from '../plan/decide.js';
import { inParallel } from '../../context/in-parallel.js';
import type { FleetContext } from '../../context/fleet-context.js';
import { HostLog } from '../../context/host-log.js';
import { resizeHost } from './resize-host.js';
import { notBegun, untouched, workOnHost, type HostResult } from './host-work.js';
import { makeHost, removeHost, startMachine } from './make-host.js';
import type { Outages } from './outages.js';
import type { FleetPlan, PlannedHost } from '../plan/make-plan.js';

export interface ApplyHostsOptions extends RollbackOptions {
  readonly outages: Outages;
}

export interface RollbackOptions {
  /** Remove what this run made when not everything succeeds. */
  readonly rollback: boolean;
}

export interface ApplyResult {
  /** All but those that are changed one after the other, later. */
  readonly hosts: readonly HostResult[];
  /** True when nothing had to be done. */
  readonly unchanged: boolean;
}

const AT_ONCE: readonly Action[] = ['create', 'remake', 'start', 'resize'];

/** True for a host that works: it is changed when all others are there, one after the other. */
export function waitsItsTurn({ action, size }: PlannedHost): boolean {
  return action === 'replace' || (action === 'resize' && size?.needsStop === true);
}

/** Makes what is missing and starts what is stopped, in parallel. What is there already stays. */
export async function applyHosts(
  context: FleetContext,
  plan: FleetPlan,
  { rollback, outages }: ApplyHostsOptions,
): Promise<ApplyResult> {
  const { fleet, stop } = context;
  const work = plan.hosts.filter((planned) => AT_ONCE.includes(planned.action) && !waitsItsTurn(planned));
  if (plan.hosts.some((planned) => makesMachine(planned) || waitsItsTurn(planned))) await prepare(context);
  const worked = await inParallel(work, fleet.parallel, stop, (planned) =>
    carryOut(context, planned, outages),
  );
  const now = plan.hosts.filter((planned) => !waitsItsTurn(planned));
  const results = now.map((planned): HostResult => {
    const index = work.indexOf(planned);
    return index < 0 ? untouched(planned) : (worked[index] ?? notBegun(planned));
  });
  const failed = results.some(({ usable }) => !usable);
  const finished = rollback && failed ? await rollBack(context, work, results) : results;
  return { hosts: finished, unchanged: work.length === 0 && results.every(({ ok }) => ok) };
}

function makesMachine({ action }: PlannedHost): boolean {
  return action === 'create' || action === 'remake';
}

async function prepare({ client, store, clock, reporter, stop, kill }: FleetContext): Promise<void> {
  const made = await ensureCertificates(client, store, clock, { signal: stop, kill });
  if (made) reporter.note(`the client's certificates were made in ${store.folder}`);
}

function carryOut(context: FleetContext, planned: PlannedHost, outages: Outages): Promise<HostResult> {
  const { host, action } = planned;
  return workOnHost(context, planned, async (log) => {
    if (action === 'start') await startMachine(context, host.name, log);
    if (action === 'resize') await resizeHost(context, planned, log, () => Promise.resolve());
    if (!makesMachine(planned)) return;
    await outages.outlast(async (again) => {
      if (again || action === 'remake') await removeHost(context, host.name, log);
      await makeHost(context, host, log);
    });
  });
}

/** Rolls back: removes what this run made, also what it made completely, and after Ctrl-C, too. */
async function rollBack(
  context: FleetContext,
  work: readonly PlannedHost[],
  results: readonly HostResult[],
): Promise<readonly HostResult[]> {
  const made = work.filter(makesMachine).map(({ host }) => host.name);
  const touched = made.filter((name) => context.record.get(name) !== undefined);
  const removed = new Set(await removeHosts({ ...context, stop: context.kill }, touched));
  return results.map((result) =>
    removed.has(result.name) ? { ...result, ok: false, usable: false, short: 'removed again' } : result,
  );
}

/** Removes hosts in parallel; resolves with the names of those that were removed. */
export async function removeHosts(context: FleetContext, names: readonly string[]): Promise<string[]> {
  const { fleet, reporter, stop, logs } = context;
  const gone = await inParallel(names, fleet.parallel, stop, async (name): Promise<boolean> => {
    const log = new HostLog(logs, name);
    reporter.begin(name, 'removing');
    try {
      await removeHost(context, name, log);
      reporter.end(name, true, 'removed');
      return true;
    } catch (error) {
      const { message } = OperationError.from(error, `remove ${name}`);
      log.line(message);
      reporter.end(name, false, message);
      return false;
    } finally {
      await log.close();
    }
  });
  return names.filter((_, index) => gone[index] === true);
}
