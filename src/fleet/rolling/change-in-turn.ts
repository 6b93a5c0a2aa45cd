import { applyPlatform, type PlatformResult } from '../platform/apply-platform.js';
import type { FleetContext } from '../context/fleet-context.js';
import { notBegun, workOnHost, type HostResult } from '../hosts/change/host-work.js';
import { makeHost, removeHost } from '../hosts/change/make-host.js';
import type { Outages } from '../hosts/change/outages.js';
import type { PlannedHost } from '../hosts/plan/make-plan.js';
import { resizeHost } from '../hosts/change/resize-host.js';
import { SwarmTurns } from './swarm-turns.js';

export interface TurnsResult {
  readonly hosts: readonly HostResult[];
  /** What stands on the hosts, as it was after the last change; undefined = it is not known since. */
  readonly platform: PlatformResult | undefined;
}

/** What is known of the fleet before the first turn. */
export interface Before {
  /** The other hosts. */
  readonly hosts: readonly HostResult[];
  readonly platform: PlatformResult | undefined;
}

/**
 * Changes hosts that work, one after the other. A turn begins only while every other host can be used, and all that
 * stands on the hosts is as declared, passes its checks, and the swarm is well; the first turn that fails is the last.
 */
export async function changeInTurn(
  context: FleetContext,
  waiting: readonly PlannedHost[],
  { loseSwarm, outages, ...before }: Before & { readonly loseSwarm: boolean; readonly outages: Outages },
): Promise<TurnsResult> {
  const swarm = new SwarmTurns(context, loseSwarm);
  const results: HostResult[] = [];
  let left = waiting;
  let { platform } = before;
  while (left.length > 0) {
    const obstacle = obstacleTo(context, [...before.hosts, ...results], platform) ?? (await swarm.trouble());
    if (obstacle !== undefined) {
      const text = context.stop.aborted ? 'interrupted' : obstacle;
      return {
        hosts: [...results, ...left.map((one) => notBegun(one, `not ${one.action}d: ${text}`))],
        platform,
      };
    }
    const planned = await swarm.next(left);
    if (planned === undefined) break;
    left = left.filter((one) => one !== planned);
    const result = await changeHost(context, planned, swarm, outages);
    results.push(result);
    platform = result.ok && !context.stop.aborted ? await applyPlatform(context) : undefined;
  }
  return { hosts: results, platform: await afterLast(context, platform, swarm, waiting) };
}

/** The last turn, too, has ended only when the swarm is well again. */
async function afterLast(
  { reporter, stop }: FleetContext,
  platform: PlatformResult | undefined,
  swarm: SwarmTurns,
  waiting: readonly PlannedHost[],
): Promise<PlatformResult | undefined> {
  if (waiting.length === 0 || platform?.ok !== true || stop.aborted) return platform;
  const trouble = await swarm.trouble();
  if (trouble === undefined) return platform;
  reporter.warn(trouble);
  return { ...platform, ok: false };
}

/** Why the next host must not be touched; undefined = it may be. */
function obstacleTo(
  { stop }: FleetContext,
  hosts: readonly HostResult[],
  platform: PlatformResult | undefined,
): string | undefined {
  if (stop.aborted) return 'interrupted';
  const missing = hosts.find(({ usable }) => !usable);
  if (missing !== undefined) return `${missing.name} has to work first`;
  if (platform?.ok === true) return undefined;
  const failed = platform?.checks.find(({ ok }) => !ok);
  if (failed !== undefined) return `the check "${failed.name}" has to hold first (${failed.text})`;
  return 'what stands on the hosts has to be as declared first';
}

function changeHost(
  context: FleetContext,
  planned: PlannedHost,
  swarm: SwarmTurns,
  outages: Outages,
): Promise<HostResult> {
  const { host } = planned;
  return workOnHost(context, planned, async (log) => {
    if (planned.action === 'resize') {
      await resizeHost(context, planned, log, () => swarm.stepAside(planned, false));
      return;
    }
    await swarm.stepAside(planned, true);
    await outages.outlast(async () => {
      await removeHost(context, host.name, log);
      await makeHost(context, host, log);
    });
  });
}
