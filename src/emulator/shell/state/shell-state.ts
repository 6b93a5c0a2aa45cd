import { ExpansionError } from '../expansion/expansion.js';
import type { Command } from '../grammar/syntax.js';

const MAX_VALUE = 8 * 1024 * 1024;
const MAX_VARIABLES = 10_000;

export interface ShellOptions {
  errexit: boolean;
  nounset: boolean;
  xtrace: boolean;
  pipefail: boolean;
  noglob: boolean;
}

/** Whose manners the shell has where the two differ (messages, `echo`). */
export type Dialect = 'dash' | 'bash';

interface Variable {
  readonly value: string;
  readonly exported: boolean;
}

/** What a shell remembers between commands; copied for a subshell. */
export class ShellState {
  functions = new Map<string, Command>();
  options: ShellOptions = { errexit: false, nounset: false, xtrace: false, pipefail: false, noglob: false };
  status = 0;
  #variables = new Map<string, Variable>();
  /** Values to be put back when a function returns; one map for each running function. */
  readonly #locals: Map<string, Variable | undefined>[] = [];

  constructor(
    /** `$0`: what messages begin with. */
    readonly name: string,
    readonly dialect: Dialect,
    public cwd: string,
    public positional: readonly string[],
  ) {}

  copy(): ShellState {
    const copy = new ShellState(this.name, this.dialect, this.cwd, this.positional);
    copy.functions = new Map(this.functions);
    copy.options = { ...this.options };
    copy.status = this.status;
    copy.#variables = new Map(this.#variables);
    return copy;
  }

  get(name: string): string | undefined {
    return this.#variables.get(name)?.value;
  }

  set(name: string, value: string, exported = this.#variables.get(name)?.exported ?? false): void {
    if (value.length > MAX_VALUE) throw new ExpansionError(`${name}: value too long`);
    if (this.#variables.size >= MAX_VARIABLES) throw new ExpansionError(`${name}: too many variables`);
    this.#variables.set(name, { value, exported });
  }

  unset(name: string): void {
    this.#variables.delete(name);
  }

  /** The variables that programs get. */
  exported(): Map<string, string> {
    const found = new Map<string, string>();
    for (const [name, { value, exported }] of this.#variables) if (exported) found.set(name, value);
    return found;
  }

  all(): ReadonlyMap<string, string> {
    return new Map([...this.#variables].map(([name, { value }]) => [name, value]));
  }

  /** Makes a variable local to the running function; false outside of one. */
  makeLocal(name: string): boolean {
    const frame = this.#locals.at(-1);
    if (frame === undefined) return false;
    if (!frame.has(name)) frame.set(name, this.#variables.get(name));
    return true;
  }

  /** Runs a function's body with its own positional parameters and locals. */
  async inFunction(positional: readonly string[], body: () => Promise<number>): Promise<number> {
    const outer = this.positional;
    const frame = new Map<string, Variable | undefined>();
    this.positional = positional;
    this.#locals.push(frame);
    try {
      return await body();
    } finally {
      this.positional = outer;
      this.#locals.pop();
      this.#restore(frame);
    }
  }

  #restore(frame: ReadonlyMap<string, Variable | undefined>): void {
    for (const [name, previous] of frame) {
      if (previous === undefined) this.#variables.delete(name);
      else this.#variables.set(name, previous);
    }
  }
}
