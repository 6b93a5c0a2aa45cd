import { parse } from 'yaml';
import type { GuestSpec } from './guest-backend.js';

/** What the guest calls itself, as far as its user-data do not say otherwise. */
export function guestHostname({ name, metaData }: GuestSpec): string {
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
export function mappingOf(text: string | undefined): Readonly<Record<string, unknown>> {
  if (text === undefined) return {};
  try {
    const value: unknown = parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
  } catch {
    return {};
  }
}
