import { z } from 'zod';
import type { Inventory } from '../../../src/simulator/index.js';
import { exchange } from './recordings.js';

const reference = z.object({ extId: z.string() });
const image = z.object({
  reference: z.object({ $objectType: z.string(), imageExtId: z.string() }),
});
const medium = {
  diskSizeBytes: z.number(),
  storageContainer: reference,
  dataSource: image.optional(),
};
const address = z.object({ busType: z.string(), index: z.number() });

/** Of a recorded VM what a client can ask for; the rest is cut off. */
const machine = z.object({
  name: z.string(),
  description: z.string().optional(),
  numSockets: z.number(),
  numCoresPerSocket: z.number(),
  numThreadsPerCore: z.number(),
  memorySizeBytes: z.number(),
  hardwareClockTimezone: z.string(),
  cluster: reference,
  bootConfig: z.object({
    $objectType: z.string(),
    bootOrder: z.array(z.string()),
    isSecureBootEnabled: z.boolean().optional(),
  }),
  powerState: z.enum(['ON', 'OFF']),
  disks: z.array(
    z.object({ diskAddress: address, backingInfo: z.object({ $objectType: z.string(), ...medium }) }),
  ),
  cdRoms: z.array(z.object({ diskAddress: address, backingInfo: z.object(medium).optional() })).optional(),
  nics: z
    .array(
      z.object({
        backingInfo: z.object({ macAddress: z.string(), isConnected: z.boolean(), numQueues: z.number() }),
        networkInfo: z.object({
          nicType: z.string(),
          vlanMode: z.string(),
          subnet: reference,
          ipv4Config: z.object({ ipAddress: z.object({ value: z.string() }) }).optional(),
        }),
      }),
    )
    .optional(),
});

type Machine = z.infer<typeof machine>;

/** The VMs of the recorded list, in its order. */
export function recordedMachines(): Machine[] {
  const body = z.object({ data: z.array(machine) });
  return body.parse(exchange('other/vmm-list-vms').response.body).data;
}

/** The body with which such a VM is made. It is switched on later. */
export function createBodyOf(machine: Machine): unknown {
  return { ...machine, powerState: undefined };
}

/** Subnets and images that these VMs refer to. */
export function referredTo(machines: readonly Machine[]): Pick<Inventory, 'subnets' | 'images'> {
  const nics = machines.flatMap((one) => one.nics ?? []);
  const media = machines.flatMap(({ disks, cdRoms = [] }) => [...disks, ...cdRoms]);
  const clusterUuid = machines[0]?.cluster.extId ?? '';
  const subnetIds = new Set(nics.map((nic) => nic.networkInfo.subnet.extId));
  return {
    subnets: [...subnetIds].map((uuid, index) => {
      const isManaged = nics.some(
        ({ networkInfo }) => networkInfo.subnet.extId === uuid && networkInfo.ipv4Config !== undefined,
      );
      const managed = {
        network: '192.168.2.0',
        prefixLength: 24,
        gateway: '192.168.2.1',
        pools: [['192.168.2.10', '192.168.2.250'] as const],
      };
      const name = `vlan-${String(index)}`;
      return { uuid, name, type: 'VLAN', clusterUuid, vlanId: index, ...(isManaged ? { managed } : {}) };
    }),
    images: imagesOf(media.map(({ backingInfo }) => backingInfo)).map(([uuid, sizeBytes]) => ({
      uuid,
      name: uuid,
      type: 'DISK_IMAGE',
      sizeBytes,
      clusterUuids: [clusterUuid],
    })),
  };
}

/** Each image with the size of the smallest disk that was made from it. */
function imagesOf(media: readonly unknown[]): [string, number][] {
  const sizes = new Map<string, number>();
  for (const one of media) {
    const parsed = z.object(medium).safeParse(one);
    const uuid = parsed.data?.dataSource?.reference.imageExtId;
    if (uuid === undefined) continue;
    sizes.set(uuid, Math.min(sizes.get(uuid) ?? Infinity, parsed.data?.diskSizeBytes ?? 0));
  }
  return [...sizes];
}
