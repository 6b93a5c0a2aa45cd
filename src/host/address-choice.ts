import { isIP } from 'node:net';
import type { Nic, NicAddress } from '../provider/index.js';
import type { SshAccess } from './host-spec.js';
import { networkOfOne, networkTest } from '../support/index.js';

/** An address at which a guest may be reached. */
export interface AddressCandidate {
  readonly ip: string;
  /** Index of the NIC that has it. */
  readonly nic: number;
  readonly source: NicAddress['source'];
}

/** An address that is not used. */
export interface RefusedAddress {
  readonly ip: string;
  readonly why: string;
  /** It would be used if the user named its network. */
  readonly onRequest: boolean;
}

/** What decides which address of a host is its own. */
export interface AddressPreference {
  /** CIDR: only an address in it is used; undefined = the first usable one. */
  readonly addressNetwork?: string | undefined;
  /** Where the host was reached before. */
  readonly knownAddress?: string | undefined;
}

/** The same, and how the guest is reached there. */
export interface AddressOptions extends AddressPreference {
  readonly ssh: SshAccess;
}

/** Which addresses of a VM can be used, best first, and why the others cannot. */
export interface AddressChoice {
  readonly usable: readonly AddressCandidate[];
  readonly refused: readonly RefusedAddress[];
}

/**
 * Sorts a VM's addresses. An address that was learned is one that a guest uses; one that was only assigned is
 * a promise (a managed subnet shows it while the VM is still off), so it comes after all learned ones. Within
 * that, the order of the NICs decides. `network` (CIDR): only addresses in it count, and in it also those count
 * that are not used by themselves.
 *
 * Loopback addresses are refused unless they were assigned or asked for: only a network that is made of them on
 * purpose (a simulator's) assigns them.
 */
export function chooseAddresses(nics: readonly Nic[], network?: string): AddressChoice {
  const isWanted = network === undefined ? undefined : networkTest(network);
  const usable: AddressCandidate[] = [];
  const refused: RefusedAddress[] = [];
  for (const candidate of inOrder(nics)) {
    const { ip } = candidate;
    const assigned = assignedOf(nics[candidate.nic]);
    const never = neverUsed(ip);
    const why =
      never ??
      (isWanted === undefined
        ? notByItself(ip, assigned)
        : isWanted(ip)
          ? undefined
          : `not in ${network ?? ''}`);
    if (why === undefined) usable.push(candidate);
    else refused.push({ ip, why, onRequest: never === undefined });
  }
  return { usable, refused };
}

/**
 * The addresses that count for a host that was reached before: only `knownAddress`, as long as the cloud lists
 * it, because one that it lists besides may be another host's at the moment (a floating address), or on a
 * network that is not meant. Once it is listed no more: all usable ones.
 */
export function addressesOf(
  nics: readonly Nic[],
  { addressNetwork, knownAddress }: AddressPreference,
): AddressChoice & { readonly isKnown: boolean } {
  if (knownAddress !== undefined && isIP(knownAddress) !== 0) {
    const kept = chooseAddresses(nics, networkOfOne(knownAddress));
    if (kept.usable.length > 0) return { ...kept, isKnown: true };
  }
  return { ...chooseAddresses(nics, addressNetwork), isKnown: false };
}

/** All addresses, each once: learned ones first, NIC by NIC, and of a NIC those first that are assigned too. */
function inOrder(nics: readonly Nic[]): readonly AddressCandidate[] {
  const all = nics.flatMap((nic, index) => {
    const assigned = assignedOf(nic);
    const candidates = nic.addresses.map(({ ip, source }) => ({ ip, nic: index, source }));
    return sortedBy(candidates, ({ ip }) => assigned.has(ip));
  });
  const seen = new Set<string>();
  return sortedBy(all, ({ source }) => source === 'learned').filter(({ ip }) => {
    const isNew = !seen.has(ip);
    seen.add(ip);
    return isNew;
  });
}

function sortedBy<T>(items: readonly T[], isFirst: (item: T) => boolean): readonly T[] {
  return [...items.filter(isFirst), ...items.filter((item) => !isFirst(item))];
}

function assignedOf(nic: Nic | undefined): ReadonlySet<string> {
  const assigned = nic?.addresses.filter(({ source }) => source === 'assigned') ?? [];
  return new Set(assigned.map(({ ip }) => ip));
}

/** Why an address can never be used, whatever the user asks for. */
function neverUsed(ip: string): string | undefined {
  if (isIP(ip) === 0) return 'not an IP address';
  if (isUnspecified(ip)) return 'unspecified';
  if (isLinkLocal(ip)) return 'link-local';
  if (isMulticast(ip)) return 'multicast';
  return undefined;
}

/** Why an address is not used unless the user names its network. */
function notByItself(ip: string, assigned: ReadonlySet<string>): string | undefined {
  if (isLoopback(ip) && !assigned.has(ip)) return 'loopback';
  if (isIP(ip) === 6) return 'IPv6';
  // Where the subnet itself is in the bridge's range, the two cannot be told apart.
  if (isDockerBridge(ip) && ![...assigned].some(isDockerBridge)) return "Docker's own bridge";
  if (isBridgeGateway(ip) && !assigned.has(ip)) return 'the gateway of a container bridge';
  return undefined;
}

const isUnspecified = networkTest('0.0.0.0/8', '::/128');
const isLinkLocal = networkTest('169.254.0.0/16', 'fe80::/10');
const isMulticast = networkTest('224.0.0.0/3', 'ff00::/8');
const isLoopback = networkTest('127.0.0.0/8', '::1/128');
/** Default network of docker0; it is learned when the guest's bridge speaks on the wire. */
const isDockerBridge = networkTest('172.17.0.0/16');
/** What bridges call themselves in the guest: Docker's further networks, libvirt's and podman's default ones. */
const isBridgeGateway = networkTest(
  ...Array.from({ length: 14 }, (_, index) => `172.${18 + index}.0.1/32`),
  '192.168.122.1/32',
  '10.88.0.1/32',
);
