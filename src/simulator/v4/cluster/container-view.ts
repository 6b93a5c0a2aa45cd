import type { ContainerRecord } from '../../core/store/records.js';
import { typed } from '../message/typed.js';
import type { V4Call } from '../route.js';
import type { V4World } from '../world.js';
import { derivedUuid } from './nodes.js';

/** The one that every cluster has for itself. */
const INTERNAL = 'NutanixManagementShare';

/**
 * A storage container. Its id is `containerExtId`: there is no `extId`. Source: recorded-v4
 * other/clustermgmt-list-storage-containers.
 */
export function containerView(
  { served, store }: V4World,
  { origin, version }: V4Call,
  container: ContainerRecord,
): Record<string, unknown> {
  const base = `${origin}/api/clustermgmt/${version.text}`;
  const link = (room: string, rel: string): Record<string, unknown> =>
    typed(served, 'common.v1.response.ApiLink', {
      href: `${base}/${room}/storage-containers/${container.uuid}`,
      rel,
    });
  return typed(served, 'clustermgmt.v4.config.StorageContainer', {
    links: [link('config', 'storage-container'), link('stats', 'storage-container-stats')],
    clusterExtId: container.clusterUuid,
    storagePoolExtId: derivedUuid(`storage pool of ${container.clusterUuid}`),
    // The same twice, as recorded.
    isMarkedForRemoval: false,
    markedForRemoval: false,
    maxCapacityBytes: container.capacityBytes,
    logicalImplicitReservedCapacityBytes: 0,
    isNfsWhitelistInherited: true,
    clusterName: store.clusters.get(container.clusterUuid)?.name,
    containerExtId: container.uuid,
    ownerExtId: '00000000-0000-0000-0000-000000000000',
    name: container.name,
    logicalExplicitReservedCapacityBytes: 0,
    replicationFactor: 2,
    erasureCode: 'OFF',
    isInlineEcEnabled: false,
    hasHigherEcFaultDomainPreference: false,
    cacheDeduplication: 'OFF',
    onDiskDedup: 'OFF',
    isCompressionEnabled: true,
    compressionDelaySecs: 0,
    isInternal: container.name === INTERNAL,
    isSoftwareEncryptionEnabled: false,
  });
}
