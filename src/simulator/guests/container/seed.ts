import { parse, stringify } from 'yaml';
import type { GuestSpec } from '../guest-backend.js';

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
    'local-hostname': hostnameOf(spec),
    'instance-id': spec.vmUuid,
  };
  return [
    { path: `${SEED_PATH}/meta-data`, text: stringify(metaData) },
    { path: `${SEED_PATH}/user-data`, text: spec.userData ?? '' },
  ];
}

/** What the guest calls itself, as far as its user-data do not say otherwise. */
export function hostnameOf({ name, metaData }: GuestSpec): string {
  const given = mappingOf(metaData);
  const wanted = given['local-hostname'] ?? given['hostname'];
  return typeof wanted === 'string' && wanted !== '' ? wanted : hostnameFrom(name);
}

/** A name that the kernel takes as host name: letters, digits, hyphens and dots, at most 63. */
function hostnameFrom(name: string): string {
  const plain = name.replace(/[^A-Za-z0-9.-]+/g, '-').replace(/^[-.]+/, '');
  return plain.slice(0, 63).replace(/[-.]+$/, '') || 'guest';
}

/** Meta-data are YAML, of which JSON is a part; what is no mapping counts as none, as in cloud-init. */
function mappingOf(text: string | undefined): Readonly<Record<string, unknown>> {
  if (text === undefined) return {};
  try {
    const value: unknown = parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
  } catch {
    return {};
  }
}
