import type { FleetContext } from '../apply/fleet-context.js';
import { foreignHosts } from '../apply/ownership.js';
import { createArguments, type HostDeclaration } from '../declaration/fleet.js';
import { BadFile } from '../declaration/problem.js';
import { withFleet, type FleetOptions } from './open-fleet.js';
import { EXIT, type FleetSurroundings } from './surroundings.js';

/**
 * `adopt HOST...`: from now on the tool works on machines that somebody else made, as if it had made them. All of
 * them or none; nothing is changed on the hosts. Rejects with BadFile when the file declares no such host.
 */
export function adoptCommand(
  surroundings: FleetSurroundings,
  { hosts: names, ...options }: FleetOptions & { readonly hosts: readonly string[] },
): Promise<number> {
  return withFleet(surroundings, options, 'adopt', async (context) => {
    const { fleet, reporter } = context;
    const wanted = names.map((name) => declaredHost(context, name, options.file));
    const foreign = await foreignHosts(context);
    const each = await Promise.all(wanted.map((host) => adoptionOf(context, host, foreign)));
    const problems = each.flatMap((one) => ('problem' in one ? [one.problem] : []));
    if (problems.length > 0) {
      for (const problem of problems) reporter.warn(problem);
      reporter.warn('nothing was adopted');
      return EXIT.failed;
    }
    for (const { host, vm } of each.flatMap((one) => ('vm' in one ? [one] : []))) {
      const since = new Date().toISOString();
      await context.record.set(host.name, { phase: 'created', arguments: createArguments(host), since, vm });
      reporter.note(`${host.name} belongs to the fleet ${fleet.name} now, and is taken to be as declared.`);
    }
    reporter.note(
      'From now on apply starts, installs and joins it, and destroy removes it with all that is on it.',
    );
    return EXIT.ok;
  });
}

function declaredHost({ fleet }: FleetContext, name: string, file: string): HostDeclaration {
  const host = fleet.hosts.find((one) => one.name === name);
  if (host !== undefined) return host;
  const names = fleet.hosts.map((one) => one.name).join(', ');
  throw new BadFile(file, [{ line: 1, column: 1, text: `declares no host ${name}, only ${names}` }]);
}

type Adoption =
  | { readonly host: HostDeclaration; readonly vm: string }
  | { readonly host: HostDeclaration; readonly problem: string };

async function adoptionOf(
  { store, fleet }: FleetContext,
  host: HostDeclaration,
  foreign: ReadonlySet<string>,
): Promise<Adoption> {
  const { name } = host;
  const machine = await store.read(name);
  if (!foreign.has(name)) {
    const why = machine === undefined ? 'there is no machine of this name: apply makes it' : '';
    return {
      host,
      problem: `${name}: ${why === '' ? `it belongs to the fleet ${fleet.name} already` : why}`,
    };
  }
  if (machine === undefined) return { host, problem: `${name}: its config.json cannot be read` };
  const { driver, vmId } = machine;
  if (driver === 'nutanix' && vmId !== '') return { host, vm: vmId };
  const what = driver === 'nutanix' ? 'has no VM' : `is a machine of the driver ${driver}, not of nutanix`;
  return { host, problem: `${name} ${what}: remove it, and apply makes it` };
}
