import type { Logger } from '../support/index.js';
import { BackgroundProgram } from './background-program.js';

/** A network of guests, and this machine's place in it. */
export interface GuestSubnet {
  /** This machine's network device on it. */
  readonly device: string;
  /** First address, e.g. `10.77.0.0`. */
  readonly network: string;
  readonly mask: string;
  /** This machine's address on it. */
  readonly gateway: string;
}

/** Tells the guests of one subnet their addresses (DHCP), as AHV does for managed subnets: by dnsmasq. */
export class AddressServer {
  readonly #subnet: GuestSubnet;
  readonly #logger: Logger;
  readonly #addresses = new Map<string, string>();
  #running: BackgroundProgram | undefined;

  constructor(subnet: GuestSubnet, logger: Logger) {
    this.#subnet = subnet;
    this.#logger = logger;
  }

  /** From now on this NIC gets this address. */
  async give(macAddress: string, address: string): Promise<void> {
    if (this.#addresses.get(macAddress) === address) return;
    this.#addresses.set(macAddress, address);
    await this.#startAnew();
  }

  forget(macAddress: string): void {
    this.#addresses.delete(macAddress);
  }

  async close(): Promise<void> {
    const running = this.#running;
    this.#running = undefined;
    await running?.end();
  }

  /** What it has lent it remembers while it runs, also for a NIC that is gone; a new one knows only what is given. */
  async #startAnew(): Promise<void> {
    await this.close();
    const started = await BackgroundProgram.start('dnsmasq', {
      args: argumentsFor(this.#subnet, this.#addresses),
      attempted: 'start a DHCP server for guests',
    });
    this.#running = started;
    void started.ended.then(() => {
      if (this.#running !== started) return;
      const { gateway } = this.#subnet;
      this.#logger.warn(`The DHCP server of guests at ${gateway} has ended: ${started.lastWords()}`);
    });
  }
}

function argumentsFor(subnet: GuestSubnet, addresses: ReadonlyMap<string, string>): string[] {
  const { device, network, mask, gateway } = subnet;
  return [
    '--keep-in-foreground',
    '--conf-file=/dev/null',
    '--log-facility=-',
    '--pid-file=',
    '--user=root',
    '--group=root',
    // No name server.
    '--port=0',
    `--interface=${device}`,
    '--except-interface=lo',
    '--bind-interfaces',
    '--no-ping',
    '--leasefile-ro',
    '--dhcp-authoritative',
    `--dhcp-range=${network},static,${mask},infinite`,
    `--dhcp-option=option:router,${gateway}`,
    '--dhcp-option=option:dns-server',
    ...[...addresses].map(([macAddress, address]) => `--dhcp-host=${macAddress},${address}`),
  ];
}
