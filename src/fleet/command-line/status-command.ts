import { runChecks } from '../checks/run-checks.js';
import { fleetStatus, type HostStatus } from '../status/fleet-status.js';
import { withFleet, type FleetOptions } from './open-fleet.js';
import { EXIT, type FleetSurroundings } from './surroundings.js';

/** `status`: declared against real, and the checks. Exit code 0 when all is as declared. */
export function statusCommand(surroundings: FleetSurroundings, options: FleetOptions): Promise<number> {
  return withFleet(surroundings, options, undefined, async (context) => {
    const { reporter, stop } = context;
    const hosts = await fleetStatus(context);
    reporter.table(
      'status',
      hosts.map((host) => ({ ...host })),
    );
    const well = hosts.every(isWell);
    const checks = hosts.every(({ address }) => address !== '') ? await runChecks(context, false) : [];
    if (checks.length > 0) {
      reporter.table(
        'checks',
        checks.map(({ name, text }) => ({ check: name, result: text })),
      );
    } else if (context.fleet.checks.length > 0) {
      reporter.warn('the checks were left out: not every host has an address');
    }
    if (stop.aborted) return EXIT.interrupted;
    const ok = well && checks.length === context.fleet.checks.length && checks.every((check) => check.ok);
    return ok ? EXIT.ok : EXIT.failed;
  });
}

function isWell({ vm, ssh, engine, differs }: HostStatus): boolean {
  return vm === 'Running' && ssh === 'ok' && engine !== '' && differs === '';
}
