import { probeTcp } from '../guest/index.js';
import type { CallContext, Vm, VmTrace } from '../provider/index.js';
import { OperationError } from '../support/index.js';
import { addressesOf, chooseAddresses, type AddressCandidate, type AddressChoice } from './address-choice.js';
import { GuestRecognition } from './guest-recognition.js';
import type { HostDependencies } from './host-spec.js';
import type { AddressOptions } from './address-choice.js';
import { waitFor, type Look } from './waiting.js';

/** A NIC other than the first is believed after the ones before it had this long to come up, ms. */
const SETTLE_MS = 10_000;
/** An assigned address that does not answer is accepted after this long, ms: a firewall may be in between. */
const ASSIGNED_PATIENCE_MS = 60_000;
/** The known address may be silent for this long, ms, before the guest is looked for at another one. */
const KNOWN_PATIENCE_MS = 60_000;
/** A VM seen off for this long, ms, will not come by itself; a reboot looks like off for a moment. */
const OFF_PATIENCE_MS = 15_000;

const ADVICE =
  "Check that the subnet gives addresses, that the image's network comes up, and that this machine reaches it.";

/**
 * Finds the address at which a guest is reached, probe by probe. `mustAnswer`: only an address that answers is
 * accepted (SSH is needed next).
 *
 * The known address (the one given, or the one found last) is preferred as long as the cloud lists it, also to
 * others that answer: they may be another host's. Only when it stays silent, or is listed no more, is the guest
 * looked for elsewhere; where there is a choice, it is recognised by accepting the host's key.
 */
export class GuestLocation {
  readonly #deps: HostDependencies;
  readonly #trace: VmTrace;
  readonly #options: AddressOptions & { readonly mustAnswer: boolean };
  readonly #probe: typeof probeTcp;
  readonly #recognition: Pick<GuestRecognition, 'recognise'>;
  #known: string | undefined;
  #firstCandidateAt: number | undefined;
  #silentSince: number | undefined;
  #offSince: number | undefined;
  /** What the last look refused of the VM's addresses. */
  #refused: AddressChoice['refused'] = [];

  constructor(
    deps: HostDependencies,
    trace: VmTrace,
    options: AddressOptions & { readonly mustAnswer: boolean },
    probe: typeof probeTcp = probeTcp,
    recognition: Pick<GuestRecognition, 'recognise'> = new GuestRecognition(
      deps.clock,
      options.ssh,
      trace.name,
    ),
  ) {
    this.#deps = deps;
    this.#trace = trace;
    this.#options = options;
    this.#probe = probe;
    this.#recognition = recognition;
    this.#known = options.knownAddress;
  }

  /** Waits for the address. */
  async wait(context: CallContext): Promise<string> {
    const what = `an address of VM "${this.#trace.name}"`;
    const look = async (): Promise<Look<string>> => await this.look(context);
    const advice = (): string => adviceFor(this.#refused, this.#deps.addressNetworkOption);
    return await waitFor({ what, advice, look }, context, this.#deps.clock);
  }

  async look(context: CallContext): Promise<Look<string>> {
    const vm = await this.#deps.provider.find(this.#trace, context);
    if (vm === undefined) throw vanished(this.#trace);
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
    if ((await this.#probe(first.ip, this.#options.ssh.port, context.signal)) !== 'silent') {
      this.#silentSince = undefined;
      return first;
    }
    this.#silentSince ??= this.#deps.clock.now();
    if (this.#deps.clock.now() - this.#silentSince < KNOWN_PATIENCE_MS) return undefined;
    const moved = await this.#recognition.recognise(others, context.signal);
    return moved ?? (this.#options.mustAnswer ? undefined : this.#taken(first));
  }

  /** The known address is listed no more, or there never was one. */
  async #elsewhere(
    candidates: readonly AddressCandidate[],
    context: CallContext,
  ): Promise<AddressCandidate | undefined> {
    if (this.#known === undefined || candidates.length === 1) return await this.#best(candidates, context);
    const recognised = await this.#recognition.recognise(candidates, context.signal);
    if (recognised !== undefined) return recognised;
    return this.#age < KNOWN_PATIENCE_MS ? undefined : await this.#best(candidates, context);
  }

  async #best(
    candidates: readonly AddressCandidate[],
    { signal }: CallContext,
  ): Promise<AddressCandidate | undefined> {
    const { port } = this.#options.ssh;
    const states = await Promise.all(candidates.map((one) => this.#probe(one.ip, port, signal)));
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

  /** Since an address could be used for the first time, ms. */
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
    if (this.#deps.clock.now() - this.#offSince < OFF_PATIENCE_MS) return 'the VM is off';
    throw new OperationError({
      code: 'not-running',
      attempted: `wait for the guest of VM "${this.#trace.name}"`,
      problem: `the VM is off${vm.lastProblem === undefined ? '' : ` (${vm.lastProblem})`}`,
      advice:
        'Look at its console and at the events of the cluster: it was switched off from outside, or the guest switched itself off.',
    });
  }
}

function believed(candidates: readonly AddressCandidate[], age: number): AddressCandidate | undefined {
  const [first] = candidates;
  return first?.source === 'learned' || age >= ASSIGNED_PATIENCE_MS ? first : undefined;
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

export function vanished(trace: VmTrace): OperationError {
  return new OperationError({
    code: 'not-found',
    attempted: `find VM "${trace.name}"`,
    problem: 'it does not exist (any more)',
    advice: 'It was deleted in Prism Central, or never made; remove the host and create it again.',
  });
}
