import { join } from 'node:path';
import type { FleetContext } from '../context/fleet-context.js';
import { foreignHosts, type ForeignHosts } from '../hosts/ownership/ownership.js';
import { createArguments, type HostDeclaration } from '../declaration/fleet.js';
import { BadFile } from '../declaration/problem.js';
import { type FleetRecord, otherRecords } from '../store/fleet-record.js';
import { takeLock } from '../../process/index.js';
import { withFleet, type FleetOptions } from './open-fleet.js';
import { EXIT, type FleetRuntime } from './fleet-runtime.js';
import { isThere } from '../../support/index.js';

/**
 * `adopt HOST...`: from now on the tool works on machines that it did not make, as if it had made them. All of
 * them or none; nothing is changed on the hosts. Rejects with BadFile when the file declares no such host.
 */
export function adoptCommand(
  runtime: FleetRuntime,
  { hosts: names, ...options }: FleetOptions & { readonly hosts: readonly string[] },
): Promise<number> {
  return withFleet(runtime, options, 'adopt', async (context) => {
    const { reporter } = context;
    const wanted = names.map((name) => declaredHost(context, name, options.file));
    const foreign = await foreignHosts(context);
    const each = await Promise.all(wanted.map((host) => adoptionOf(context, host, foreign)));
    const problems = each.flatMap((one) => ('problem' in one ? [one.problem] : []));
    if (problems.length > 0) {
      for (const problem of problems) reporter.warn(problem);
      reporter.warn('nothing was adopted');
      return EXIT.failed;
    }
    for (const adoption of each) {
      if (!('problem' in adoption)) await adopt(context, adoption);
    }
    reporter.note(
      'apply starts, installs and joins it from now on, and destroy removes it with all that is on it.',
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
  | { readonly host: HostDeclaration; readonly vm: string; readonly from?: FleetRecord | undefined }
  | { readonly host: HostDeclaration; readonly problem: string };

async function adoptionOf(
  { store, fleet }: FleetContext,
  host: HostDeclaration,
  foreign: ForeignHosts,
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
  if (driver !== 'nutanix' || vmId === '') {
    const what = driver === 'nutanix' ? 'has no VM' : `is a machine of the driver ${driver}, not of nutanix`;
    return { host, problem: `${name} ${what}: remove it, and apply makes it` };
  }
  const records = await otherRecords(store.folder, fleet.name);
  const from = records.find((record) => record.get(name) !== undefined);
  const file = from?.file;
  if (file === undefined || file === fleet.file || !(await isThere(file))) return { host, vm: vmId, from };
  return {
    host,
    problem: `${name} belongs to the fleet ${from?.fleet ?? ''} of ${file}: take it out of that file first`,
  };
}

/** With what another fleet's record knows of it, if it was one of that fleet. */
async function adopt(
  { fleet, record, reporter, store }: FleetContext,
  { host, vm, from }: Exclude<Adoption, { readonly problem: string }>,
): Promise<void> {
  const { name } = host;
  if (from === undefined) {
    const since = new Date().toISOString();
    await record.set(name, { phase: 'created', arguments: createArguments(host), since, vm });
    reporter.note(`${name} belongs to the fleet ${fleet.name} now, and is taken to be as declared.`);
    return;
  }
  const lock = await takeLock(
    join(store.folder, 'fleets', `${from.fleet}.lock`),
    'nutanix-hosts adopt',
    'this fleet',
  );
  try {
    await record.takeOver(name, from);
  } finally {
    await lock.release();
  }
  reporter.note(`${name} belongs to the fleet ${fleet.name} now, not to ${from.fleet} any more.`);
}
