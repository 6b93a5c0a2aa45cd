import type { HostObservation, HostState } from '../../host/index.js';
import { hasCode, OperationError } from '../../support/index.js';
import { hostAccessOf } from '../../settings/index.js';
import { traceOf } from '../../settings/index.js';
import { LOOK_LIMIT } from './look-limit.js';
import type { MachineContext } from './machine-context.js';
import { DOCKER_PORT, sshPortOf } from '../../settings/index.js';

/** Clients ask for URL and state in one breath; one request answers both. Polls are 3 s apart. ms. */
const FRESH = 1_000;
/** For how long the outcome of an operation of this process needs no second request, ms. */
const LEARNED = 60_000;

/** A state, and why the cloud could not be asked for it, if it could not. */
export interface Seen {
  readonly state: HostState;
  readonly reason?: OperationError | undefined;
}

/** One request for the state, and when it was answered. */
interface Question {
  readonly answer: Promise<Seen>;
  answeredAt?: number;
}

/** What can be seen of the machine. Never speaks to the user: programs read these commands' output. */
export class Observation {
  readonly #machine: MachineContext;
  #question: Question | undefined;
  #learned: { readonly state: HostState; readonly at: number } | undefined;
  #hasRead = false;
  #addressBefore: string | undefined;

  constructor(machine: MachineContext) {
    this.#machine = machine;
  }

  /** What was seen no longer holds: an operation begins that changes the machine. */
  forget(): void {
    this.forgetAnswers();
    this.#learned = undefined;
  }

  /** What the cloud answered no longer holds: such an operation has ended. */
  forgetAnswers(): void {
    this.#question = undefined;
  }

  /** An operation has just brought the machine into this state, or found it at this address. */
  learn(state: HostState, address?: string): void {
    this.forgetAnswers();
    this.#learned = { state, at: this.#machine.clock.now() };
    this.#hasRead = true;
    this.#remember({ state, address });
  }

  /** An operation of this process has brought the machine into its state not long ago. */
  get isLearned(): boolean {
    return this.#learned !== undefined && this.#machine.clock.now() - this.#learned.at < LEARNED;
  }

  /** This process has read the VM, or tried to. */
  get hasRead(): boolean {
    return this.#hasRead;
  }

  /** The address of before, where another one was found since this was asked last. */
  takeAddressBefore(): string | undefined {
    const before = this.#addressBefore;
    this.#addressBefore = undefined;
    return before === this.#machine.values.IPAddress ? undefined : before;
  }

  /**
   * The state now; calls in one breath share the request. When the cloud cannot be asked, a guest that answers
   * is a machine that runs, which keeps SSH working; otherwise the state is not known, and the error says why.
   * What was seen earlier is never given out as the present state.
   *
   * `limit`: time for the cloud, ms; the guest has another second.
   */
  async see(signal: AbortSignal, limit = LOOK_LIMIT): Promise<Seen> {
    const question = this.#freshQuestion() ?? this.#ask(signal, limit);
    this.#question = question;
    this.#hasRead = true;
    try {
      return await question.answer;
    } finally {
      question.answeredAt ??= this.#machine.clock.now();
      // A client that went away is not to answer for one that is there.
      if (signal.aborted && this.#question === question) this.#question = undefined;
    }
  }

  /** The last question, while it is open and shortly after it was answered. */
  #freshQuestion(): Question | undefined {
    const answeredAt = this.#question?.answeredAt;
    const isOld = answeredAt !== undefined && this.#machine.clock.now() - answeredAt > FRESH;
    return isOld ? undefined : this.#question;
  }

  #ask(signal: AbortSignal, limit: number): Question {
    // Meanwhile an operation may have made the answer old: then it is not remembered.
    const isStillCurrent = (): boolean => this.#question === question;
    const question: Question = { answer: this.#answer(signal, limit, isStillCurrent) };
    return question;
  }

  async #answer(signal: AbortSignal, limit: number, isStillCurrent: () => boolean): Promise<Seen> {
    const attempted = this.#machine.attempt('find the state of');
    const { operations, values } = this.#machine;
    try {
      const found = await operations.look({ attempted, limit, signal }, async (context) => {
        return await this.#machine.onCloud(
          context,
          async (hosts) => await hosts.observe(traceOf(values), hostAccessOf(values), context),
        );
      });
      if (isStillCurrent()) this.#remember(found);
      return { state: found.state };
    } catch (error) {
      if (signal.aborted || hasCode(error, 'cancelled')) throw error;
      return await this.#withoutCloud(OperationError.from(error, attempted), signal);
    }
  }

  async #withoutCloud(reason: OperationError, signal: AbortSignal): Promise<Seen> {
    const { guestAnswers, log, values } = this.#machine;
    if (this.#learned !== undefined && this.isLearned) {
      const { state } = this.#learned;
      log.debug(`answering ${state}, which it has just become: ${reason.message}`);
      return { state, reason };
    }
    const { IPAddress: address } = values;
    if (address === '') throw reason;
    const ports = [sshPortOf(values), DOCKER_PORT];
    if (!(await guestAnswers(address, ports, signal))) throw unknownState(this.#machine, ports, reason);
    log.debug(`answering running, because the guest answers at ${address}: ${reason.message}`);
    return { state: 'running', reason };
  }

  #remember({ state, address }: HostObservation): void {
    const { config, log, values } = this.#machine;
    config.update({ LastState: state });
    const known = values.IPAddress;
    if (address === undefined || address === known) return;
    if (known !== '') {
      this.#addressBefore ??= known;
      log.debug(`the address has changed from ${known} to ${address}`);
    }
    config.update({ IPAddress: address });
  }
}

function unknownState(
  machine: MachineContext,
  ports: readonly number[],
  reason: OperationError,
): OperationError {
  const { IPAddress, LastState } = machine.values;
  const attempted = machine.attempt('find the state of');
  const before = LastState === '' ? '' : ` (it was ${LastState} when last seen)`;
  const why = reason.attempted === attempted ? reason.problem : reason.message;
  return new OperationError({
    code: reason.code,
    attempted,
    problem:
      `its state is not known${before}: its guest does not answer at ${IPAddress}, port ${ports.join(' or ')}, ` +
      `and Prism Central cannot be asked: ${why}`,
    advice: reason.attempted === attempted ? reason.advice : undefined,
    cause: reason,
  });
}
