import { hasCode, OperationError } from '../../../support/index.js';
import type { Action } from '../plan/decide.js';
import type { FleetContext } from '../../context/fleet-context.js';
import { HostLog } from '../../context/host-log.js';
import type { PlannedHost } from '../plan/make-plan.js';

export interface HostResult {
  readonly name: string;
  readonly action: string;
  /** It is as declared. */
  readonly ok: boolean;
  /** It works, though perhaps not as declared: what stands on the hosts may count on it. */
  readonly usable: boolean;
  /** In a word or two: created, failed, not begun, left. */
  readonly short: string;
  /** What is wrong with it; undefined = nothing is, or it was not begun. */
  readonly problem?: string | undefined;
  /** ms */
  readonly took: number;
  readonly log?: string | undefined;
}

const DOING: Readonly<Record<Action, string>> = {
  create: 'creating',
  remake: 'making again',
  start: 'starting',
  replace: 'replacing',
  resize: 'resizing',
  keep: 'keeping',
  differs: 'leaving',
  refuse: 'leaving',
};
const DONE: Readonly<Record<Action, string>> = {
  create: 'created',
  remake: 'made again',
  start: 'started',
  replace: 'replaced',
  resize: 'resized',
  keep: 'unchanged',
  differs: 'left',
  refuse: 'left',
};

/** Does something to one host, and tells reporter and log of it. Never rejects. */
export async function workOnHost(
  { reporter, clock, logs }: FleetContext,
  { host: { name }, action, reason, remains }: PlannedHost,
  work: (log: HostLog) => Promise<void>,
): Promise<HostResult> {
  const begun = clock.now();
  const log = new HostLog(logs, name);
  log.line(`--- ${action}: ${reason}`);
  reporter.begin(name, `${DOING[action]}: ${reason}`);
  const result = (usable: boolean, short: string, problem?: string): HostResult => {
    const ok = usable && problem === undefined;
    reporter.end(name, ok, usable && problem !== undefined ? `${short}; it ${problem}` : (problem ?? short));
    return { name, action, ok, usable, short, problem, took: clock.now() - begun, log: log.path };
  };
  try {
    await work(log);
    return result(true, DONE[action], remains);
  } catch (error) {
    const { message } = OperationError.from(error, `${action} ${name}`);
    log.line(message);
    return hasCode(error, 'cancelled') ? result(false, 'interrupted') : result(false, 'failed', message);
  } finally {
    await log.close();
  }
}

/** A host to which nothing is done. */
export function untouched({ host, action, reason }: PlannedHost): HostResult {
  const ok = action === 'keep';
  const usable = ok || action === 'differs';
  return {
    name: host.name,
    action,
    ok,
    usable,
    short: DONE[action],
    problem: ok ? undefined : reason,
    took: 0,
  };
}

/** A host whose turn did not come; `problem` says why, unless the user ended it. */
export function notBegun({ host, action }: PlannedHost, problem?: string): HostResult {
  return { name: host.name, action, ok: false, usable: false, short: 'not begun', problem, took: 0 };
}
