import { applyHosts, waitsItsTurn, type RollbackOptions } from '../hosts/change/apply-hosts.js';
import { applyPlatform, type PlatformResult } from '../platform/apply-platform.js';
import type { FleetContext } from '../context/fleet-context.js';
import { goesOn, summarise } from '../hosts/change/host-summary.js';
import type { HostResult } from '../hosts/change/host-work.js';
import { Outages } from '../hosts/change/outages.js';
import { leftAlone, requireNeeded } from '../hosts/ownership/left-alone.js';
import { makePlan, type FleetPlan } from '../hosts/plan/make-plan.js';
import { foreignHosts } from '../hosts/ownership/ownership.js';
import { pruneHosts } from '../rolling/prune.js';
import type { PlanOptions } from '../hosts/plan/decide.js';
import { preflight } from '../preflight/preflight.js';
import { distinctProblems } from '../context/distinct-problems.js';
import { spoken, type Reporter } from '../context/reporter.js';
import { changeInTurn, type TurnsResult } from '../rolling/change-in-turn.js';
import { mayPrune, tellStillOwned, mayChange, showChanges } from './questions.js';
import { withFleet, type FleetOptions } from './open-fleet.js';
import { EXIT, type FleetRuntime } from './fleet-runtime.js';

export type ApplyOptions = FleetOptions &
  Partial<RollbackOptions> &
  Partial<PlanOptions> & {
    /** Remove hosts that are not in the file any more. */
    readonly prune?: boolean | undefined;
    /** Do not ask before hosts that work are replaced or removed. */
    readonly yes?: boolean | undefined;
    /** A swarm may end with its only host. */
    readonly loseSwarm?: boolean | undefined;
  };

/** `apply`: makes what is missing; the exit code says whether all is as declared. */
export function applyCommand(runtime: FleetRuntime, options: ApplyOptions): Promise<number> {
  return withFleet(runtime, options, 'apply', async (context) => {
    const { reporter, clock } = context;
    const begun = clock.now();
    const { file, recreate = false, resize = false, rollback = false, prune = false } = options;
    const { yes = false, loseSwarm = false } = options;
    await context.record.nameFile();
    const foreign = await foreignHosts(context);
    requireNeeded(context.fleet, foreign);
    const { outageLimit } = await preflight(context, { file, recreate, patient: true });
    const outages = new Outages(context, outageLimit);
    const alone = leftAlone(context.fleet, foreign);
    for (const text of alone) reporter.warn(text);
    const plan = await makePlan(context, { recreate, resize });
    const removals = prune ? plan.undeclared.hosts : [];
    tellStillOwned(context, plan.undeclared, prune);
    const may = await mayChange(runtime, context, plan, { yes, loseSwarm });
    if (!may || !(await mayPrune(runtime, context, removals, yes))) {
      reporter.warn('nothing was changed');
      return EXIT.failed;
    }
    const { hosts, unchanged } = await applyHosts(context, plan, { rollback, outages });
    const waiting = plan.hosts.filter(waitsItsTurn);
    if (waiting.length === 0) await summarise(context, hosts);
    let platform = await platformOn(context, hosts);
    const turns = await changeInTurn(context, waiting, { hosts, platform, loseSwarm, outages });
    platform = turns.platform;
    const all = inOrder(plan, [...hosts, ...turns.hosts]);
    if (waiting.length > 0) await summarise(context, all);
    const stillThere = await pruned(context, removals, all, platform);
    return verdict(context, {
      hosts: all,
      platform,
      undeclared: prune ? 0 : plan.undeclared.hosts.length,
      notCompared: plan.notCompared.length,
      stillThere,
      unchanged: unchanged && waiting.length === 0 && removals.length === 0,
      leftAlone: alone.length > 0,
      time: spoken(clock.now() - begun),
    });
  });
}

/** Hosts that are not as declared, yet work, do not keep it from what stands on them. */
async function platformOn(
  context: FleetContext,
  hosts: readonly HostResult[],
): Promise<PlatformResult | undefined> {
  if (context.stop.aborted || hosts.some(({ usable }) => !usable)) return undefined;
  return await applyPlatform(context);
}

/** Removes hosts once all others work and what stands on them is as declared; the names of those that stay. */
async function pruned(
  context: FleetContext,
  removals: readonly string[],
  hosts: readonly HostResult[],
  platform: PlatformResult | undefined,
): Promise<readonly string[]> {
  if (removals.length === 0) return [];
  if (context.stop.aborted || platform?.ok !== true || hosts.some(({ usable }) => !usable)) {
    context.reporter.warn('nothing was removed: first all else has to work');
    return removals;
  }
  const gone = await pruneHosts(context, removals);
  return removals.filter((name) => !gone.includes(name));
}

