import { Refusal, type RefusalCode } from '../../core/refusal.js';
import { taskFailure } from '../task/failure.js';

/*
 * What tasks on VMs fail with. Codes, groups, texts and arguments of the recorded ones (recorded-v4 C3, C5, C7, D2) are
 * real; VMM-30106 and VMM-30303 are known by code and group. The others are made up in their manner, because no recording
 * has them: an unknown category, project or container, a power state that does not fit, missing guest tools, an attached
 * volume group, user data that is no cloud-config.
 */

/** Stands for a VM's id where a real server has none to say (recorded-v4 C5, D2). */
const EMPTY = 'EMPTY';

const INVALID_ARGUMENT = 'VM_INVALID_ARGUMENT';

export function poweredOnAtCreate(power: string): Refusal {
  return taskFailure({
    code: 'VMM-30109',
    group: INVALID_ARGUMENT,
    message:
      `Cannot specify power state as ${power} during VM creation. ` +
      'Please use the VM power action endpoints instead.',
    arguments: { power_state: power },
  });
}

export function clusterNotRegistered(clusterUuid: string | undefined): Refusal {
  const uuid = clusterUuid ?? EMPTY;
  return taskFailure({
    code: 'VMM-30106',
    group: INVALID_ARGUMENT,
    message: `Failed to perform the operation as the cluster with UUID '${uuid}' is not registered.`,
    arguments: { cluster_uuid: uuid },
  });
}

const UNUSABLE_SUBNETS = {
  'is not found': { code: 'VMM-30604', group: 'SUBNET_NOT_FOUND_ERROR' },
  'cannot be attached to it': { code: 'VMM-30605', group: 'SUBNET_NOT_ATTACHABLE_ERROR' },
} as const;

export function unusableSubnet(
  operation: string,
  subnetUuid: string,
  why: keyof typeof UNUSABLE_SUBNETS,
): Refusal {
  return taskFailure({
    ...UNUSABLE_SUBNETS[why],
    message:
      `Failed to perform the operation '${operation}' on the VM with UUID '${EMPTY}' because given subnet ` +
      `'${subnetUuid}' ${why}.`,
    arguments: { subnet_uuid: subnetUuid, operation, vm_uuid: EMPTY },
  });
}

export function imageNotFound(vmUuid: string, imageUuid: string): Refusal {
  return taskFailure({
    code: 'VMM-31201',
    group: 'IMAGE_NOT_FOUND_ERROR',
    message:
      `Failed to perform the operation on the VM with UUID '${vmUuid}', as the image with UUID '${imageUuid}' ` +
      'was not found.',
    arguments: { vm_uuid: vmUuid, image_uuid: imageUuid },
  });
}

export function tooFewCores(operation: string, cores: number): Refusal {
  return taskFailure({
    code: 'VMM-34400',
    group: 'RESOURCE_SHORTAGE_ERROR',
    message:
      `Failed to perform the operation '${operation}' on the VM with UUID '${EMPTY}' because not enough cores are ` +
      `available for the VM that requires '${String(cores)}' cores.`,
    arguments: { operation, vm_uuid: EMPTY, num_cores: String(cores) },
  });
}

export function tagMismatch(vmUuid: string): Refusal {
  return taskFailure({
    code: 'VMM-30303',
    group: 'VM_ETAG_MISMATCH',
    message:
      `Failed to perform the operation on the VM with UUID '${vmUuid}' because the If-Match header value does not ` +
      'match the current ETag of the VM.',
    arguments: { vm_uuid: vmUuid },
  });
}

export function vmGone(vmUuid: string): Refusal {
  return taskFailure({
    code: 'VMM-30100',
    group: 'VM_NOT_FOUND',
    message: `Failed to perform the operation as the VM with UUID '${vmUuid}' was not found.`,
    arguments: { vm_uuid: vmUuid },
  });
}

/** Made up: no recording has the entity types that these are about. */
export function referenceNotFound(entityType: string, extId: string): Refusal {
  const { code, group } = UNKNOWN_REFERENCES[entityType] ?? { code: 'VMM-30106', group: INVALID_ARGUMENT };
  return taskFailure({
    code,
    group,
    message: `Failed to perform the operation as the ${entityType} with UUID '${extId}' was not found.`,
    arguments: { [`${entityType.replaceAll(' ', '_')}_uuid`]: extId },
  });
}

