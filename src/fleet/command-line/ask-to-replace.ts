import { waitsItsTurn } from '../apply/apply.js';
import type { FleetContext } from '../apply/fleet-context.js';
import type { Plan } from '../apply/make-plan.js';
import { confirmed } from './confirm.js';
import type { FleetSurroundings } from './surroundings.js';

/** Shows which hosts will be replaced, why, and what is lost with them, and asks. True when nothing is lost. */
export async function mayReplace(
  surroundings: FleetSurroundings,
  { reporter }: FleetContext,
  plan: Plan,
  yes: boolean,
): Promise<boolean> {
  const waiting = plan.hosts.filter(waitsItsTurn);
  if (waiting.length === 0) return true;
  reporter.table(
    'replacements',
    waiting.map(({ host, reason }) => ({ replaced: host.name, because: reason })),
  );
  reporter.note(
    'Each of these hosts is removed and made again, one after the other. ' +
      'Its containers, images, local volumes and data disks are lost.',
  );
  if (yes) return true;
  const question = waiting.length === 1 ? 'Replace this host?' : `Replace these ${waiting.length} hosts?`;
  return await confirmed(surroundings, 'apply --recreate', question);
}
