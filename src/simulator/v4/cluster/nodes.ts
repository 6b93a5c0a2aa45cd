import { createHash } from 'node:crypto';
import { ipv4Number, ipv4Text } from '../../../support/index.js';
import type { HostRecord } from '../../core/store/records.js';
import type { World } from '../../core/world.js';

/** The hosts of a cluster, in their order. */
export function hostsOf({ store }: World, clusterUuid: string): HostRecord[] {
  return store.hosts.toArray().filter((host) => host.clusterUuid === clusterUuid);
}

/** Address of a host's controller VM: the controllers' addresses come right after those of their hosts. */
export function controllerAddress(world: World, { address, clusterUuid }: HostRecord): string {
  return ipv4Text(ipv4Number(address) + hostsOf(world, clusterUuid).length);
}

/** An id of what no record has, always the same for the same thing. */
export function derivedUuid(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  const parts = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)];
  return parts.join('-');
}

/** A number of 48 bits for the same purpose. */
export function derivedNumber(text: string): number {
  return createHash('sha256').update(text).digest().readUIntBE(0, 6);
}
