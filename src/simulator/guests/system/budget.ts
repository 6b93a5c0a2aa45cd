import { setImmediate as nextTurn } from 'node:timers/promises';

const STEPS_PER_TURN = 128;

/** What one login session may use before it is ended, however its programs loop. */
export interface BudgetLimits {
  /** Simple commands and loop turns. */
  readonly maxSteps: number;
  /** Bytes written to any output. */
  readonly maxOutputBytes: number;
  /** Programs that wait for each other: `sh -c "sh -c …"`, functions, substitutions. */
  readonly maxDepth: number;
}

export const DEFAULT_BUDGET: BudgetLimits = {
  maxSteps: 200_000,
  maxOutputBytes: 256 * 1024 * 1024,
  maxDepth: 60,
};

/** A session went over its limits; ends every program of it. */
export class BudgetExceeded extends Error {
  override readonly name = 'BudgetExceeded';
}

/** Counts what a session uses; shared by all its programs. */
export class Budget {
  #steps = 0;
  #outputBytes = 0;

  constructor(private readonly limits: BudgetLimits = DEFAULT_BUDGET) {}

  /** Lets others run now and then: a guest's busy loop must not hold up the whole simulator. */
  async step(): Promise<void> {
    if (++this.#steps > this.limits.maxSteps) this.#exceeded('too many commands');
    if (this.#steps % STEPS_PER_TURN === 0) await nextTurn();
  }

  output(bytes: number): void {
    this.#outputBytes += bytes;
    if (this.#outputBytes > this.limits.maxOutputBytes) this.#exceeded('too much output');
  }

  depth(depth: number): void {
    if (depth > this.limits.maxDepth) this.#exceeded('nested too deeply');
  }

  #exceeded(what: string): never {
    throw new BudgetExceeded(`emulated guest: session ended, ${what}`);
  }
}
