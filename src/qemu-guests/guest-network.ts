import { randomInt } from 'node:crypto';
import { networkInterfaces } from 'node:os';
import {
  ipv4Number,
  ipv4Range,
  ipv4Mask,
  ipv4Text,
  type Logger,
  OperationError,
  SerialQueue,
} from '../support/index.js';
import type { GuestNic } from '../simulator/index.js';
import { AddressServer, type GuestSubnet } from './address-server.js';
import { makeNamespace, namespaceName } from './namespace.js';
import { runProgram } from './programs.js';

/** Of subnets that do not say: guests get addresses from the tenth one on. */
const OWN = { prefixLength: 24, firstHost: 10 } as const;

/** A NIC with a cable in it. */
export interface ConnectedNic {
  readonly nic: GuestNic;
  /** Its tap device in the namespace. */
  readonly tap: string;
  readonly address: string;
}

interface Bridge {
  readonly name: string;
  readonly subnet: GuestSubnet;
  readonly server: AddressServer;
  /** Given to NICs without an address, by MAC address. */
  readonly own: Map<string, string>;
}

/**
 * The subnets of the guests, each one a bridge. This machine is at a subnet's gateway: guests reach it and one another,
 * and nothing else. Methods reject with an OperationError.
 */
export class GuestNetwork {
  readonly #instance: string;
  readonly #logger: Logger;
  readonly #queue = new SerialQueue();
  readonly #bridges = new Map<string, Bridge>();
  readonly #connected = new Map<string, readonly { readonly bridge: Bridge; readonly nic: ConnectedNic }[]>();
  #hasNamespace = false;
  #count = 0;

  constructor(instance: string, logger: Logger) {
    this.#instance = instance;
    this.#logger = logger;
  }

