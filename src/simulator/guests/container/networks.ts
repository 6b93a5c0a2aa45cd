import { randomInt } from 'node:crypto';
import { ipv4Range, ipv4Text, KeyedQueue, OperationError, type Logger } from '../../../support/index.js';
import type { GuestNic } from '../guest-backend.js';
import { hasStatus, engineError } from './engine-error.js';
import type { Engine } from './engine.js';
import { labelsOf, type Ownership } from './labels.js';

/** A Docker network that stands for a subnet. */
export interface SubnetNetwork {
  readonly name: string;
  /** CIDR. */
  readonly subnet: string;
}

/**
 * One Docker network per subnet of the simulator that a guest is on; made with the first guest, removed with
 * the last. A network of a managed subnet has the subnet's own addresses; for the others any free ones will do.
 */
export class SubnetNetworks {
  readonly #engine: Engine;
  readonly #ownership: Ownership;
  readonly #isolated: boolean;
  readonly #logger: Logger;
  readonly #queue = new KeyedQueue();
  /** Name of a network to the VMs on it. */
  readonly #users = new Map<string, Set<string>>();

  constructor(engine: Engine, options: { ownership: Ownership; isolated: boolean; logger: Logger }) {
    this.#engine = engine;
    this.#ownership = options.ownership;
    this.#isolated = options.isolated;
    this.#logger = options.logger;
  }

  /** The network of the NIC's subnet, made if it is not there; kept until `release`. */
  async use(vmUuid: string, nic: GuestNic): Promise<SubnetNetwork> {
    const name = this.#nameFor(nic);
    return await this.#queue.run(name, async () => {
      const network = await this.#findOrMake(name, nic);
      const users = this.#users.get(name) ?? new Set();
      this.#users.set(name, users.add(vmUuid));
      return network;
    });
  }

  /** The VM is on these networks only (names); a network without VMs is removed. */
  async release(vmUuid: string, except: readonly string[] = []): Promise<void> {
    for (const [name, users] of [...this.#users]) {
      if (except.includes(name) || !users.has(vmUuid)) continue;
      await this.#queue.run(name, async () => {
        users.delete(vmUuid);
        if (users.size > 0) return;
        this.#users.delete(name);
        await this.#remove(name);
      });
    }
  }

  /** Removed or not, the guest is gone: what stays behind is found by its labels. */
  async #remove(name: string): Promise<void> {
    try {
      await this.#engine.calls.getNetwork(name).remove();
    } catch (error) {
      if (hasStatus(error, 404)) return;
      this.#logger.warn(engineError(`remove network ${name}`, error).message);
    }
  }

  async #findOrMake(name: string, nic: GuestNic): Promise<SubnetNetwork> {
    try {
      return await this.#find(name);
    } catch (error) {
      if (!hasStatus(error, 404)) throw engineError(`look at network ${name}`, error);
    }
    const candidates = candidatesFor(nic);
    for (const [index, candidate] of candidates.entries()) {
      try {
        await this.#make(name, candidate);
        return await this.#find(name);
      } catch (error) {
        if (isTaken(error) && index + 1 < candidates.length) continue;
        throw engineError(`make a network for subnet ${candidate.Subnet}`, error);
      }
    }
    throw new OperationError({ code: 'internal', attempted: `make network ${name}`, problem: 'no subnet' });
  }

  async #make(name: string, ipam: Ipam): Promise<void> {
    await this.#engine.calls.createNetwork({
      Name: name,
      Driver: 'bridge',
      CheckDuplicate: true,
      Internal: this.#isolated,
      Labels: labelsOf(this.#ownership),
      IPAM: { Config: [{ ...ipam }] },
    });
  }

  async #find(name: string): Promise<SubnetNetwork> {
    const found = await this.#engine.calls.getNetwork(name).inspect();
    return { name, subnet: found.IPAM?.Config?.[0]?.Subnet ?? '' };
  }

  #nameFor(nic: GuestNic): string {
    const subnet = nic.subnetUuid ?? subnetOf(nic) ?? 'unmanaged';
    return `prism-${this.#ownership.instance}-${subnet.replaceAll('/', '-')}`;
  }
}

/** CIDR of a managed subnet, from an address in it. */
export function subnetOf({ address, prefixLength }: GuestNic): string | undefined {
  if (address === undefined || prefixLength === undefined) return undefined;
  return `${ipv4Text(ipv4Range(address, prefixLength).first)}/${prefixLength}`;
}

/** A subnet and its gateway as the engine takes them. */
interface Ipam {
  readonly Subnet: string;
  readonly Gateway?: string;
}

/**
 * A managed subnet's own addresses; for any other one some to try. Not the engine's choice: it likes
 * 172.17.0.0/16, where every guest has a bridge of its own.
 */
function candidatesFor(nic: GuestNic): Ipam[] {
  const managed = subnetOf(nic);
  if (managed !== undefined) {
    return [nic.gateway === undefined ? { Subnet: managed } : { Subnet: managed, Gateway: nic.gateway }];
  }
  const first = randomInt(256);
  return Array.from({ length: 32 }, (_, index) => ({ Subnet: `10.78.${(first + index) % 256}.0/24` }));
}

function isTaken(error: unknown): boolean {
  return /overlaps with/i.test(engineError('', error).problem);
}
