import { isIPv6 } from 'node:net';
import type { HostState } from '../../host/index.js';
import { hasCode, OperationError } from '../../support/index.js';
import type { Addresses } from './addresses.js';
import { traceOf } from './host-spec.js';
import { LOOK_LIMIT, URL_LIMIT } from './look-limit.js';
import type { MachineContext } from './machine-context.js';

/** Clients ask for URL and state in one breath; one request answers both. Polls are 3 s apart. ms. */
const FRESH = 1_000;
const DOCKER_PORT = 2376;
/** States worth remembering. */
const KNOWN_STATES: readonly string[] = ['running', 'paused', 'stopped', 'stopping', 'starting', 'error'];

/** A state, and why it is only the last known one. */
interface Seen {
  readonly state: HostState;
  readonly reason?: OperationError;
}

/** One request for the state, and when it was answered. */
interface Question {
  readonly answer: Promise<HostState>;
  answeredAt?: number;
}

/** What can be seen of the machine. Never speaks to the person: programs read these commands' output. */
export class Observation {
  readonly #machine: MachineContext;
  readonly #addresses: Addresses;
  #question: Question | undefined;

  constructor(machine: MachineContext, addresses: Addresses) {
    this.#machine = machine;
    this.#addresses = addresses;
  }

  /** What was seen no longer holds. */
  forget(): void {
    this.#question = undefined;
  }

  /** An operation has just brought the machine into this state. */
  learn(state: HostState): void {
    this.forget();
    this.#machine.config.update({ LastState: state });
  }

  /**
   * The state, in under 3 s unless told otherwise. When the cloud does not answer: the last known one, with
   * the reason in the log, or the error if nothing is known. So it is too when the cloud may not be asked and
   * the machine ran: clients ask for the state before they open SSH, which needs no credentials.
   */
  async state(signal: AbortSignal, limit = LOOK_LIMIT): Promise<HostState> {
    return (await this.#see(signal, limit)).state;
  }

  async #see(signal: AbortSignal, limit: number): Promise<Seen> {
    const { clock, config, log, values } = this.#machine;
    const question = this.#freshQuestion() ?? { answer: this.#ask(signal, limit) };
    this.#question = question;
    // Meanwhile an operation may have made the answer old: then it is not remembered.
    const isStillCurrent = (): boolean => this.#question === question;
    try {
      const state = await question.answer;
      question.answeredAt ??= clock.now();
      if (isStillCurrent()) config.update({ LastState: state });
      return { state };
    } catch (error) {
      if (isStillCurrent()) this.forget();
      const last = KNOWN_STATES.find((state): state is HostState => state === values.LastState);
      if (last === undefined || !(isSilence(error) || (last === 'running' && isRefusal(error)))) throw error;
      log.debug(`answering with the last known state, ${last}: ${error.message}`);
      return { state: last, reason: error };
    }
  }

  /**
   * The engine's URL. The cloud is asked whether the machine runs; where it cannot be asked at all, the last
   * known address is the best answer, because whoever uses it will find out. That it does not run is told
   * with the reason when that is only the last thing known: `ls` shows it in its column of errors.
   */
  async url(signal: AbortSignal): Promise<string> {
    const { values, log } = this.#machine;
    try {
      this.#mustRun(await this.#see(signal, URL_LIMIT));
    } catch (error) {
      const mayRun = values.LastState === '' || values.LastState === 'running';
      if (hasCode(error, 'not-running', 'not-found') || values.IPAddress === '' || !mayRun) throw error;
      log.debug(`answering with the last known address: ${OperationError.from(error, 'look').message}`);
    }
    const address = values.IPAddress === '' ? await this.#addresses.current(signal) : values.IPAddress;
    return `tcp://${isIPv6(address) ? `[${address}]` : address}:${DOCKER_PORT}`;
  }

  /** The last question, while it is open and shortly after it was answered. */
  #freshQuestion(): Question | undefined {
    const answeredAt = this.#question?.answeredAt;
    const isOld = answeredAt !== undefined && this.#machine.clock.now() - answeredAt > FRESH;
    return isOld ? undefined : this.#question;
  }

  async #ask(signal: AbortSignal, limit: number): Promise<HostState> {
    const attempted = this.#machine.attempt('find the state of');
    return await this.#machine.operations.look({ attempted, limit, signal }, async (context) => {
      const trace = traceOf(this.#machine.values);
      return await this.#machine.onCloud(context, (hosts) => hosts.state(trace, context));
    });
  }

  #mustRun({ state, reason }: Seen): void {
    if (state === 'running') return;
    if (state === 'not-found') throw vmNotFound(this.#machine, 'find the URL of');
    const attempted = this.#machine.attempt('find the URL of');
    if (reason === undefined) {
      throw new OperationError({ code: 'not-running', attempted, problem: `it is ${state}` });
    }
    const problem = `it was ${state} when last seen, and now: ${reason.message}`;
    throw new OperationError({ code: reason.code, attempted, problem, cause: reason });
  }
}

/** There is no VM (any more) that belongs to the machine. Clients look for the words `not found`. */
export function vmNotFound(
  machine: Pick<MachineContext, 'attempt' | 'values'>,
  verb: string,
): OperationError {
  const { MachineName: name, VMId } = machine.values;
  const [why, advice] =
    VMId === ''
      ? [
          ': its create failed or was interrupted',
          `Remove what is left of it here (rm ${name}), and create it again.`,
        ]
      : ['', 'If it was deleted there, remove the machine here too.'];
  const problem = `its VM was not found in Prism Central${why}`;
  return new OperationError({ code: 'not-found', attempted: machine.attempt(verb), problem, advice });
}

/** The cloud did not answer, which says nothing about the machine. */
function isSilence(error: unknown): error is OperationError {
  return hasCode(error, 'unreachable', 'timeout', 'unavailable', 'rate-limited');
}

/** The cloud was not asked or refused to answer, for reasons that say nothing about the machine either. */
function isRefusal(error: unknown): error is OperationError {
  return hasCode(error, 'unauthenticated', 'permission-denied', 'untrusted-certificate', 'invalid-input');
}
