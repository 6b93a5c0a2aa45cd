import { setImmediate as nextTurn } from 'node:timers/promises';

const STEPS_PER_TURN = 128;

/** What one login session may use before it is ended, however its programs loop. */
export const DEFAULT_BUDGET = {
  /** Simple commands and loop turns. */
  maxSteps: 100_000,
  /** Bytes read from devices that never end. */
  maxDeviceBytes: 128 * 1024 * 1024,
  /** Programs that wait for each other: `sh -c "sh -c …"`, functions, substitutions. */
  maxDepth: 60,
  /** Subshells at one time. */
  maxProcesses: 250,
};
export type BudgetLimits = Readonly<typeof DEFAULT_BUDGET>;

/** A session went over its limits; ends every program of it. */
export class BudgetExceeded extends Error {
  override readonly name = 'BudgetExceeded';
}

/** Counts what a session uses; shared by all its programs. */
export class Budget {
  readonly #limits: BudgetLimits;

  #steps = 0;
  #deviceBytes = 0;
  #processes = 0;

  constructor(limits: BudgetLimits = DEFAULT_BUDGET) {
    this.#limits = limits;
  }

  /** Lets others run now and then: a guest's busy loop must not hold up the whole simulator. */
  async step(): Promise<void> {
    if (++this.#steps > this.#limits.maxSteps) this.#exceeded('too many commands');
    if (this.#steps % STEPS_PER_TURN === 0) await nextTurn();
  }

  async deviceBytes(bytes: number): Promise<void> {
    this.#deviceBytes += bytes;
    if (this.#deviceBytes > this.#limits.maxDeviceBytes) this.#exceeded('too much read from devices');
    await nextTurn();
  }

  depth(depth: number): void {
    if (depth > this.#limits.maxDepth) this.#exceeded('nested too deeply');
  }

  /** Runs what counts as a process of its own while it lasts. */
  async asProcess<T>(run: () => Promise<T>): Promise<T> {
    if (++this.#processes > this.#limits.maxProcesses) this.#exceeded('too many processes');
    try {
      return await run();
    } finally {
      this.#processes--;
    }
  }

  #exceeded(what: string): never {
    throw new BudgetExceeded(`emulated guest: session ended, ${what}`);
  }
}
