import { z } from 'zod';
import { decode, rawObject, type RawObject } from '../../shared/index.js';

const withSpec = z.looseObject({
  metadata: rawObject,
  spec: z.looseObject({ resources: rawObject }),
});
const nicList = z.array(rawObject);
const endpoints = z.array(rawObject);

/**
 * The body of a PUT made from a fresh GET: everything goes back as it came, because what is left out is removed
 * (reference 5.8), except `status`, which is not ours to send, and addresses of type LEARNED, which are refused.
 */
export function updateBody(raw: RawObject, resources: RawObject, attempted: string): RawObject {
  const { spec, ...others } = decode(withSpec, raw, attempted);
  delete others['status'];
  return {
    ...others,
    spec: { ...spec, resources: { ...withoutLearned(spec.resources), ...resources } },
  };
}

function withoutLearned(resources: RawObject): RawObject {
  const nics = nicList.safeParse(resources['nic_list']);
  if (!nics.success) return resources;
  return { ...resources, nic_list: nics.data.map(assignedOnly) };
}

function assignedOnly(nic: RawObject): RawObject {
  const list = endpoints.safeParse(nic['ip_endpoint_list']);
  if (!list.success) return nic;
  return { ...nic, ip_endpoint_list: list.data.filter(({ type }) => type !== 'LEARNED') };
}
