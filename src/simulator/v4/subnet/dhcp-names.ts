import type { Extras } from '../../core/store/entity.js';

/** What DHCP hands out besides addresses, to the names under which API v3 keeps it: the core does not know it. */
const NAMES = {
  domainName: 'domain_name',
  searchDomains: 'domain_search_list',
  tftpServerName: 'tftp_server_name',
  bootFileName: 'boot_file_name',
} as const;

type DhcpNames = { readonly [Name in keyof typeof NAMES]?: unknown };

/** Those that are kept, by the names of this API. */
export function dhcpNames(extras: Extras): Record<string, unknown> {
  const kept = extras['dhcp_options'];
  if (typeof kept !== 'object' || kept === null) return {};
  const values = new Map(Object.entries(kept));
  return Object.fromEntries(
    Object.entries(NAMES).flatMap(([name, old]) => (values.has(old) ? [[name, values.get(old)]] : [])),
  );
}

/** Those of a request, as they are kept. */
export function keptDhcpNames(names: DhcpNames): Extras {
  const kept = Object.entries(NAMES).flatMap(([name, old]) => {
    const value = new Map(Object.entries(names)).get(name);
    return value === undefined ? [] : [[old, value]];
  });
  return kept.length === 0 ? {} : { dhcp_options: Object.fromEntries(kept) };
}