  /** Connects the NICs of a VM, which is off; what it had before is taken away. */
  async connect(vmUuid: string, nics: readonly GuestNic[]): Promise<readonly ConnectedNic[]> {
    return await this.#queue.run(async () => {
      await this.#release(vmUuid);
      const connected = [];
      for (const nic of nics) {
        const bridge = await this.#bridgeFor(nic);
        const address = nic.address ?? addressFor(bridge, nic);
        const tap = await this.#tap(bridge);
        await bridge.server.give(nic.macAddress, address);
        connected.push({ bridge, nic: { nic, tap, address } });
        this.#connected.set(vmUuid, connected);
      }
      return connected.map(({ nic }) => nic);
    });
  }

  async release(vmUuid: string): Promise<void> {
    await this.#queue.run(async () => await this.#release(vmUuid));
  }

  /** An address of this machine that guests of every subnet reach, by way of their gateway. */
  async takeAddress(address: string): Promise<void> {
    await this.#queue.run(async () => {
      const attempted = `make address ${address} for guests`;
      if (isUsed(address, 32)) throw inUse(attempted);
      await this.#demandNamespace();
      await this.#cable(`storage${(this.#count += 1)}`, `${address}/32`, attempted);
    });
  }

  /** The namespace stays: it is removed with the run folder. */
  async close(): Promise<void> {
    await this.#queue.run(async () => {
      for (const { server } of this.#bridges.values()) await server.close();
      this.#bridges.clear();
    });
  }

  async #release(vmUuid: string): Promise<void> {
    for (const { bridge, nic } of this.#connected.get(vmUuid) ?? []) {
      bridge.server.forget(nic.nic.macAddress);
      await this.#inside(`take away tap ${nic.tap}`, ['link', 'delete', nic.tap]);
    }
    this.#connected.delete(vmUuid);
  }

  async #tap({ name }: Bridge): Promise<string> {
    const tap = `tap${(this.#count += 1)}`;
    await this.#inside(`make ${tap}`, ['tuntap', 'add', 'dev', tap, 'mode', 'tap']);
    await this.#inside(`connect ${tap}`, ['link', 'set', tap, 'master', name, 'up']);
    return tap;
  }

  async #bridgeFor(nic: GuestNic): Promise<Bridge> {
    const place = placeOf(nic);
    const key = nic.subnetUuid ?? place?.network ?? 'unmanaged';
    const bridge = this.#bridges.get(key) ?? (await this.#make(place ?? unusedPlace()));
    this.#bridges.set(key, bridge);
    return bridge;
  }

  async #make({ network, gateway, prefixLength }: Place): Promise<Bridge> {
    const attempted = `make a network for subnet ${network}/${prefixLength}`;
    if (isUsed(network, prefixLength)) throw inUse(attempted);
    await this.#demandNamespace();
    const number = (this.#count += 1);
    const [peer, name] = [`cable${number}`, `bridge${number}`];
    const device = await this.#cable(peer, `${gateway}/${prefixLength}`, attempted);
    await this.#inside(attempted, ['link', 'add', name, 'type', 'bridge']);
    await this.#inside(attempted, ['link', 'set', name, 'up']);
    await this.#inside(attempted, ['link', 'set', peer, 'master', name, 'up']);
    const subnet = { device, network, mask: ipv4Mask(prefixLength), gateway };
    return { name, subnet, server: new AddressServer(subnet, this.#logger), own: new Map() };
  }

  async #demandNamespace(): Promise<void> {
    if (!this.#hasNamespace) await makeNamespace(this.#instance);
    this.#hasNamespace = true;
  }

  /** From this machine, which has the address at its end, into the namespace, where `peer` is. Resolves with the device. */
  async #cable(peer: string, address: string, attempted: string): Promise<string> {
    const device = `pq${this.#instance}${(this.#count += 1)}`;
    const namespace = namespaceName(this.#instance);
    const ends = ['link', 'add', device, 'type', 'veth', 'peer', 'name', peer, 'netns', namespace];
    await runProgram('ip', { args: ends, attempted });
    await runProgram('ip', { args: ['address', 'add', address, 'dev', device], attempted });
    await runProgram('ip', { args: ['link', 'set', device, 'up'], attempted });
    return device;
  }

  async #inside(attempted: string, args: readonly string[]): Promise<void> {
    await runProgram('ip', { args: ['-n', namespaceName(this.#instance), ...args], attempted });
  }
}

interface Place {
  readonly network: string;
  readonly gateway: string;
  readonly prefixLength: number;
}

/** Of a managed subnet. */
function placeOf({ address, prefixLength, gateway }: GuestNic): Place | undefined {
  if (address === undefined || prefixLength === undefined) return undefined;
  const { first } = ipv4Range(address, prefixLength);
  return { network: ipv4Text(first), gateway: gateway ?? ipv4Text(first + 1), prefixLength };
}

function unusedPlace(): Place {
  const start = randomInt(256);
  const networks = Array.from({ length: 256 }, (_, index) => `10.79.${(start + index) % 256}.0`);
  const network = networks.find((one) => !isUsed(one, OWN.prefixLength)) ?? '10.79.0.0';
  return { network, gateway: ipv4Text(ipv4Number(network) + 1), prefixLength: OWN.prefixLength };
}

/** A guest without an address of the server's keeps the one that it gets first. */
function addressFor({ own, subnet: { network } }: Bridge, { macAddress }: GuestNic): string {
  const address = own.get(macAddress) ?? ipv4Text(ipv4Number(network) + OWN.firstHost + own.size);
  own.set(macAddress, address);
  return address;
}

/** Whether this machine is on such a network already. */
function isUsed(network: string, prefixLength: number): boolean {
  const { first, last } = ipv4Range(network, prefixLength);
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ family }) => family === 'IPv4')
    .some(({ address }) => ipv4Number(address) >= first && ipv4Number(address) <= last);
}

function inUse(attempted: string): OperationError {
  const problem = 'this machine has an address in it already';
  const advice = 'Does another simulator run here? Name another subnet with --subnet.';
  return new OperationError({ code: 'conflict', attempted, problem, advice });
}
