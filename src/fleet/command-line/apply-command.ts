import { applyHosts, type ApplyWishes, type HostResult } from '../apply/apply.js';
import { applyPlatform } from '../apply/apply-platform.js';
import { leftAlone, requireNeeded } from '../apply/left-alone.js';
import { makePlan } from '../apply/make-plan.js';
import { foreignHosts } from '../apply/ownership.js';
import { preflight } from '../preflight/preflight.js';
import { spoken } from '../progress/reporter.js';
import { withFleet, type FleetOptions } from './open-fleet.js';
import { EXIT, type FleetSurroundings } from './surroundings.js';

export type ApplyOptions = FleetOptions & Partial<ApplyWishes>;

/** `apply`: makes what is missing; the exit code says whether all is as declared. */
export function applyCommand(surroundings: FleetSurroundings, options: ApplyOptions): Promise<number> {
  return withFleet(surroundings, options, 'apply', async (context) => {
    const { reporter, clock, store, stop } = context;
    const begun = clock.now();
    const { file, recreate = false, rollback = false } = options;
    const foreign = await foreignHosts(context);
    requireNeeded(context.fleet, foreign);
    await preflight(context, { file, recreate, patient: true });
    const alone = leftAlone(context.fleet, foreign);
    for (const text of alone) reporter.warn(text);
    const { hosts, unchanged } = await applyHosts(context, { recreate, rollback });
    const rows = await Promise.all(
      hosts.map(async (host) => ({ ...rowOf(host), address: (await store.read(host.name))?.address })),
    );
    reporter.table('summary', rows);
    const failed = hosts.filter(({ ok }) => !ok).length;
    const platform = failed > 0 || stop.aborted ? undefined : await applyPlatform(context);
    const total = spoken(clock.now() - begun);
    if (stop.aborted) {
      reporter.warn(`interrupted after ${total}; apply again goes on where this ended`);
      return EXIT.interrupted;
    }
    if (failed > 0) {
      reporter.warn(`${failed} of ${hosts.length} hosts are not as declared; apply again makes only these`);
      return EXIT.failed;
    }
    if (platform?.ok !== true) {
      reporter.warn('the hosts are as declared, what stands on them is not; apply again goes on');
      return EXIT.failed;
    }
    if (alone.length > 0) {
      reporter.warn('the hosts that this tool made are as declared; what was left alone is not');
      return EXIT.failed;
    }
    const nothing = unchanged && platform.changes === 0;
    reporter.note(nothing ? 'Nothing to do: all is as declared.' : `All is as declared (${total}).`);
    return EXIT.ok;
  });
}

function rowOf({ name, ok, text, took, log }: HostResult): Readonly<Record<string, string | undefined>> {
  return {
    host: name,
    result: ok ? text : `failed: ${text}`,
    time: took === 0 ? undefined : spoken(took),
    log: ok ? undefined : log,
  };
}

/** `plan`: what apply would do. Exit code 0 when that is nothing or all of it can be done. */
export function planCommand(
  surroundings: FleetSurroundings,
  options: FleetOptions & { readonly recreate?: boolean | undefined },
): Promise<number> {
  return withFleet(surroundings, options, undefined, async (context) => {
    const { file, recreate = false } = options;
    const { away } = await preflight(context, { file, recreate, patient: false });
    if (away !== undefined) context.reporter.warn(`names were not looked up: ${away.message}`);
    const { hosts, undeclared } = await makePlan(context, { recreate });
    const rows = hosts.map(({ host, action, reason }) => ({ host: host.name, action, reason }));
    const others = undeclared.map((host) => ({
      host,
      action: 'keep',
      reason: 'is not in the file any more',
    }));
    context.reporter.table('plan', [...rows, ...others]);
    const foreign = await foreignHosts(context);
    const alone = leftAlone(context.fleet, foreign);
    for (const text of alone) context.reporter.warn(text);
    requireNeeded(context.fleet, foreign);
    const doubtful =
      away !== undefined || alone.length > 0 || hosts.some(({ action }) => action === 'refuse');
    return doubtful ? EXIT.failed : EXIT.ok;
  });
}
