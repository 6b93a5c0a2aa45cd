import { typed } from './typed.js';
import type { ServedVersions } from '../versions.js';

/** An address of API v4, of a host unless a longer network is meant. Source: recorded-v4 other/clustermgmt-get-cluster. */
export function ipv4Address(
  served: ServedVersions,
  value: string,
  prefixLength = 32,
): Record<string, unknown> {
  return typed(served, 'common.v1.config.IPv4Address', { value, prefixLength });
}

/** An address of either kind; without a value where none is set, as recorded of a Prism Central. */
export function ipAddress(served: ServedVersions, value: string | undefined): Record<string, unknown> {
  const ipv4 = value === undefined ? {} : { ipv4: ipv4Address(served, value) };
  return typed(served, 'common.v1.config.IPAddress', ipv4);
}

/** An address or a name. */
export function ipAddressOrName(served: ServedVersions, value: string): Record<string, unknown> {
  const isAddress = /^[\d.]+$/.test(value);
  const content = isAddress
    ? { ipv4: ipv4Address(served, value) }
    : { fqdn: typed(served, 'common.v1.config.FQDN', { value }) };
  return typed(served, 'common.v1.config.IPAddressOrFQDN', content);
}
