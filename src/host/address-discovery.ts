import { probeTcp } from '../guest/index.js';
import type { CallContext, Vm, VmIdentity } from '../provider/index.js';
import { OperationError } from '../support/index.js';
import { addressesOf, chooseAddresses, type AddressCandidate, type AddressChoice } from './address-choice.js';
import { GuestRecognition } from './guest-recognition.js';
import type { HostDependencies } from './host-spec.js';
import type { AddressOptions } from './address-choice.js';
import { waitFor, type ProbeResult } from './waiting.js';

/** A NIC other than the first is accepted when the NICs before it had this long to come up, ms. */
const SETTLE_MS = 10_000;
/** An assigned address that does not answer is accepted after this long, ms: a firewall may be in between. */
const ASSIGNED_SILENCE_MS = 60_000;
/** The known address may be silent for this long, ms, before the guest is searched for at other addresses. */
const KNOWN_SILENCE_MS = 60_000;
/** A VM that has been off for this long, ms, does not start by itself; during a reboot it is off for a moment. */
const OFF_LIMIT_MS = 15_000;

const ADVICE =
  "Check that the subnet gives addresses, that the image's network comes up, and that this machine reaches it.";

/**
 * Finds the address at which a guest is reached, probe by probe. `mustAnswer`: only an address that answers is
 * accepted (SSH is needed next).
 *
 * The known address (the one given, or the one found last) is preferred as long as the cloud lists it, also to
 * others that answer: they may be another host's. Only when it stays silent, or is no longer listed, is the guest
 * searched for at other addresses. Where there are several, the guest is recognised by accepting the host's key.
 */
export class AddressDiscovery {
  readonly #deps: HostDependencies;
  readonly #identity: VmIdentity;
  readonly #options: AddressOptions & { readonly mustAnswer: boolean };
  readonly #probeTcp: typeof probeTcp;
  readonly #recognition: Pick<GuestRecognition, 'recognise'>;
  #known: string | undefined;
  #firstCandidateAt: number | undefined;
  #silentSince: number | undefined;
  #offSince: number | undefined;
  /** What the last probe refused of the VM's addresses. */
  #refused: AddressChoice['refused'] = [];

  constructor(
    deps: HostDependencies,
    identity: VmIdentity,
    options: AddressOptions & { readonly mustAnswer: boolean },
    probe: typeof probeTcp = probeTcp,
    recognition: Pick<GuestRecognition, 'recognise'> = new GuestRecognition(
      deps.clock,
      options.ssh,
      identity.name,
    ),
  ) {
    this.#deps = deps;
    this.#identity = identity;
    this.#options = options;
    this.#probeTcp = probe;
    this.#recognition = recognition;
    this.#known = options.knownAddress;
  }

