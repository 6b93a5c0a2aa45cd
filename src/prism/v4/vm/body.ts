import type { CreationToken, VmSpec } from '../../../provider/index.js';
import { OperationError } from '../../../support/index.js';
import { encodedGuestData, machineTypeOf, placedDisks, taggedDescription } from '../../shared/index.js';

/** Forms that changed with a version of the namespace vmm (reference v4 1.2). */
export interface BodyForms {
  /** 4.1 and later: NICs as `nicBackingInfo` and `nicNetworkInfo`, and projects. */
  readonly isFrom41: boolean;
}

export interface BodyInput extends BodyForms {
  readonly spec: VmSpec;
  readonly product: string;
  readonly origin?: string | undefined;
  readonly group?: string | undefined;
  readonly token: CreationToken;
  /** The id of the request; also the instance id of the guest, because the VM's own id is not known yet. */
  readonly requestId: string;
  /** The ids of the placement's categories. */
  readonly categoryIds: readonly string[];
}

const BYTES_PER_GIB = 1024 ** 3;
const BYTES_PER_MIB = 1024 ** 2;

/**
 * The body of POST vms. Never with a power state, which would fail the task (recorded-v4 C3); with `$objectType` only
 * where a member is one of several kinds (reference v4 3.1).
 */
export function createBody(input: BodyInput): object {
  const { spec, product, origin, group, token, categoryIds } = input;
  const { placement } = spec;
  const machineType = machineTypeOf(spec);
  return {
    name: spec.name,
    description: taggedDescription(spec.description, product, {
      creationToken: token,
      origin,
      machineName: spec.name,
      group,
    }),
    numSockets: spec.sockets,
    numCoresPerSocket: spec.coresPerSocket,
    memorySizeBytes: spec.memoryMiB * BYTES_PER_MIB,
    ...(spec.cpuPassthrough ? { isCpuPassthroughEnabled: true } : {}),
    cluster: { extId: placement.cluster.id },
    ...projectPart(input),
    ...(categoryIds.length === 0
      ? {}
      : { categories: [...new Set(categoryIds)].map((extId) => ({ extId })) }),
    ...(machineType === undefined ? {} : { machineType }),
    ...bootPart(spec),
    ...(spec.vtpm ? { vtpmConfig: { isVtpmEnabled: true } } : {}),
    disks: disks(spec),
    nics: placement.subnets.map(({ id }, index) => nic(id, spec.staticAddresses[index], input)),
    ...gpuPart(spec),
    ...(spec.serialPort ? { serialPorts: [{ index: 0, isConnected: true }] } : {}),
    guestCustomization: guestCustomization(input),
  };
}

function projectPart({ spec, isFrom41 }: BodyInput): object {
  const { project } = spec.placement;
  if (project === undefined) return {};
  if (isFrom41) return { project: { extId: project.id } };
  throw new OperationError({
    code: 'unsupported',
    attempted: `create VM "${spec.name}"`,
    problem: `API v4.0 of this Prism Central puts no VM into a project, and project "${project.name}" was asked for`,
    advice: 'Leave the project out, or speak API v3.',
  });
}

/** Absent = legacy (recorded-v4 A1). */
function bootPart({ bootType }: VmSpec): object {
  if (bootType === 'legacy') return {};
  const secure = bootType === 'secure' ? { isSecureBootEnabled: true } : {};
  return { bootConfig: { $objectType: 'vmm.v4.ahv.config.UefiBoot', ...secure } };
}

/** The image on SCSI 0, then the additional disks. The server adds the CD-ROM of cloud-init by itself. */
function disks(spec: VmSpec): readonly object[] {
  const { placement, systemDiskGiB } = spec;
  const image = { $objectType: 'vmm.v4.ahv.config.ImageReference', imageExtId: placement.image.id };
  const system = {
    diskAddress: { busType: 'SCSI', index: 0 },
    backingInfo: {
      $objectType: 'vmm.v4.ahv.config.VmDisk',
      ...(systemDiskGiB === undefined ? {} : { diskSizeBytes: systemDiskGiB * BYTES_PER_GIB }),
      dataSource: { reference: image },
    },
  };
  const additional = placedDisks(spec).map(({ bus, index, sizeGiB, container }) => ({
    diskAddress: { busType: bus.toUpperCase(), index },
    backingInfo: {
      $objectType: 'vmm.v4.ahv.config.VmDisk',
      diskSizeBytes: sizeGiB * BYTES_PER_GIB,
      ...(container === undefined ? {} : { storageContainer: { extId: container.id } }),
    },
  }));
  return [system, ...additional];
}

/** Without a static address nothing is said of IPv4: a managed subnet assigns one by itself (reference v4 7.4). */
function nic(subnetId: string, staticAddress: string | undefined, { isFrom41 }: BodyForms): object {
  const network = {
    nicType: 'NORMAL_NIC',
    subnet: { extId: subnetId },
    ...(staticAddress === undefined
      ? {}
      : { ipv4Config: { shouldAssignIp: true, ipAddress: { value: staticAddress } } }),
  };
  if (!isFrom41) return { backingInfo: { isConnected: true }, networkInfo: network };
  return {
    nicBackingInfo: { $objectType: 'vmm.v4.ahv.config.VirtualEthernetNic', isConnected: true },
    nicNetworkInfo: { $objectType: 'vmm.v4.ahv.config.VirtualEthernetNicNetworkInfo', ...network },
  };
}

function gpuPart({ placement: { gpus } }: VmSpec): object {
  if (gpus.length === 0) return {};
  return { gpus: gpus.map(({ vendor, mode, deviceId }) => ({ vendor, mode, deviceId })) };
}

function guestCustomization({ spec, requestId }: BodyInput): object {
  const { name: vmName, hostname, userData } = spec;
  const encoded = encodedGuestData({ vmName, hostname, instanceId: requestId, userData });
  return {
    config: {
      $objectType: 'vmm.v4.ahv.config.CloudInit',
      datasourceType: 'CONFIG_DRIVE_V2',
      metadata: encoded.metaData,
      cloudInitScript: { $objectType: 'vmm.v4.ahv.config.Userdata', value: encoded.userData },
    },
  };
}
