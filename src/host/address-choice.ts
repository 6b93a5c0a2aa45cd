import { BlockList, isIP } from 'node:net';
import type { Nic, NicAddress } from '../provider/index.js';

/** An address at which a guest may be reached. */
export interface AddressCandidate {
  readonly ip: string;
  /** Index of the NIC that has it. */
  readonly nic: number;
  readonly source: NicAddress['source'];
}

/** Which addresses of a VM can be used, best first, and why the others cannot. */
export interface AddressChoice {
  readonly usable: readonly AddressCandidate[];
  readonly refused: readonly { readonly ip: string; readonly why: string }[];
}

/**
 * Sorts a VM's addresses. An address that was learned is one that a guest uses; one that was only assigned is
 * a promise (a managed subnet shows it while the VM is still off), so it comes after all learned ones. Within
 * that, the order of the NICs decides.
 *
 * Loopback addresses are refused when learned, but not when assigned: nothing but a network made of loopback
 * addresses on purpose (a simulator's) assigns them.
 */
export function chooseAddresses(nics: readonly Nic[], network?: string): AddressChoice {
  const inNetwork = network === undefined ? undefined : networkTest(network);
  const usable: AddressCandidate[] = [];
  const refused: { ip: string; why: string }[] = [];
  const seen = new Set<string>();
  const all = nics.flatMap((nic, index) => candidatesOf(nic, index));
  for (const candidate of [...all.filter(isLearned), ...all.filter((one) => !isLearned(one))]) {
    if (seen.has(candidate.ip)) continue;
    seen.add(candidate.ip);
    const why =
      inNetwork === undefined
        ? unfit(candidate, nics)
        : inNetwork(candidate.ip)
          ? neverUsable(candidate)
          : `not in ${network ?? ''}`;
    if (why === undefined) usable.push(candidate);
    else refused.push({ ip: candidate.ip, why });
  }
  return { usable, refused };
}

const isLearned = (candidate: AddressCandidate): boolean => candidate.source === 'learned';

/** The addresses of one NIC; an address that is both assigned and learned stands before other learned ones. */
function candidatesOf(nic: Nic, index: number): AddressCandidate[] {
  const assigned = new Set(nic.addresses.filter((one) => one.source === 'assigned').map((one) => one.ip));
  const candidates = nic.addresses.map((one) => ({ ip: one.ip, nic: index, source: one.source }));
  return [
    ...candidates.filter((one) => assigned.has(one.ip)),
    ...candidates.filter((one) => !assigned.has(one.ip)),
  ];
}

/** Why an address can never be used, whatever the person asks for. */
function neverUsable({ ip, source }: AddressCandidate): string | undefined {
  if (isIP(ip) === 0) return 'not an IP address';
  if (UNSPECIFIED.check(ip, familyOf(ip))) return 'unspecified';
  if (LINK_LOCAL.check(ip, familyOf(ip))) return 'link-local';
  if (MULTICAST.check(ip, familyOf(ip))) return 'multicast';
  if (LOOPBACK.check(ip, familyOf(ip)) && source === 'learned') return 'loopback';
  return undefined;
}

/** Why an address is not used unless the person names its network. */
function unfit(candidate: AddressCandidate, nics: readonly Nic[]): string | undefined {
  const never = neverUsable(candidate);
  if (never !== undefined) return never;
  if (isIP(candidate.ip) === 6) return 'IPv6';
  const assigned = nics[candidate.nic]?.addresses.some(
    (one) => one.source === 'assigned' && DOCKER_BRIDGE.check(one.ip, familyOf(one.ip)),
  );
  if (DOCKER_BRIDGE.check(candidate.ip, 'ipv4') && assigned !== true) return "Docker's own bridge";
  return undefined;
}

/** True for addresses of a CIDR network; undefined text is never given. Throws a RangeError for a bad CIDR. */
export function networkTest(cidr: string): (ip: string) => boolean {
  const list = blockList(cidr);
  return (ip) => isIP(ip) !== 0 && list.check(ip, familyOf(ip));
}

const UNSPECIFIED = blockList('0.0.0.0/8', '::/128');
const LINK_LOCAL = blockList('169.254.0.0/16', 'fe80::/10');
const MULTICAST = blockList('224.0.0.0/3', 'ff00::/8');
const LOOPBACK = blockList('127.0.0.0/8', '::1/128');
/** Default network of docker0; AHV learns it when the guest's bridge speaks on the wire. */
const DOCKER_BRIDGE = blockList('172.17.0.0/16');

function blockList(...networks: string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', prefix = ''] = network.split('/');
    if (isIP(address) === 0 || !/^\d{1,3}$/.test(prefix))
      throw new RangeError(`${network} is not a CIDR network`);
    list.addSubnet(address, Number(prefix), familyOf(address));
  }
  return list;
}

function familyOf(ip: string): 'ipv4' | 'ipv6' {
  return isIP(ip) === 6 ? 'ipv6' : 'ipv4';
}
