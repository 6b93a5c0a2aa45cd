import { probeTcp, type HeldConnection } from '../guest/index.js';
import type { CallContext, Vm } from '../provider/index.js';
import { addressesOf, chooseAddresses, type AddressCandidate } from './address-choice.js';
import { vanished } from './address-discovery.js';
import { GuestRecognition } from './guest-recognition.js';
import type { HostDependencies } from './host-spec.js';
import type { AddressOptions } from './address-choice.js';
import type { ProbeResult } from './waiting.js';

/**
 * Observes from outside whether a guest restarts. One address is watched: the known one while the cloud lists it,
 * because another address may belong to another host.
 */
export class RestartWatch {
  readonly #deps: HostDependencies;
  readonly #options: AddressOptions;
  readonly #recognition: GuestRecognition;
  #vm: Vm;
  #watched: string | undefined;
  #wentDown = false;

  constructor(deps: HostDependencies, vm: Vm, options: AddressOptions) {
    this.#deps = deps;
    this.#vm = vm;
    this.#options = options;
    this.#recognition = new GuestRecognition(deps.clock, options.ssh, vm.name);
  }

  /** The address to be watched; undefined when the cloud lists none. */
  async address({ signal }: CallContext): Promise<string | undefined> {
    const { usable } = addressesOf(this.#vm.nics, this.#options);
    const own = usable.length > 1 ? await this.#recognition.recognise(usable, signal) : undefined;
    this.#watched = (own ?? usable[0])?.ip;
    return this.#watched;
  }

  /** One probe; `held`: a connection to the watched address from before the reboot, where there was one. */
  async probe(held: HeldConnection | undefined, context: CallContext): Promise<ProbeResult<string>> {
    const { id, name } = this.#vm;
    const now = await this.#deps.provider.find({ name, vmId: id }, context);
    if (now === undefined) throw vanished({ name });
    this.#vm = now;
    const answering = await this.#answering(context);
    // Without a held connection the guest did not answer before, so an answer proves the restart.
    this.#wentDown ||= held === undefined || held.lost || answering === undefined;
    if (this.#wentDown && answering !== undefined) return { ready: true, value: answering.ip };
    return { ready: false, seen: this.#wentDown ? 'it is down' : 'it still answers' };
  }

  /**
   * The last probe before the reboot counts as failed: the guest may have come back at another address while the cloud
   * still lists the old one.
   */
  async elsewhere({ signal }: CallContext): Promise<string | undefined> {
    if (!this.#wentDown) return undefined;
    const { usable } = chooseAddresses(this.#vm.nics, this.#options.addressNetwork);
    const others = usable.filter(({ ip }) => ip !== this.#watched);
    return (await this.#recognition.recognise(others, signal))?.ip;
  }

  /** Where the guest answers, if it does. A refusing port is no answer: a guest that shuts down refuses too. */
  async #answering({ signal }: CallContext): Promise<AddressCandidate | undefined> {
    const { addressNetwork, ssh } = this.#options;
    const { usable } = addressesOf(this.#vm.nics, { addressNetwork, knownAddress: this.#watched });
    const states = await Promise.all(usable.map(async ({ ip }) => await probeTcp(ip, ssh.port, signal)));
    const connected = usable.filter((_, index) => states[index] === 'connected');
    const isChoice = this.#watched !== undefined && usable.length > 1;
    return isChoice ? await this.#recognition.recognise(connected, signal) : connected[0];
  }
}
