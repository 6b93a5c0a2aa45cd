import type { CallContext, VmIdentity } from '../../provider/index.js';
import type { OperationError } from '../../support/index.js';
import type { InstanceState } from '../contract.js';

/**
 * creating: being made, or found and not known to be ready. leaving: to be removed, whatever it takes. gone: the cloud is
 * sure that there is no VM.
 */
export type Phase = 'creating' | 'running' | 'leaving' | 'gone';

/**
 * One instance of a group, and what the runner was told of it. The runner waits for the first sign of each instance that
 * an Increase counted, as `creating` or `running`, and loses a place of its capacity for good where none comes.
 */
export class Instance {
  readonly name: string;
  identity: VmIdentity;
  /** Where its guest is reached, once it was ready. */
  address: string | undefined;
  /** Work that makes it or waits for its guest; never rejects. */
  work: Promise<void> = Promise.resolve();
  /** This process makes it, or made it; false = found in the cloud, or in the record of an earlier process. */
  readonly isOurs: boolean;
  /** An Increase has counted it, and the runner waits for a sign of it. */
  isCounted = false;
  /** It came to nothing before an Increase counted it: the runner is told nothing. */
  isRefused = false;
  /** The round of Update in which it was gone. */
  goneIn: number | undefined;
  readonly #stop = new AbortController();
  #phase: Phase = 'creating';
  #told: InstanceState | undefined;

  constructor(identity: VmIdentity, isOurs: boolean) {
    this.name = identity.name;
    this.identity = identity;
    this.isOurs = isOurs;
  }

  get phase(): Phase {
    return this.#phase;
  }

  /** Aborted when its making, or the wait for its guest, is of no use any more. */
  get stopped(): AbortSignal {
    return this.#stop.signal;
  }

  /** Its guest is ready. An instance that is to be removed stays so. */
  ready(address: string): void {
    if (this.#phase !== 'creating') return;
    this.#phase = 'running';
    this.address = address;
  }

  /** It is to be removed; `why` ends what is under way. True for the first call. */
  leave(why: OperationError): boolean {
    if (this.#phase === 'leaving' || this.#phase === 'gone') return false;
    this.#phase = 'leaving';
    this.#stop.abort(why);
    return true;
  }

  gone(round: number): void {
    this.#phase = 'gone';
    this.goneIn = round;
  }

  /** What the runner is to be told now; undefined = nothing. */
  report(): InstanceState | undefined {
    if (this.isRefused && this.#told === undefined) return undefined;
    const state = this.#next();
    if (state !== undefined) this.#told = state;
    return state;
  }

  /** Nothing is left that the runner has to be told. */
  get isToldOff(): boolean {
    if (this.#phase !== 'gone') return false;
    return this.#told === 'deleted' || (this.#told === undefined && !this.isCounted);
  }

  #next(): InstanceState | undefined {
    // A first sign that says `deleted` is no sign to the runner.
    const owesSign = this.isCounted && this.#told === undefined;
    switch (this.#phase) {
      case 'creating':
      case 'running':
        return this.#phase;
      case 'leaving':
        return owesSign ? 'creating' : 'deleting';
      case 'gone':
        if (owesSign) return 'creating';
        return this.#told === undefined || this.#told === 'deleted' ? undefined : 'deleted';
    }
  }
}

/** The context of work on an instance that no call of the runner waits for. */
export function backgroundContext(
  signal: AbortSignal,
  say: (line: string) => void,
  name: string,
): CallContext {
  return { signal, progress: (line) => say(`${name}: ${line}`) };
}
