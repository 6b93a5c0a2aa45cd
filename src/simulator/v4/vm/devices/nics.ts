import { requestBody } from '../../message/request-body.js';
import { nicBody } from '../device-bodies.js';
import { nicView } from '../device-views.js';
import { checkNicMembers } from '../members.js';
import { nicOptions } from '../options.js';
import { checkSubnets } from '../references.js';
import { changed } from './changed.js';
import type { DeviceType } from './device-type.js';

/** nics of a VM. */
export const nics: DeviceType = {
  plural: 'nics',
  word: 'Nic',
  kind: 'vm_nic',
  shown: (of, vm) => vm.config.nics.map((nic) => ({ extId: nic.uuid, view: nicView(of, vm, nic) })),
  added: (world, call, operation) => {
    const body = requestBody(world, call, nicBody);
    checkNicMembers(world, call, body);
    const wanted = { ...nicOptions(body), uuid: undefined };
    return (options, { clusterUuid }) => {
      checkSubnets(world, operation, clusterUuid, [wanted]);
      return { ...options, nics: [...options.nics, wanted] };
    };
  },
  replaced: (world, call, extId) => {
    const body = requestBody(world, call, nicBody);
    checkNicMembers(world, call, body);
    const wanted = nicOptions(body);
    return (options, { clusterUuid }) => {
      const replaced = changed(options.nics, extId, (nic) => ({
        ...wanted,
        uuid: extId,
        subnetUuid: wanted.subnetUuid ?? nic.subnetUuid,
        extras: nic.extras,
      }));
      checkSubnets(world, 'UpdateNic', clusterUuid, replaced);
      return { ...options, nics: replaced };
    };
  },
  removed: (extId) => (options) => ({ ...options, nics: options.nics.filter(({ uuid }) => uuid !== extId) }),
};
