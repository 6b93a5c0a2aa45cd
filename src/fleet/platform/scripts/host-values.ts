import type { FleetContext } from '../../context/fleet-context.js';
import type { HostDeclaration } from '../../declaration/fleet.js';
import type { HostValues, Scopes } from '../../declaration/placeholders.js';
import type { StoredMachine } from '../../store/machine-store.js';
import { OperationError } from '../../../support/index.js';

/** A machine that can be reached. Rejects with `not-found` while it has no address. */
export async function machineOf({ store }: FleetContext, name: string): Promise<StoredMachine> {
  const machine = await store.read(name);
  if (machine !== undefined && machine.address !== '') return machine;
  throw new OperationError({
    code: 'not-found',
    attempted: `reach ${name}`,
    problem: 'it has no address yet',
  });
}

/** What placeholders mean for a host. */
export function scopesFor(context: FleetContext, host: HostDeclaration): Scopes {
  const { hosts } = context.fleet;
  return async (scope) => {
    if (scope === 'host') return await hostValues(context, host);
    const role = scope === 'first' ? host.role : scope;
    const meant = hosts.find((other) => other.role === role && role !== undefined);
    return meant === undefined ? undefined : await hostValues(context, meant);
  };
}

async function hostValues(context: FleetContext, { name, role = '' }: HostDeclaration): Promise<HostValues> {
  return { name, role, address: (await machineOf(context, name)).address };
}
