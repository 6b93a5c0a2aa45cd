import { applyPlatform, type PlatformResult } from '../apply/apply-platform.js';
import type { FleetContext } from '../apply/fleet-context.js';
import { notBegun, workOnHost, type HostResult } from '../apply/host-work.js';
import { makeHost, removeHost } from '../apply/make-host.js';
import type { PlannedHost } from '../apply/make-plan.js';

export interface TurnsResult {
  readonly hosts: readonly HostResult[];
  /** What stands on the hosts, as it was after the last change; undefined = it was not looked at since. */
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
 * stands on the hosts is as declared and passes its checks; the first turn that fails is the last.
 */
export async function changeInTurn(
  context: FleetContext,
  waiting: readonly PlannedHost[],
  before: Before,
): Promise<TurnsResult> {
  const results: HostResult[] = [];
  let { platform } = before;
  for (const [index, planned] of waiting.entries()) {
    const obstacle = obstacleTo(context, [...before.hosts, ...results], platform);
    if (obstacle !== undefined) {
      const left = waiting.slice(index).map((one) => notBegun(one, `not ${planned.action}d: ${obstacle}`));
      return { hosts: [...results, ...left], platform };
    }
    const result = await replaceHost(context, planned);
    results.push(result);
    platform = result.ok && !context.stop.aborted ? await applyPlatform(context) : undefined;
  }
  return { hosts: results, platform };
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

function replaceHost(context: FleetContext, planned: PlannedHost): Promise<HostResult> {
  const { host } = planned;
  return workOnHost(context, planned, async (log) => {
    await removeHost(context, host.name, log);
    await makeHost(context, host, log);
  });
}
