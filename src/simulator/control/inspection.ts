import type { RequestEntry, RequestLog } from '../http/request-log.js';
import type { Injector } from '../core/faults/injector.js';
import { timestamp } from '../core/time.js';
import { shownState } from '../core/store/vm-record.js';
import type { VolumeGroupRecord } from '../core/store/volume-records.js';
import { vmAttachmentsOf } from '../core/volume/index.js';
import type { World } from '../core/world.js';

export interface VmSummary {
  readonly uuid: string;
  readonly name: string;
  readonly state: string;
  readonly power: 'ON' | 'OFF';
  readonly made: boolean;
  readonly cluster: string;
  readonly description: string | undefined;
  readonly addresses: readonly { readonly ip: string; readonly type: 'ASSIGNED' | 'LEARNED' }[];
  readonly disks: readonly {
    readonly uuid: string;
    readonly type: string;
    readonly adapter: string;
    readonly index: number;
    readonly sizeBytes: number;
  }[];
}

export interface VolumeGroupSummary {
  readonly uuid: string;
  readonly name: string;
  readonly cluster: string;
  readonly disks: readonly { readonly uuid: string; readonly index: number; readonly sizeBytes: number }[];
  /** UUIDs of the VMs, and of the iSCSI clients, that have it. */
  readonly vms: readonly string[];
  readonly iscsiClients: readonly string[];
}

/** A picture of the simulator for tests, demos and the page; holds no credentials and no user data. */
export interface Snapshot {
  readonly time: string;
  readonly version: string;
  readonly guests: string;
  readonly vms: readonly VmSummary[];
  readonly volumeGroups: readonly VolumeGroupSummary[];
  /** UUIDs set aside and not expired. */
  readonly reservations: readonly { readonly clientIdentifier: string; readonly uuids: readonly string[] }[];
  /** Subnet name and UUID to addresses in use. */
  readonly addresses: readonly {
    readonly subnet: string;
    readonly uuid: string;
    readonly reserved: readonly string[];
  }[];
  readonly tasks: readonly {
    readonly uuid: string;
    readonly operation: string;
    readonly status: string;
    readonly errorDetail?: string | undefined;
  }[];
  readonly faults: readonly { readonly name: string; readonly struck: number }[];
  readonly requests: {
    readonly total: number;
    readonly counts: Readonly<Record<string, number>>;
    readonly latest: readonly RequestEntry[];
  };
}

export function snapshot(world: World, log: RequestLog, injector: Injector): Snapshot {
  return {
    time: timestamp(world.time.now()),
    version: world.version.text,
    guests: world.guests.kind,
    vms: vmSummaries(world),
    volumeGroups: [...world.store.volumeGroups].map((group) => volumeGroupSummary(world, group)),
    reservations: [...world.store.reservations]
      .filter(({ expiresAt }) => expiresAt > world.time.now())
      .map(({ clientIdentifier, uuids }) => ({ clientIdentifier, uuids })),
    addresses: [...world.store.subnets].map(({ name, uuid, reservations }) => ({
      subnet: name,
      uuid,
      reserved: Object.keys(reservations),
    })),
    tasks: [...world.tasks.all()].map(({ uuid, operation, status, failure }) => ({
      uuid,
      operation,
      status,
      errorDetail: failure?.message,
    })),
    faults: injector.list().map(({ name, struck }) => ({ name, struck })),
    requests: { total: log.total, counts: log.counts(), latest: [...log.latest()] },
  };
}

function volumeGroupSummary({ store }: World, group: VolumeGroupRecord): VolumeGroupSummary {
  const { uuid, name, clusterUuid, disks, clientUuids } = group;
  return {
    uuid,
    name,
    cluster: store.clusters.get(clusterUuid)?.name ?? clusterUuid,
    disks: disks.map(({ uuid: diskUuid, index, sizeBytes }) => ({ uuid: diskUuid, index, sizeBytes })),
    vms: vmAttachmentsOf(store, uuid).map(({ vm }) => vm.uuid),
    iscsiClients: [...clientUuids],
  };
}

export function vmSummaries(world: World): VmSummary[] {
  return [...world.store.vms].map((vm) => ({
    uuid: vm.uuid,
    name: vm.name,
    state: shownState(vm),
    power: vm.power,
    made: vm.made,
    cluster: world.store.clusters.get(vm.clusterUuid)?.name ?? vm.clusterUuid,
    description: vm.description,
    addresses: vm.config.nics.flatMap((nic) => [
      ...(nic.address === undefined ? [] : [{ ip: nic.address, type: 'ASSIGNED' as const }]),
      ...(vm.learned[nic.uuid] ?? []).map((ip) => ({ ip, type: 'LEARNED' as const })),
    ]),
    disks: vm.config.disks.map(({ uuid, type, adapter, index, sizeBytes = 0 }) => ({
      uuid,
      type,
      adapter,
      index,
      sizeBytes,
    })),
  }));
}
