import { z } from 'zod';
import type { Nic, NicAddress, Vm } from '../../../provider/index.js';
import { lastProblemOf, entityName, type Entity } from '../envelope.js';
import { lenient, maybe } from '../../shared/index.js';
import { reference } from '../reference.js';
import { sizeFrom } from './size.js';

const endpoint = z.object({ ip: maybe.text, type: maybe.text });
const nicShape = z.object({
  subnet_reference: lenient(reference),
  mac_address: maybe.text,
  ip_endpoint_list: lenient(z.array(endpoint)),
});
const vmResources = z.object({
  power_state: maybe.text,
  nic_list: lenient(z.array(nicShape)),
  disk_list: lenient(z.array(z.object({ uuid: maybe.text }))),
});
type VmResources = z.infer<typeof vmResources>;

/** A VM as the API shows it, in the port's terms. `creating`: a create of ours is known to be under way. */
export function vmFrom(found: Entity, id: string, creating: boolean): Vm {
  const resources = vmResources.safeParse(found.status?.resources).data ?? {};
  return {
    id,
    name: entityName(found) ?? '',
    lifecycle: lifecycleOf(found, resources, creating),
    power: powerOf(resources.power_state),
    nics: (resources.nic_list ?? []).map(nicFrom),
    // Of the hundreds in a list, hardly one is asked for its size.
    get size() {
      return sizeFrom(found.status?.resources);
    },
    lastProblem: lastProblemOf(found),
  };
}

/** The power state in the port's words; ON and OFF only come from `status` (reference 2.4). */
export function powerOf(state: string | undefined): Vm['power'] {
  switch (state) {
    case 'ON':
      return 'on';
    case 'OFF':
      return 'off';
    case 'PAUSED':
    case 'SUSPENDED':
      return 'paused';
    default:
      return 'unknown';
  }
}

export function vmPowerOf({ status }: Entity): Vm['power'] {
  return powerOf(vmResources.safeParse(status?.resources).data?.power_state);
}

/**
 * The state PENDING or RUNNING is that of the last change, whichever it was (reference 2.4): it means a create
 * only while the VM's parts are not there yet.
 */
function lifecycleOf({ status }: Entity, resources: VmResources, creating: boolean): Vm['lifecycle'] {
  if (status?.state === 'DELETE_PENDING') return 'deleting';
  if (creating) return 'creating';
  const underWay = status?.state === 'PENDING' || status?.state === 'RUNNING';
  const disks = resources.disk_list ?? [];
  const whole = resources.power_state !== undefined && disks.some(({ uuid }) => uuid !== undefined);
  return underWay && !whole ? 'creating' : 'ready';
}

function nicFrom(nic: z.infer<typeof nicShape>): Nic {
  const addresses = (nic.ip_endpoint_list ?? []).flatMap(({ ip, type }): NicAddress[] =>
    ip === undefined ? [] : [{ ip, source: type === 'LEARNED' ? 'learned' : 'assigned' }],
  );
  const { uuid, name } = nic.subnet_reference ?? {};
  return { subnet: uuid ?? name ?? '', macAddress: nic.mac_address, addresses };
}
