import { hasCode, OperationError } from '../../support/index.js';
import { ensureCertificates } from '../client/certificates.js';
import { inParallel } from './in-parallel.js';
import type { FleetContext } from './fleet-context.js';
import { HostLog } from './host-log.js';
import { makeHost, removeHost, startHost } from './make-host.js';
import { makePlan, type PlannedHost } from './make-plan.js';

export interface ApplyWishes {
  readonly recreate: boolean;
  /** Remove what this run made when not everything succeeds. */
  readonly rollback: boolean;
}

export interface HostResult {
  readonly name: string;
  readonly action: string;
  readonly ok: boolean;
  readonly text: string;
  /** ms */
  readonly took: number;
  readonly log?: string | undefined;
}

export interface ApplyResult {
  readonly hosts: readonly HostResult[];
  /** True when nothing had to be done. */
  readonly unchanged: boolean;
}

const DOING = {
  create: 'creating',
  remake: 'making again',
  start: 'starting',
  keep: 'keeping',
  refuse: 'leaving',
};
const DONE = { create: 'created', remake: 'made again', start: 'started', keep: 'unchanged', refuse: 'left' };

/** Makes the hosts as declared. What is there already stays. */
export async function applyHosts(context: FleetContext, wishes: ApplyWishes): Promise<ApplyResult> {
  const { fleet, reporter, stop } = context;
  const plan = await makePlan(context, wishes);
  for (const name of plan.undeclared)
    reporter.warn(`${name} is not in the file any more; it is left as it is`);
  const work = plan.hosts.filter(
    ({ action }) => action === 'create' || action === 'remake' || action === 'start',
  );
  if (work.some(({ action }) => action !== 'start')) await prepare(context);
  const worked = await inParallel(work, fleet.parallel, stop, (planned) => carryOut(context, planned));
  const results = plan.hosts.map((planned): HostResult => {
    const index = work.indexOf(planned);
    return index < 0 ? untouched(planned) : (worked[index] ?? notBegun(planned));
  });
  const failed = results.some(({ ok }) => !ok);
  const finished = wishes.rollback && failed ? await rollBack(context, work, results) : results;
  return { hosts: finished, unchanged: work.length === 0 && !failed };
}

async function prepare({ client, store, clock, reporter, stop, kill }: FleetContext): Promise<void> {
  const made = await ensureCertificates(client, store, clock, { signal: stop, kill });
  if (made) reporter.note(`the client's certificates were made in ${store.folder}`);
}

async function carryOut(context: FleetContext, { host, action, reason }: PlannedHost): Promise<HostResult> {
  const { reporter, clock, logs } = context;
  const begun = clock.now();
  const log = new HostLog(logs, host.name);
  log.line(`--- ${action}: ${reason}`);
  reporter.begin(host.name, `${DOING[action]}: ${reason}`);
  const result = (ok: boolean, text: string): HostResult => {
    reporter.end(host.name, ok, text);
    return { name: host.name, action, ok, text, took: clock.now() - begun, log: log.path };
  };
  try {
    if (action === 'start') await startHost(context, host.name, log);
    if (action === 'remake') await removeHost(context, host.name, log);
    if (action !== 'start') await makeHost(context, host, log);
    return result(true, DONE[action]);
  } catch (error) {
    const { message } = OperationError.from(error, `${action} ${host.name}`);
    log.line(message);
    return result(false, hasCode(error, 'cancelled') ? 'interrupted' : message);
  } finally {
    await log.close();
  }
}

function untouched({ host, action, reason }: PlannedHost): HostResult {
  const ok = action === 'keep';
  return { name: host.name, action, ok, text: ok ? DONE[action] : reason, took: 0 };
}

function notBegun({ host, action }: PlannedHost): HostResult {
  return { name: host.name, action, ok: false, text: 'not begun', took: 0 };
}

/** Takes away what this run made, also what it made completely. After Ctrl-C too: that was asked for. */
async function rollBack(
  context: FleetContext,
  work: readonly PlannedHost[],
  results: readonly HostResult[],
): Promise<readonly HostResult[]> {
  const made = work.filter(({ action }) => action !== 'start').map(({ host }) => host.name);
  const touched = made.filter((name) => context.record.get(name) !== undefined);
  const removed = new Set(await removeHosts({ ...context, stop: context.kill }, touched));
  return results.map((result) =>
    removed.has(result.name) ? { ...result, ok: false, text: `${result.text}; removed again` } : result,
  );
}

/** Removes hosts in parallel; the names of those that are gone. */
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