  /** Waits for the address. */
  async wait(context: CallContext): Promise<string> {
    const what = `an address of VM "${this.#identity.name}"`;
    const probe = async (): Promise<ProbeResult<string>> => await this.probe(context);
    const advice = (): string => adviceFor(this.#refused, this.#deps.addressNetworkOption);
    return await waitFor({ what, advice, probe }, context, this.#deps.clock);
  }

  /** One read of the VM, and where needed a connection to its addresses. */
  async probe(context: CallContext): Promise<ProbeResult<string>> {
    const vm = await this.#deps.provider.find(this.#identity, context);
    if (vm === undefined) throw vanished(this.#identity);
    if (vm.power !== 'on') return { ready: false, seen: this.#seenWhileNotOn(vm) };
    this.#offSince = undefined;
    const { addressNetwork } = this.#options;
    const choice = addressesOf(vm.nics, { addressNetwork, knownAddress: this.#known });
    this.#refused = choice.usable.length === 0 ? choice.refused : [];
    if (choice.usable.length === 0) return { ready: false, seen: describe(choice) };
    this.#firstCandidateAt ??= this.#deps.clock.now();
    const others = chooseAddresses(vm.nics, addressNetwork).usable.filter(({ ip }) => ip !== this.#known);
    const found = choice.isKnown
      ? await this.#atKnown(choice.usable, others, context)
      : await this.#elsewhere(choice.usable, context);
    if (found === undefined) {
      return { ready: false, seen: `${choice.usable.map((one) => one.ip).join(', ')} does not answer yet` };
    }
    this.#known = found.ip;
    return { ready: true, value: found.ip };
  }

  /** The known address is still listed: it gets its full time to answer, even when other addresses answer already. */
  async #atKnown(
    known: readonly AddressCandidate[],
    others: readonly AddressCandidate[],
    context: CallContext,
  ): Promise<AddressCandidate | undefined> {
    if (others.length === 0) return await this.#best(known, context);
    const [first] = known;
    if (first === undefined) return undefined;
    if ((await this.#probeTcp(first.ip, this.#options.ssh.port, context.signal)) !== 'silent') {
      this.#silentSince = undefined;
      return first;
    }
    this.#silentSince ??= this.#deps.clock.now();
    if (this.#deps.clock.now() - this.#silentSince < KNOWN_SILENCE_MS) return undefined;
    const moved = await this.#recognition.recognise(others, context.signal);
    return moved ?? (this.#options.mustAnswer ? undefined : this.#taken(first));
  }

  /** There is no known address, or the cloud no longer lists it. */
  async #elsewhere(
    candidates: readonly AddressCandidate[],
    context: CallContext,
  ): Promise<AddressCandidate | undefined> {
    if (this.#known === undefined || candidates.length === 1) return await this.#best(candidates, context);
    const recognised = await this.#recognition.recognise(candidates, context.signal);
    if (recognised !== undefined) return recognised;
    return this.#age < KNOWN_SILENCE_MS ? undefined : await this.#best(candidates, context);
  }

  async #best(
    candidates: readonly AddressCandidate[],
    { signal }: CallContext,
  ): Promise<AddressCandidate | undefined> {
    const { port } = this.#options.ssh;
    const states = await Promise.all(candidates.map((one) => this.#probeTcp(one.ip, port, signal)));
    const inState = (state: string): AddressCandidate | undefined =>
      candidates.find((_, index) => states[index] === state);
    const answering = inState('connected') ?? inState('refused');
    const chosen = answering ?? (this.#options.mustAnswer ? undefined : believed(candidates, this.#age));
    const isKnown = this.#known !== undefined && chosen?.ip === this.#known;
    const settled =
      chosen?.nic === 0 || isKnown || this.#age >= SETTLE_MS || this.#options.addressNetwork !== undefined;
    if (chosen === undefined || !settled) return undefined;
    return answering === undefined && chosen.source === 'assigned' ? this.#taken(chosen) : chosen;
  }

  /** Time since the first usable address appeared, ms. */
  get #age(): number {
    return this.#deps.clock.now() - (this.#firstCandidateAt ?? 0);
  }

  #taken(candidate: AddressCandidate): AddressCandidate {
    const { port } = this.#options.ssh;
    this.#deps.logger.warn(
      `${candidate.ip} is taken as the address, although its port ${port} does not answer.`,
    );
    return candidate;
  }

  #seenWhileNotOn(vm: Vm): string {
    if (vm.power !== 'off') return `the VM is ${vm.power}`;
    this.#offSince ??= this.#deps.clock.now();
    if (this.#deps.clock.now() - this.#offSince < OFF_LIMIT_MS) return 'the VM is off';
    throw new OperationError({
      code: 'not-running',
      attempted: `wait for the guest of VM "${this.#identity.name}"`,
      problem: `the VM is off${vm.lastProblem === undefined ? '' : ` (${vm.lastProblem})`}`,
      advice:
        'Look at its console and at the events of the cluster: it was switched off from outside, or the guest switched itself off.',
    });
  }
}

function believed(candidates: readonly AddressCandidate[], age: number): AddressCandidate | undefined {
  const [first] = candidates;
  return first?.source === 'learned' || age >= ASSIGNED_SILENCE_MS ? first : undefined;
}

function describe({ refused }: AddressChoice): string {
  if (refused.length === 0) return 'the VM has no address yet';
  return `no usable address yet (${refused.map(({ ip, why }) => `${ip}: ${why}`).join(', ')})`;
}

/** An address that only the user can vouch for, such as one of IPv6, is used when its network is named. */
function adviceFor(refused: AddressChoice['refused'], option: string | undefined): string {
  const possible = refused.filter(({ onRequest }) => onRequest).map(({ ip }) => ip);
  if (possible.length === 0) return ADVICE;
  const naming = option === undefined ? '' : ` (${option})`;
  return `If the guest is to be reached at ${possible.join(' or ')}, name the network of that address${naming}. ${ADVICE}`;
}

export function vanished(identity: VmIdentity): OperationError {
  return new OperationError({
    code: 'not-found',
    attempted: `find VM "${identity.name}"`,
    problem: 'it does not exist (any more)',
    advice: 'It was deleted in Prism Central, or never made; remove the host and create it again.',
  });
}
