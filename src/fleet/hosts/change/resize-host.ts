import { OperationError } from '../../../support/index.js';
import { type FleetContext, withinLimit } from '../../context/fleet-context.js';
import type { HostLog } from '../../context/host-log.js';
import { runOptions, startMachine } from './make-host.js';
import type { PlannedHost } from '../plan/make-plan.js';
import { storedVm } from '../../../settings/index.js';
import { createArguments } from '../../declaration/fleet.js';

/** A change of a VM is a matter of seconds, unless Prism is busy; ms. */
const LIMIT = 300_000;

/**
 * Changes CPU and memory of a host's VM where it is, with a stop where Prism needs one; a host that was off is
 * started. Every step can be repeated: what was killed in the middle is finished by the next run.
 */
export async function resizeHost(
  context: FleetContext,
  { host, size: change }: PlannedHost,
  log: HostLog,
  beforeStop: () => Promise<void>,
): Promise<void> {
  const { store, record, client, reporter } = context;
  const { name } = host;
  if (change !== undefined) {
    const { id, isOn } = await vmOf(context, name);
    if (isOn && change.needsStop) {
      await beforeStop();
      await client.require(['stop', name], `stop ${name}`, runOptions(context, name, log));
    }
    reporter.step(name, `changing ${change.text}`);
    const provider = await context.cloud.open();
    await withinLimit(LIMIT, `resize ${name}`, context.stop, (call) =>
      provider.resize(id, change.size, call),
    );
    await store.setSize(name, change.size);
    if (!isOn || change.needsStop) await startMachine(context, name, log);
  }
  const made = record.get(name);
  if (made !== undefined) await record.set(name, { ...made, arguments: createArguments(host) });
}

async function vmOf(
  { store, cloud, stop }: FleetContext,
  name: string,
): Promise<{ readonly id: string; readonly isOn: boolean }> {
  const attempted = `resize ${name}`;
  const driver = (await store.driverJson(name)) ?? '{}';
  const { identity } = storedVm(Buffer.from(driver), new Map());
  const provider = await cloud.open();
  const vm = await withinLimit(LIMIT, attempted, stop, (call) => provider.find(identity, call));
  if (vm !== undefined) return { id: vm.id, isOn: vm.power !== 'off' };
  throw new OperationError({
    code: 'not-found',
    attempted,
    problem: 'its VM is gone',
    advice: 'Apply again.',
  });
}