const UNKNOWN_REFERENCES: Readonly<Record<string, { readonly code: string; readonly group: string }>> = {
  project: { code: 'VMM-31700', group: 'PROJECT_NOT_FOUND_ERROR' },
  category: { code: 'VMM-31900', group: 'CATEGORY_NOT_FOUND_ERROR' },
  'storage container': { code: 'VMM-30502', group: 'STORAGE_CONTAINER_NOT_FOUND_ERROR' },
  disk: { code: 'VMM-30501', group: 'VM_DISK_NOT_FOUND_ERROR' },
};

/** Made up: what is asked for cannot be, whatever the server has. */
export function invalidArgument(message: string): Refusal {
  return taskFailure({ code: 'VMM-30106', group: INVALID_ARGUMENT, message });
}

/** Made up: official clients read the state first and never send what does not fit it (reference v4 3.4). */
export function wrongPowerState(operation: string, vmUuid: string, power: string): Refusal {
  return taskFailure({
    code: 'VMM-30200',
    group: 'VM_INVALID_POWER_STATE_ERROR',
    message:
      `Failed to perform the operation '${operation}' on the VM with UUID '${vmUuid}' because the VM is in the ` +
      `power state '${power}'.`,
    arguments: { operation, vm_uuid: vmUuid, power_state: power },
  });
}

/** Made up: guests here have no Nutanix Guest Tools. */
export function noGuestTools(operation: string, vmUuid: string): Refusal {
  return taskFailure({
    code: 'VMM-30201',
    group: 'NGT_NOT_ENABLED_ERROR',
    message:
      `Failed to perform the operation '${operation}' on the VM with UUID '${vmUuid}' because Nutanix Guest Tools ` +
      'are not enabled on it.',
    arguments: { operation, vm_uuid: vmUuid },
  });
}

/** The text is real (reference v4 3.5), its code is made up. */
export function volumeGroupAttached(place: string): Refusal {
  return taskFailure({
    code: 'VMM-30301',
    group: 'VM_VOLUME_GROUP_ATTACHED_ERROR',
    message: `Volume group at ${place} must be detached before deleting VM`,
    arguments: { disk_address: place },
  });
}

/** Codes and groups for refusals of the core; but for the first one they are made up. */
const OF_THE_CORE: Partial<Record<RefusalCode, readonly [code: string, group: string]>> = {
  'no-resources': ['VMM-34400', 'RESOURCE_SHORTAGE_ERROR'],
  'not-found': ['VMM-30502', 'STORAGE_CONTAINER_NOT_FOUND_ERROR'],
  'not-ready': ['VMM-31202', 'IMAGE_NOT_READY_ERROR'],
  'outside-project': ['VMM-31701', 'PROJECT_RESOURCE_ERROR'],
  'disk-shrinks': ['VMM-30503', 'VM_DISK_SHRINK_ERROR'],
  'needs-power-off': ['VMM-30202', 'VM_NOT_POWERED_OFF_ERROR'],
  'powered-off': ['VMM-30200', 'VM_INVALID_POWER_STATE_ERROR'],
  'address-not-managed': ['VMM-30610', 'SUBNET_NOT_MANAGED_ERROR'],
  'address-outside': ['VMM-30611', 'IP_ADDRESS_INVALID_ERROR'],
  'address-in-use': ['VMM-30612', 'IP_ADDRESS_IN_USE_ERROR'],
  'no-free-address': ['VMM-30613', 'IP_ADDRESS_SHORTAGE_ERROR'],
};

/**
 * A refusal of the core in the words of this API. What has no code is an internal error, as real servers say when they
 * do not know better (reference v4 2.4).
 */
export function vmFailure(error: unknown, operation: string, vmUuid: string): unknown {
  if (!(error instanceof Refusal) || error.facts.code === 'interface-rule') return error;
  const [code, group] = OF_THE_CORE[error.facts.code] ?? ['VMM-10000', 'INTERNAL_ERROR'];
  return taskFailure({
    code,
    group,
    message: `Failed to perform the operation '${operation}' on the VM with UUID '${vmUuid}': ${error.message}`,
    arguments: { operation, vm_uuid: vmUuid },
  });
}
