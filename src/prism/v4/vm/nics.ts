import { z } from 'zod';
import type { CallContext, Nic, NicAddress } from '../../../provider/index.js';
import { lenient, maybe } from '../../shared/index.js';
import type { V4Backend } from '../backend.js';
import { listAll } from '../list.js';
import { ifReadable } from '../read-entity.js';
import { vmPath } from './vm.js';

const value = z.object({ value: maybe.text });
const values = lenient(z.array(value.catch({})));
const backing = z.object({ macAddress: maybe.text });
const network = z.object({
  subnet: lenient(z.object({ extId: maybe.text })),
  ipv4Config: lenient(z.object({ ipAddress: lenient(value), secondaryIpAddressList: values })),
  ipv4Info: lenient(z.object({ learnedIpAddresses: values })),
  ipv6Info: lenient(z.object({ learnedIpv6Addresses: values })),
});

/** A NIC. Newer servers show it in two forms, of which the older has no IPv6 (recorded-v4 A1, reference v4 3.6). */
const nic = z.object({
  nicBackingInfo: lenient(backing),
  nicNetworkInfo: lenient(network),
  backingInfo: lenient(backing),
  networkInfo: lenient(network),
});

/** The NICs of a VM in the port's terms. */
export function nicsFrom(list: readonly unknown[]): readonly Nic[] {
  return list.map((one) => {
    const { nicBackingInfo, backingInfo, nicNetworkInfo, networkInfo } = nic.safeParse(one).data ?? {};
    const info = nicNetworkInfo ?? networkInfo;
    return {
      subnet: info?.subnet?.extId ?? '',
      macAddress: (nicBackingInfo ?? backingInfo)?.macAddress,
      addresses: addressesIn(info),
    };
  });
}

/**
 * The addresses that the cloud has assigned, then those that it has learned from the guest. Link-local ones are
 * learned first and cannot be reached (reference v4 3.6).
 */
function addressesIn(info: z.infer<typeof network> | undefined): readonly NicAddress[] {
  const { ipAddress, secondaryIpAddressList = [] } = info?.ipv4Config ?? {};
  const assigned = textsOf([...(ipAddress === undefined ? [] : [ipAddress]), ...secondaryIpAddressList]);
  const learned = textsOf([
    ...(info?.ipv4Info?.learnedIpAddresses ?? []),
    ...(info?.ipv6Info?.learnedIpv6Addresses ?? []),
  ]).filter((ip) => !LINK_LOCAL.test(ip) && !assigned.includes(ip));
  return [
    ...assigned.map((ip) => ({ ip, source: 'assigned' }) as const),
    ...learned.map((ip) => ({ ip, source: 'learned' }) as const),
  ];
}

const LINK_LOCAL = /^(169\.254\.|fe[89ab][0-9a-f]:)/i;

function textsOf(list: readonly z.infer<typeof value>[]): readonly string[] {
  return list.flatMap(({ value: text }) => (text === undefined || text === '' ? [] : [text]));
}

/**
 * The NICs by the list of their own, which has learned addresses that the VM's GET lacks for a while (reference v4 3.6).
 * Where it is refused, the GET is all there is.
 */
export async function listNics(
  backend: V4Backend,
  vmId: string,
  attempted: string,
  context: CallContext,
): Promise<readonly Nic[] | undefined> {
  const list = { namespace: 'vmm', path: `${vmPath(vmId)}/nics`, item: nic } as const;
  const listed = await ifReadable(
    backend,
    listAll(backend.api, list, { attempted, signal: context.signal }),
    context,
    ['permission-denied', 'not-found', 'unsupported', 'unavailable'],
  );
  return listed === undefined ? undefined : nicsFrom(listed);
}
