import { stringify } from 'yaml';
import type { GuestSpec } from '../guest-backend.js';
import { guestHostname, mappingOf } from '../meta-data.js';

/** cloud-init's NoCloud data source looks here. */
const SEED_PATH = 'var/lib/cloud/seed/nocloud';

export interface SeedFile {
  readonly path: string;
  readonly text: string;
}

/**
 * The NoCloud seed of a guest. The instance id is the VM's, so that cloud-init sets the guest up once; its
 * host name is the meta-data's `local-hostname`, or `hostname`, or the VM's name.
 */
export function seedFiles(spec: GuestSpec): SeedFile[] {
  const metaData = {
    ...mappingOf(spec.metaData),
    'local-hostname': guestHostname(spec),
    'instance-id': spec.vmUuid,
  };
  return [
    { path: `${SEED_PATH}/meta-data`, text: stringify(metaData) },
    { path: `${SEED_PATH}/user-data`, text: spec.userData ?? '' },
  ];
}
