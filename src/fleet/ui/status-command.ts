import { checkRow, runChecks } from '../platform/run-checks.js';
import type { FleetContext } from '../context/fleet-context.js';
import { requireClient } from '../preflight/client-problem.js';
import { compareSize } from '../hosts/size/compare-size.js';
import { fleetStatus, type HostStatus, type CompareSize, undeclaredStatus } from '../status/fleet-status.js';
import { volumeStatus } from '../status/volume-status.js';
import { stillOwned } from '../hosts/ownership/still-owned.js';
import { tellStillOwned } from './questions.js';
import { OperationError } from '../../support/index.js';
import { withFleet, type FleetOptions } from './open-fleet.js';
import { EXIT, type FleetRuntime } from './fleet-runtime.js';

/** `status`: declared against real, and the checks. Exit code 0 when all is as declared. */
export function statusCommand(runtime: FleetRuntime, options: FleetOptions): Promise<number> {
  return withFleet(runtime, options, undefined, async (context) => {
    const { reporter, stop } = context;
    await requireClient(context.client, options.file, stop);
    const hosts = await withSizes(context, (compare) => fleetStatus(context, compare));
    const owned = await stillOwned(context);
    const undeclared = await undeclaredStatus(context, owned.hosts);
    reporter.table(
      'status',
      [...hosts, ...undeclared].map(({ differs, ...host }) => ({
        ...host,
        differs: { shown: differs.join('; '), name: 'differs', value: differs },
      })),
    );
    await showVolumes(context, hosts);
    tellStillOwned(context, { ...owned, hosts: [] }, false);
    const well = hosts.every(isWell) && owned.hosts.length === 0 && owned.renamed.length === 0;
    const away = new Map(
      hosts.filter(({ vm }) => vm !== 'Running').map(({ host, vm }) => [host, `is ${vm.toLowerCase()}`]),
    );
    const haveAddresses = hosts.every(({ address }) => address !== '');
    const checks = haveAddresses ? await runChecks(context, { patient: false, away }) : [];
    if (checks.length > 0) {
      reporter.table('checks', checks.map(checkRow));
    } else if (context.fleet.checks.length > 0) {
      reporter.warn('the checks were left out: not every host has an address');
    }
    if (stop.aborted) return EXIT.interrupted;
    const ok = well && checks.length === context.fleet.checks.length && checks.every((check) => check.ok);
    return ok ? EXIT.ok : EXIT.failed;
  });
}

/** What the volume plugin of the first host that runs says of the volumes, and of who holds them. */
async function showVolumes(context: FleetContext, hosts: readonly HostStatus[]): Promise<void> {
  const running = new Set(
    hosts.filter(({ vm, ssh }) => vm === 'Running' && ssh === 'ok').map(({ host }) => host),
  );
  const volumes = await volumeStatus(context, running);
  if (volumes === undefined) return;
  if ('problem' in volumes) context.reporter.warn(`volumes are not known: ${volumes.problem}`);
  else context.reporter.table('volumes', volumes.rows);
}

/** Gets sizes from the cloud itself, because the client knows none. Without a connection they are left out. */
async function withSizes<T>(context: FleetContext, work: (compare: CompareSize) => Promise<T>): Promise<T> {
  const { cloud, reporter } = context;
  const provider = await cloud.open().catch((error: unknown) => {
    const { message } = OperationError.from(error, 'connect to Prism Central');
    reporter.warn(`sizes were not compared: ${message}`);
  });
  if (provider === undefined) return await work(() => Promise.resolve(undefined));
  return await work((host, madeWith) => compareSize(context, host, madeWith));
}

function isWell({ vm, ssh, engine, differs }: HostStatus): boolean {
  return vm === 'Running' && ssh === 'ok' && engine !== '' && differs.length === 0;
}
