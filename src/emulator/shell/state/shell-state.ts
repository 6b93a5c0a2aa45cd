import { ExpansionError } from '../expansion/expansion.js';
import type { Command, Dialect } from '../grammar/syntax.js';

const MAX_VALUE = 8 * 1024 * 1024;
const MAX_VARIABLES = 10_000;

export interface ShellOptions {
  allexport: boolean;
  errexit: boolean;
  noclobber: boolean;
  noexec: boolean;
  noglob: boolean;
  nounset: boolean;
  pipefail: boolean;
  verbose: boolean;
  xtrace: boolean;
}

const NO_OPTIONS: ShellOptions = {
  allexport: false,
  errexit: false,
  noclobber: false,
  noexec: false,
  noglob: false,
  nounset: false,
  pipefail: false,
  verbose: false,
  xtrace: false,
};

interface Variable {
  /** Undefined = exported or made readonly before it has a value. */
  readonly value: string | undefined;
  readonly exported: boolean;
  readonly readonly: boolean;
}

/** Values to be put back later. */
type Frame = Map<string, Variable | undefined>;

/** A command in the background. */
export interface Job {
  readonly id: number;
  /** The exit status, once it has ended. */
  readonly ended: Promise<number>;
  kill(signal: number): void;
}

/** What a shell remembers between commands; copied for a subshell. */
export class ShellState {
  functions = new Map<string, Command>();
  options: ShellOptions = { ...NO_OPTIONS };
  status = 0;
  umask = 0o022;
  /** What to run at the end (`EXIT`), on an error (`ERR`), or at a signal; empty = the signal is ignored. */
  traps = new Map<string, string>();
  jobs: Job[] = [];
  /** The script is the text of `-c`: bash's messages about its syntax say so. */
  fromCommandLine = false;
  /** Where `getopts` is: the word that OPTIND names, and the place in it. */
  optionOffset = { index: 1, offset: 0 };
  /** Scripts that `.` runs at the moment; `return` leaves the last of them. */
  sourced = 0;
  #variables = new Map<string, Variable>();
  readonly #locals: Frame[] = [];

  constructor(
    /** `$0`: what messages begin with. */
    readonly name: string,
    readonly dialect: Dialect,
    public cwd: string,
    public positional: readonly string[],
    /** `$$`; a subshell has its parent's. */
    readonly processId: number,
  ) {}

  copy(): ShellState {
    const copy = new ShellState(this.name, this.dialect, this.cwd, this.positional, this.processId);
    copy.functions = new Map(this.functions);
    copy.options = { ...this.options };
    copy.status = this.status;
    copy.umask = this.umask;
    copy.traps = new Map([...this.traps].filter(([, action]) => action === ''));
    copy.jobs = [...this.jobs];
    copy.sourced = this.sourced;
    copy.#variables = new Map(this.#variables);
    copy.#locals.push(...this.#locals.map((frame) => new Map(frame)));
    return copy;
  }

  get inFunction(): boolean {
    return this.#locals.length > 0;
  }

  /** Whether `return` has something to leave. */
  get inFunctionOrScript(): boolean {
    return this.inFunction || this.sourced > 0;
  }

  get(name: string): string | undefined {
    return this.#variables.get(name)?.value;
  }

  set(name: string, value: string, exported?: boolean): void {
    const before = this.#variables.get(name);
    if (value.length > MAX_VALUE) throw new ExpansionError(`${name}: value too long`, 127);
    if (this.#variables.size >= MAX_VARIABLES) throw new ExpansionError(`${name}: too many variables`, 127);
    if (before?.readonly === true) throw this.#readonlyError(name);
    const exports = exported ?? (before?.exported === true || this.options.allexport);
    this.#variables.set(name, { value, exported: exports, readonly: false });
  }

  /** Marks a variable without changing its value. */
  mark(name: string, marks: { readonly exported?: boolean; readonly readonly?: boolean }): void {
    const before = this.#variables.get(name) ?? { value: undefined, exported: false, readonly: false };
    this.#variables.set(name, { ...before, ...marks });
  }

  isReadonly(name: string): boolean {
    return this.#variables.get(name)?.readonly === true;
  }

  unset(name: string): void {
    this.#variables.delete(name);
  }

  #readonlyError(name: string): ExpansionError {
    return new ExpansionError(`${name}: ${this.dialect === 'dash' ? 'is read only' : 'readonly variable'}`);
  }

  /** The variables that programs get. */
  exported(): Map<string, string> {
    const found = new Map<string, string>();
    for (const [name, { value, exported }] of this.#variables)
      if (exported && value !== undefined) found.set(name, value);
    return found;
  }

  /** Names and values, sorted; `exported` = only of those that programs get. */
  all(exported = false): [string, string | undefined][] {
    return [...this.#variables]
      .filter(([, variable]) => variable.exported || !exported)
      .map(([name, { value }]): [string, string | undefined] => [name, value])
      .sort(([left], [right]) => (left < right ? -1 : 1));
  }

  /** Makes a variable local to the running function; false outside of one. bash's begins unset. */
  makeLocal(name: string): boolean {
    const frame = this.#locals.at(-1);
    if (frame === undefined) return false;
    if (!frame.has(name)) {
      frame.set(name, this.#variables.get(name));
      if (this.dialect === 'bash') this.#variables.delete(name);
    }
    return true;
  }

  /** Runs a function's body with its own positional parameters and locals. */
  async callFunction(positional: readonly string[], body: () => Promise<number>): Promise<number> {
    const outer = this.positional;
    const frame: Frame = new Map();
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

  /** Runs a body; the named variables then have again what they have now. */
  async keeping(names: readonly string[], body: () => Promise<number>): Promise<number> {
    const frame: Frame = new Map(names.map((name) => [name, this.#variables.get(name)]));
    try {
      return await body();
    } finally {
      this.#restore(frame);
    }
  }

  #restore(frame: Frame): void {
    for (const [name, previous] of frame) {
      if (previous === undefined) this.#variables.delete(name);
      else this.#variables.set(name, previous);
    }
  }
}