interface Ended extends TurnsResult {
  /** How many hosts are there that the file does not declare. */
  readonly undeclared: number;
  /** Number of hosts whose size in Prism Central could not be read. */
  readonly notCompared: number;
  /** Hosts that were to be removed and are not. */
  readonly stillThere: readonly string[];
  readonly unchanged: boolean;
  /** Something that the file wants was not done on hosts that this tool did not make. */
  readonly leftAlone: boolean;
  /** How long all of it took, spoken. */
  readonly time: string;
}

/** Says how it ended; the exit code. */
function verdict(
  { reporter, stop }: FleetContext,
  { hosts, platform, undeclared, notCompared, stillThere, unchanged, leftAlone: alone, time }: Ended,
): number {
  const failed = hosts.filter(({ ok }) => !ok).length;
  if (stop.aborted) {
    reporter.warn(`interrupted after ${time}; apply again goes on where this ended`);
    return EXIT.interrupted;
  }
  if (failed > 0) {
    reporter.warn(`${failed} of ${hosts.length} hosts are not as declared${goesOn(hosts)}`);
    if (platform?.failure !== undefined) tellFailure(reporter, platform);
    return EXIT.failed;
  }
  if (platform?.ok !== true) {
    if (platform !== undefined) tellFailure(reporter, platform);
    return EXIT.failed;
  }
  if (stillThere.length > 0) {
    reporter.warn(`still there: ${stillThere.join(', ')}; apply --prune again goes on`);
    return EXIT.failed;
  }
  if (alone) {
    reporter.warn('the hosts that this tool made are as declared; what was left alone is not');
    return EXIT.failed;
  }
  const nothing = unchanged && platform.changes === 0;
  const beside = undeclared === 0 ? '' : ` Not declared and still there: ${undeclared}, see above.`;
  const doubt = notCompared === 0 ? '' : ` Size not compared: ${notCompared}, see above.`;
  const all = nothing ? 'Nothing to do: all is as declared.' : `All is as declared (${time}).`;
  reporter.note(all + beside + doubt);
  return EXIT.ok;
}

/** Later steps failed on hosts that work: each problem once, then what it means. */
function tellFailure(reporter: Reporter, { failure, problems = [] }: PlatformResult): void {
  for (const problem of distinctProblems(problems)) reporter.problem(problem);
  const what = failure ?? 'a later step failed';
  reporter.warn(`The hosts are up, but ${what.replace(/\.$/, '')}. Apply again goes on there.`);
}

function inOrder({ hosts }: FleetPlan, results: readonly HostResult[]): readonly HostResult[] {
  return hosts.flatMap(({ host }) => results.filter(({ name }) => name === host.name));
}

/** `plan`: what apply would do. Exit code 0 when that is nothing or all of it can be done. */
export function planCommand(
  runtime: FleetRuntime,
  options: FleetOptions & Partial<PlanOptions> & { readonly prune?: boolean | undefined },
): Promise<number> {
  return withFleet(runtime, options, undefined, async (context) => {
    const { file, recreate = false, resize = false, prune = false } = options;
    const { away } = await preflight(context, { file, recreate, patient: false });
    if (away !== undefined) context.reporter.warn(`names were not looked up: ${away.message}`);
    const plan = await makePlan(context, { recreate, resize });
    const { hosts, undeclared } = plan;
    const rows = hosts.map(({ host, action, reason }) => ({ host: host.name, action, reason }));
    const others = undeclared.hosts.map((host) => ({
      host,
      action: prune ? 'remove' : 'keep',
      reason: 'is not in the file any more',
    }));
    context.reporter.table('plan', [...rows, ...others]);
    showChanges(context, plan);
    tellStillOwned(context, undeclared, prune);
    const foreign = await foreignHosts(context);
    const alone = leftAlone(context.fleet, foreign);
    for (const text of alone) context.reporter.warn(text);
    requireNeeded(context.fleet, foreign);
    const doubtful =
      away !== undefined ||
      alone.length > 0 ||
      hosts.some(({ remains, action }) => action === 'refuse' || remains !== undefined);
    return doubtful ? EXIT.failed : EXIT.ok;
  });
}
